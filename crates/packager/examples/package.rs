//! Writes the whole HLS of one or more media files into a folder: `package IN... OUTDIR`.
//!
//! Useful to look at what a player gets and to feed it to validators.

use std::fs::File;
use std::io::{self, Write as _};
use std::ops::Range;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use marquee_domain::source::ByteSource;
use marquee_packager::{Index, Ladder, LadderFile, Limits, Piece, SegmentPlan, TrackKind, text};

struct Local {
    file: File,
    length: u64,
}

impl ByteSource for Local {
    fn len(&self) -> u64 {
        self.length
    }

    fn read(&self, range: Range<u64>) -> BoxFuture<'_, io::Result<Bytes>> {
        let read = || {
            let size = usize::try_from(range.end - range.start).map_err(io::Error::other)?;
            let mut bytes = vec![0; size];
            self.file.read_exact_at(&mut bytes, range.start)?;
            Ok(Bytes::from(bytes))
        };
        let result = read();
        Box::pin(std::future::ready(result))
    }
}

type Failure = Box<dyn std::error::Error>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failure> {
    let mut arguments: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let out = arguments
        .pop()
        .filter(|_| !arguments.is_empty())
        .ok_or("usage: package IN... OUTDIR")?;
    let mut ladder = Ladder::default();
    for (n, path) in arguments.iter().enumerate() {
        let file = File::open(path)?;
        let source = Local {
            length: file.metadata()?.len(),
            file,
        };
        let began = std::time::Instant::now();
        let index = Arc::new(marquee_packager::probe(&source, &Limits::default()).await?);
        let encoded = index.encode().len();
        eprintln!(
            "{}: {:?}, {} ms, probed in {:?}, index {} bytes ({} stored)",
            path.display(),
            index.container(),
            index.duration_ms(),
            began.elapsed(),
            index.weight_bytes(),
            encoded
        );
        let prefix = format!("f{n}");
        for track in index.tracks() {
            let reason = track.reason.as_deref().unwrap_or("playable");
            eprintln!(
                "  {}{} {:?} {} {:?}: {reason}",
                track.letter(),
                track.id,
                track.kind,
                track.codec_string,
                track.language
            );
            write_track(&source, &index, track, &out.join(&prefix)).await?;
        }
        ladder.files.push(LadderFile { prefix, index });
    }
    let began = std::time::Instant::now();
    let playlist = marquee_packager::multivariant(&ladder)?;
    eprintln!("multivariant playlist in {:?}", began.elapsed());
    std::fs::write(out.join("index.m3u8"), playlist)?;
    Ok(())
}

async fn write_track(
    source: &Local,
    index: &Index,
    track: &marquee_packager::Track,
    dir: &Path,
) -> Result<(), Failure> {
    let dir = dir.join(format!("{}{}", track.letter(), track.id));
    if track.playable && track.kind == TrackKind::Text {
        return write_text(source, index, track.id, &dir).await;
    }
    if !track.is_media() {
        return Ok(());
    }
    std::fs::create_dir_all(&dir)?;
    let playlist = marquee_packager::media_playlist(index, track.id)?;
    let segments = playlist
        .lines()
        .filter(|line| line.ends_with(".m4s"))
        .count();
    std::fs::write(dir.join("index.m3u8"), playlist)?;
    std::fs::write(
        dir.join("init.mp4"),
        marquee_packager::init_segment(index, track.id)?,
    )?;
    for n in 0..u32::try_from(segments)? {
        write_plan(
            source,
            &marquee_packager::segment(index, track.id, n)?,
            &dir.join(format!("{n}.m4s")),
        )
        .await?;
    }
    if !matches!(track.kind, TrackKind::Video { .. }) {
        return Ok(());
    }
    let playlist = marquee_packager::iframe_playlist(index, track.id)?;
    let keys = playlist
        .lines()
        .filter(|line| line.ends_with(".m4s"))
        .count();
    std::fs::write(dir.join("iframes.m3u8"), playlist)?;
    for n in 0..u32::try_from(keys)? {
        write_plan(
            source,
            &marquee_packager::key_frame(index, track.id, n)?,
            &dir.join(format!("k{n}.m4s")),
        )
        .await?;
    }
    Ok(())
}

async fn write_text(source: &Local, index: &Index, track: u32, dir: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(dir)?;
    let cues = text::track_cues(source, index, track).await?;
    let duration = index.duration_ms();
    std::fs::write(dir.join("index.m3u8"), text::playlist(&cues, duration))?;
    for n in 0.. {
        let Some(segment) = text::segment_at(&cues, n, duration, index.origin_ms()) else {
            break;
        };
        std::fs::write(dir.join(format!("{n}.vtt")), segment)?;
    }
    Ok(())
}

async fn write_plan(source: &Local, plan: &SegmentPlan, path: &Path) -> Result<(), Failure> {
    let mut file = File::create(path)?;
    for piece in &plan.pieces {
        match piece {
            Piece::Bytes(bytes) => file.write_all(bytes)?,
            Piece::Source(range) => file.write_all(&source.read(range.clone()).await?)?,
        }
    }
    Ok(())
}
