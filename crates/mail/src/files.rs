//! Mail as files: one `.eml` each, for homes without a mail server.

use std::path::{Path, PathBuf};

use futures_util::future::BoxFuture;
use marquee_domain::Timestamp;
use tokio::io::AsyncWriteExt;

use crate::courier::{Courier, Failure};
use crate::write::Written;

/// Longest file that is read again.
const READ_MAX: u64 = 256 * 1024;

/// A folder of mails. They hold codes, so only their owner may read them.
#[derive(Debug, Clone)]
pub struct Files {
    folder: PathBuf,
}

/// A mail as it lies in the folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The name of its file.
    pub file: String,
    /// Address of the reader.
    pub to: String,
    /// Its subject.
    pub subject: String,
    /// When it was asked for.
    pub at: Timestamp,
    /// Its plain part.
    pub text: String,
}

impl Files {
    /// Mails go into this folder, which is made when it is needed.
    #[must_use]
    pub fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Where they go.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    async fn make_folder(&self) -> std::io::Result<()> {
        let mut builder = tokio::fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        builder.mode(0o700);
        builder.create(&self.folder).await
    }

    async fn keep(&self, written: &Written) -> std::io::Result<()> {
        self.make_folder().await?;
        // Times of equal length sort by name; the same mail takes the same file again.
        let name = format!("{:013}-{:010}-{}.eml", written.at, written.id, written.name);
        let draft = self.folder.join(format!(".{name}.part"));
        let mut options = tokio::fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        options.mode(0o600);
        let mut file = options.open(&draft).await?;
        file.write_all(&written.message.formatted()).await?;
        file.sync_all().await?;
        tokio::fs::rename(&draft, self.folder.join(name)).await
    }

    /// Names of mails, newest first.
    async fn names(&self) -> std::io::Result<Vec<String>> {
        let mut names = Vec::new();
        let mut entries = match tokio::fs::read_dir(&self.folder).await {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(names),
            entries => entries?,
        };
        while let Some(entry) = entries.next_entry().await? {
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.ends_with(".eml") && !name.starts_with('.') {
                names.push(name);
            }
        }
        names.sort_unstable_by(|a, b| b.cmp(a));
        Ok(names)
    }

    /// The newest mails, newest first. What cannot be read is left out.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub async fn newest(&self, limit: usize) -> std::io::Result<Vec<Kept>> {
        let mut kept = Vec::new();
        for file in self.names().await?.into_iter().take(limit) {
            let path = self.folder.join(&file);
            let size = tokio::fs::metadata(&path)
                .await
                .map_or(u64::MAX, |it| it.len());
            if size > READ_MAX {
                continue;
            }
            let Ok(bytes) = tokio::fs::read(&path).await else {
                continue;
            };
            kept.extend(read(file, &bytes));
        }
        Ok(kept)
    }

    /// Takes away mails that were asked for longer than `age_ms` ago; returns how many.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub async fn purge(&self, now: Timestamp, age_ms: i64) -> std::io::Result<usize> {
        let mut gone = 0;
        for name in self.names().await? {
            let at = name.split('-').next().and_then(|at| at.parse::<i64>().ok());
            let is_old = at.is_some_and(|at| at < now.saturating_sub(age_ms));
            if is_old && tokio::fs::remove_file(self.folder.join(name)).await.is_ok() {
                gone += 1;
            }
        }
        Ok(gone)
    }
}

fn read(file: String, bytes: &[u8]) -> Option<Kept> {
    let message = mail_parser::MessageParser::default().parse(bytes)?;
    let to = message.to().and_then(|to| to.first()?.address());
    Some(Kept {
        to: to.unwrap_or_default().to_owned(),
        subject: message.subject().unwrap_or_default().to_owned(),
        at: message.date().map_or(0, |date| date.to_timestamp() * 1000),
        text: message.body_text(0).unwrap_or_default().into_owned(),
        file,
    })
}

impl Courier for Files {
    fn send<'a>(&'a self, written: &'a Written) -> BoxFuture<'a, Result<(), Failure>> {
        Box::pin(async move {
            let kept = self.keep(written).await;
            kept.map_err(|error| Failure::Temporary(format!("the mail cannot be written: {error}")))
        })
    }

    fn check(&self) -> BoxFuture<'_, Result<(), Failure>> {
        Box::pin(async move {
            let made = self.make_folder().await;
            made.map_err(|error| Failure::Temporary(format!("the folder cannot be made: {error}")))
        })
    }
}
