//! Sound made into AAC by ffmpeg, one segment at a time.
//!
//! ffmpeg is a child process that is fed through a pipe and read through a pipe. It is given no
//! address and no file name, may open no protocol but pipes, inherits no environment, and is ended
//! when it takes too long or when nobody waits for it any more. Which bytes it gets and where its
//! output belongs is the packager's business ([`TranscodePart`]).

use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use marquee_packager::{BIT_RATE, CHANNELS, FeedContainer, PackError, RATE, TranscodePart};
use moka::future::Cache;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{ChildStdin, Command};
use tokio::sync::Semaphore;

use crate::open::Opened;
use crate::pieces;

/// The longest that one segment may take, reading its source included. Usual are 0.2 s.
const PATIENCE: Duration = Duration::from_secs(20);
/// The longest that ffmpeg may take to say its version.
const CHECK: Duration = Duration::from_secs(10);
/// The longest that a request waits for its turn.
const QUEUE: Duration = Duration::from_secs(10);
/// Most bytes fed for one segment: 6 s of eight channels of uncompressed sound at 192 kHz fit.
const FEED_MAX: u64 = 64 << 20;
/// Most bytes taken for one segment; 6 s at the aimed rate are 120 kB.
const MADE_MAX: u64 = 4 << 20;
/// Made segments that are kept, in bytes: players ask again, viewers of one title ask alike.
const KEPT_MAX: u64 = 32 << 20;

/// Why a segment of sound cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum TranscodeError {
    /// All processes are at work and the queue is long: ask again.
    #[error("all transcoders are busy")]
    Busy,
    /// ffmpeg took longer than it may.
    #[error("ffmpeg took too long")]
    Slow,
    /// ffmpeg could not be started or talked to, or the source failed.
    #[error("ffmpeg or its input failed")]
    Io(#[source] io::Error),
    /// ffmpeg refused its input; what it said.
    #[error("ffmpeg made nothing of the sound: {0}")]
    Refused(String),
    /// What it made cannot be packaged.
    #[error("the transcoded sound cannot be packaged")]
    Pack(#[source] PackError),
}

/// Makes segments of sound.
#[derive(Clone)]
pub struct Transcoder {
    program: PathBuf,
    slots: Arc<Semaphore>,
    works: Arc<AtomicBool>,
    kept: Cache<String, Bytes>,
}

impl Transcoder {
    /// A transcoder that will use the ffmpeg at this path, at most `slots` processes at once. It
    /// is not offered before [`Transcoder::check`] has seen it run.
    #[must_use]
    pub fn new(program: &Path, slots: usize) -> Self {
        Self {
            program: program.to_owned(),
            slots: Arc::new(Semaphore::new(slots.max(1))),
            works: Arc::new(AtomicBool::new(false)),
            kept: Cache::builder()
                .max_capacity(KEPT_MAX)
                .weigher(|_: &String, made: &Bytes| u32::try_from(made.len()).unwrap_or(u32::MAX))
                .build(),
        }
    }

    /// Runs ffmpeg once to see that it works. Starting it takes longer than starting a server, so
    /// nobody should wait for this who has something else to do.
    pub async fn check(&self) -> bool {
        let version = Command::new(&self.program)
            .args(["-hide_banner", "-version"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .status();
        let status = tokio::time::timeout(CHECK, version).await;
        let works = matches!(status, Ok(Ok(status)) if status.success());
        self.works.store(works, Ordering::Relaxed);
        works
    }

    /// Whether ffmpeg was seen to work.
    #[must_use]
    pub fn works(&self) -> bool {
        self.works.load(Ordering::Relaxed)
    }

    /// A segment; `key` must name these very bytes. Made once for all who ask at the same time.
    ///
    /// # Errors
    /// See [`TranscodeError`].
    pub async fn segment(
        &self,
        key: &str,
        part: TranscodePart,
        source: &Opened,
    ) -> Result<Bytes, Arc<TranscodeError>> {
        self.kept
            .try_get_with_by_ref(key, async {
                let turn = tokio::time::timeout(QUEUE, self.slots.acquire()).await;
                let _turn = turn
                    .map_err(|_| TranscodeError::Busy)?
                    .map_err(|_| TranscodeError::Busy)?;
                let made = tokio::time::timeout(PATIENCE, self.run(&part, source)).await;
                let adts = made.map_err(|_| TranscodeError::Slow)??;
                part.wrap(&adts).map_err(TranscodeError::Pack)
            })
            .await
    }

    async fn run(&self, part: &TranscodePart, source: &Opened) -> Result<Vec<u8>, TranscodeError> {
        if part.feed.len() > FEED_MAX {
            return Err(TranscodeError::Pack(PackError::TooLarge));
        }
        let feed = pieces::gather(part.feed.pieces.clone(), source.bytes.clone())
            .await
            .map_err(TranscodeError::Io)?;
        let mut child = Command::new(&self.program)
            .args(arguments(part))
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(TranscodeError::Io)?;
        let lost = || TranscodeError::Io(io::ErrorKind::BrokenPipe.into());
        let input = child.stdin.take().ok_or_else(lost)?;
        let output = child.stdout.take().ok_or_else(lost)?;
        let said = child.stderr.take().ok_or_else(lost)?;
        let (mut made, mut words) = (Vec::new(), Vec::new());
        let (mut output, mut said) = (output.take(MADE_MAX), said.take(4096));
        let (fed, read, heard, status) = tokio::join!(
            feed_all(input, feed),
            output.read_to_end(&mut made),
            async {
                let heard = said.read_to_end(&mut words).await;
                // Whatever else it has to say must not stop it.
                let _ = tokio::io::copy(&mut said.into_inner(), &mut tokio::io::sink()).await;
                heard
            },
            child.wait(),
        );
        // ffmpeg may close its input early, having what it needs.
        let _ = fed;
        read.and(heard).map_err(TranscodeError::Io)?;
        let status = status.map_err(TranscodeError::Io)?;
        if !status.success() || made.is_empty() {
            let words = String::from_utf8_lossy(&words);
            return Err(TranscodeError::Refused(words.trim().replace('\n', "; ")));
        }
        Ok(made)
    }
}

async fn feed_all(mut input: ChildStdin, feed: Vec<Bytes>) -> io::Result<()> {
    for bytes in feed {
        input.write_all(&bytes).await?;
    }
    input.shutdown().await
}

/// What ffmpeg is told. `async=1` fills gaps and cuts overlaps of the source, so that sound stays
/// with the picture; `first_pts` puts the first sample where frames are counted from. It counts at
/// the rate of what comes in, hence the other resampler before it.
fn arguments(part: &TranscodePart) -> Vec<String> {
    let container = match part.container {
        FeedContainer::Mp4 => "mp4",
        FeedContainer::Matroska => "matroska",
    };
    let filter = format!(
        "aresample={RATE},aresample=async=1:first_pts={},\
         aformat=sample_fmts=fltp:channel_layouts={},\
         apad,atrim=end_pts={}",
        part.starts_at,
        if CHANNELS == 2 { "stereo" } else { "mono" },
        part.ends_at
    );
    let rate = BIT_RATE.to_string();
    [
        "-hide_banner",
        "-nostdin",
        "-loglevel",
        "error",
        "-protocol_whitelist",
        "pipe",
        "-threads",
        "1",
        "-f",
        container,
        "-copyts",
        "-i",
        "pipe:0",
        "-map",
        "0:a:0",
        "-af",
        &filter,
        "-c:a",
        "aac",
        "-b:a",
        &rate,
        "-f",
        "adts",
        "pipe:1",
    ]
    .map(str::to_owned)
    .into()
}
