//! The settings of transcoding, and ffmpeg's place on this machine.

use std::path::{Path, PathBuf};

use marquee_engine::Transcoder;
use serde::{Deserialize, Serialize};

/// Making sound that browsers lack into AAC.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Transcoding {
    /// ffmpeg by name or path; switched off when empty.
    pub(crate) ffmpeg: PathBuf,
    /// Most processes at a time; 0 is one for each core.
    pub(crate) processes: usize,
}

impl Default for Transcoding {
    fn default() -> Self {
        Self {
            ffmpeg: PathBuf::from("ffmpeg"),
            processes: 0,
        }
    }
}

impl Transcoding {
    /// The transcoder, when it is switched on and there is such a program; whether that works is
    /// not looked at yet.
    pub(crate) fn find(&self) -> Option<Transcoder> {
        let program = on_path(&self.ffmpeg)?;
        let cores = || std::thread::available_parallelism().map_or(1, usize::from);
        let processes = match self.processes {
            0 => cores(),
            some => some,
        };
        Some(Transcoder::new(&program, processes))
    }

    /// What `doctor` says of it.
    pub(crate) async fn verdict(&self) -> String {
        if self.ffmpeg.as_os_str().is_empty() {
            return "switched off (transcode.ffmpeg is empty)".to_owned();
        }
        let works = match self.find() {
            Some(found) => found.check().await,
            None => false,
        };
        if works {
            "found; sound that browsers lack is made into AAC".to_owned()
        } else {
            format!(
                "{} does not run; everything but audio transcoding works without it",
                self.ffmpeg.display()
            )
        }
    }
}

/// Where a program is: the path itself when it has folders, else the first place on `PATH` that
/// has such a file. Children are started by this full path, so that they need no environment.
fn on_path(name: &Path) -> Option<PathBuf> {
    if name.as_os_str().is_empty() {
        return None;
    }
    if name.components().count() > 1 {
        return name.is_file().then(|| name.to_owned());
    }
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|candidate| candidate.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_found_by_name_and_by_path() {
        let shell = on_path(Path::new("sh")).expect("every system has one");
        assert!(shell.is_absolute());
        assert_eq!(on_path(&shell), Some(shell));
        assert_eq!(on_path(Path::new("no-such-program-anywhere")), None);
        assert_eq!(on_path(Path::new("")), None);
    }

    #[tokio::test]
    async fn an_empty_name_switches_it_off_and_a_wrong_one_is_said() {
        let named = |name: &str| Transcoding {
            ffmpeg: name.into(),
            processes: 1,
        };
        assert!(named("").find().is_none());
        assert!(named("").verdict().await.contains("switched off"));
        assert!(
            named("false")
                .verdict()
                .await
                .starts_with("false does not run")
        );
        assert!(named("no-such-program-anywhere").find().is_none());
        assert!(named("true").verdict().await.starts_with("found"));
    }
}
