//! Indexes of sources and presentations of titles.
//!
//! An index is found in memory, else in the cache folder, else made by probing; the file itself is
//! never kept. Memory is bounded in bytes. A presentation is all ready sources of a content: its
//! renditions as one ladder and its side-car subtitles.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use marquee_domain::ContentId;
use marquee_domain::media::{Source, SourceRole, SourceState};
use marquee_packager::{Index, Ladder, LadderFile, Limits, ProbeError, SideCar, text};
use marquee_storage::{Db, StorageError, sources};
use moka::future::Cache;
use sha2::{Digest, Sha256};

use crate::open::{OpenError, Opened, Opener};

/// Why a presentation cannot be given.
#[derive(Debug, thiserror::Error)]
pub enum PresentationError {
    /// The content has nothing that plays.
    #[error("nothing plays here")]
    NotFound,
    /// A source cannot be opened.
    #[error("a source cannot be opened")]
    Open(#[source] Arc<OpenError>),
    /// A source cannot be understood any more.
    #[error("a source cannot be understood")]
    Probe(#[source] Arc<ProbeError>),
    /// A source is not what it was when it was looked into; it is looked into again.
    #[error("a source has changed")]
    Changed,
    /// Storage failed.
    #[error("storage failed")]
    Storage(#[source] Arc<StorageError>),
}

/// One rendition of a presentation.
pub struct Rendition {
    /// Where it comes from.
    pub source: Source,
    /// Its index.
    pub index: Arc<Index>,
}

/// One side-car subtitle of a presentation.
pub struct Subtitle {
    /// Where it comes from.
    pub source: Source,
}

impl Rendition {
    /// Names these very bytes in addresses, so that whatever is below never changes.
    #[must_use]
    pub fn key(&self) -> String {
        short_key(&self.source)
    }
}

impl Subtitle {
    /// Names these very bytes in addresses.
    #[must_use]
    pub fn key(&self) -> String {
        short_key(&self.source)
    }
}

fn short_key(source: &Source) -> String {
    index_key(&source.location, &source.revision)
        .chars()
        .take(10)
        .collect()
}

/// Everything that a content is played from.
pub struct Presentation {
    /// Renditions by position; at least one.
    pub renditions: Vec<Rendition>,
    /// Side-car subtitles by position.
    pub subtitles: Vec<Subtitle>,
}

impl Presentation {
    /// The ladder that the packager makes playlists of.
    #[must_use]
    pub fn ladder(&self) -> Ladder {
        let files = self.renditions.iter().enumerate();
        let subtitles = self.subtitles.iter().enumerate();
        Ladder {
            files: files
                .map(|(n, r)| LadderFile {
                    prefix: format!("f{n}-{}", r.key()),
                    index: r.index.clone(),
                })
                .collect(),
            subtitles: subtitles
                .map(|(n, s)| SideCar {
                    prefix: format!("s{n}-{}", s.key()),
                    language: s
                        .source
                        .info
                        .language
                        .as_ref()
                        .map(|tag| tag.as_str().to_owned()),
                    name: s.source.info.name.clone(),
                    is_default: false,
                    is_forced: s.source.info.forced,
                })
                .collect(),
        }
    }

    /// Where presentation zero lies on the media timeline, in milliseconds: side-car text must agree with the media beside it.
    #[must_use]
    pub fn origin_ms(&self) -> u64 {
        self.renditions
            .first()
            .map_or(0, |rendition| rendition.index.origin_ms())
    }

    /// Running time in milliseconds.
    #[must_use]
    pub fn duration_ms(&self) -> u64 {
        self.renditions
            .iter()
            .map(|rendition| rendition.index.duration_ms())
            .max()
            .unwrap_or(0)
    }
}

/// The indexes and presentations of a server.
#[derive(Clone)]
pub struct Library {
    db: Db,
    opener: Opener,
    folder: PathBuf,
    limits: Limits,
    indexes: Cache<String, Arc<Index>>,
    presentations: Cache<(i64, ContentId), Arc<Presentation>>,
    cues: Cache<String, Arc<Vec<text::Cue>>>,
    open_files: Cache<String, Opened>,
}

impl Library {
    /// A library that keeps indexes in `folder` and at most `max_bytes` of them in memory.
    #[must_use]
    pub fn new(db: Db, opener: Opener, folder: PathBuf, max_bytes: u64) -> Self {
        let weigh = |_: &String, index: &Arc<Index>| {
            u32::try_from(index.weight_bytes()).unwrap_or(u32::MAX)
        };
        Self {
            db,
            opener,
            folder,
            limits: Limits::default(),
            indexes: Cache::builder()
                .max_capacity(max_bytes)
                .weigher(weigh)
                .build(),
            presentations: Cache::builder().max_capacity(4096).build(),
            cues: Cache::builder().max_capacity(512).build(),
            // A replaced file is noticed within this time; until then its old bytes stay readable through the open handle.
            open_files: Cache::builder()
                .max_capacity(256)
                .time_to_live(std::time::Duration::from_secs(5))
                .build(),
        }
    }

    /// The opener, for those who bring sources in.
    #[must_use]
    pub fn opener(&self) -> &Opener {
        &self.opener
    }

    /// Opens a source, sharing handles that were opened moments ago.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub async fn open(&self, location: &str) -> Result<Opened, Arc<OpenError>> {
        self.open_files
            .try_get_with(location.to_owned(), self.opener.open(location))
            .await
    }

    /// Opens a stored source, which must still be what its index was made of.
    ///
    /// # Errors
    /// When it cannot be opened, or has changed.
    pub async fn open_source(&self, source: &Source) -> Result<Opened, PresentationError> {
        let opened = self
            .open(&source.location)
            .await
            .map_err(PresentationError::Open)?;
        self.same(source, &opened.revision).await?;
        Ok(opened)
    }

    /// Checks that a revision is the stored one; else has the source looked into again.
    async fn same(&self, source: &Source, revision: &str) -> Result<(), PresentationError> {
        if source.revision.is_empty() || source.revision == revision {
            return Ok(());
        }
        let asked = async {
            let mut unit = self.db.begin().await?;
            sources::look_again(&mut unit, source).await?;
            unit.save().await
        };
        asked
            .await
            .map_err(|error| PresentationError::Storage(Arc::new(error)))?;
        Err(PresentationError::Changed)
    }

    /// Probes a source anew and keeps its index.
    ///
    /// # Errors
    /// When it cannot be opened or understood.
    pub async fn probe(&self, location: &str) -> Result<(Opened, Arc<Index>), PresentationError> {
        let opened = self
            .opener
            .open(location)
            .await
            .map_err(|error| PresentationError::Open(Arc::new(error)))?;
        let index = marquee_packager::probe(&*opened.bytes, &self.limits)
            .await
            .map_err(|error| PresentationError::Probe(Arc::new(error)))?;
        let index = Arc::new(index);
        let key = index_key(location, &opened.revision);
        self.keep(&key, &index).await;
        self.indexes.insert(key, index.clone()).await;
        Ok((opened, index))
    }

    async fn keep(&self, key: &str, index: &Index) {
        let (path, bytes) = (self.folder.join(key), index.encode());
        let folder = self.folder.clone();
        // Written beside and moved into place, so that a reader never sees half of it.
        let written = tokio::task::spawn_blocking(move || {
            std::fs::create_dir_all(&folder)?;
            // Two of our tasks, or two processes, may write the same index at once.
            static NEXT: AtomicU64 = AtomicU64::new(0);
            let turn = NEXT.fetch_add(1, Ordering::Relaxed);
            let partial = path.with_extension(format!("part{}-{turn}", std::process::id()));
            std::fs::write(&partial, bytes)?;
            std::fs::rename(partial, path)
        });
        if let Ok(Err(error)) = written.await {
            tracing::warn!(%error, "an index could not be kept on disk; it will be made again");
        }
    }

    async fn index(&self, source: &Source) -> Result<Arc<Index>, PresentationError> {
        let key = index_key(&source.location, &source.revision);
        let made = self.indexes.try_get_with(key.clone(), async {
            let path = self.folder.join(&key);
            let stored = tokio::task::spawn_blocking(move || {
                std::fs::read(path)
                    .ok()
                    .and_then(|bytes| Index::decode(&bytes).ok())
            });
            if let Ok(Some(index)) = stored.await {
                return Ok(Arc::new(index));
            }
            let (opened, index) = self.probe(&source.location).await?;
            // Addresses carry the stored revision; what is below them must be made of it.
            self.same(source, &opened.revision).await?;
            Ok(index)
        });
        made.await
            .map_err(|error: Arc<PresentationError>| match &*error {
                PresentationError::NotFound => PresentationError::NotFound,
                PresentationError::Changed => PresentationError::Changed,
                PresentationError::Open(inner) => PresentationError::Open(inner.clone()),
                PresentationError::Probe(inner) => PresentationError::Probe(inner.clone()),
                PresentationError::Storage(inner) => PresentationError::Storage(inner.clone()),
            })
    }

    /// The presentation of a content.
    ///
    /// # Errors
    /// When nothing of it is ready, or what is ready cannot be read.
    pub async fn presentation(
        &self,
        content: ContentId,
    ) -> Result<Arc<Presentation>, PresentationError> {
        let key = (self.db.catalog_version(), content);
        if let Some(known) = self.presentations.get(&key).await {
            return Ok(known);
        }
        let stored = sources::of_content(&mut self.db.reader(), content)
            .await
            .map_err(|error| PresentationError::Storage(Arc::new(error)))?;
        let mut renditions = Vec::new();
        let mut subtitles = Vec::new();
        let mut failure = None;
        for source in stored
            .into_iter()
            .filter(|source| source.state == SourceState::Ready)
        {
            match source.role {
                // One rendition that is out of reach does not take the others away.
                SourceRole::Rendition => match self.index(&source).await {
                    Ok(index) => renditions.push(Rendition { source, index }),
                    Err(error) => failure = Some(error),
                },
                SourceRole::Subtitle => subtitles.push(Subtitle { source }),
            }
        }
        if renditions.is_empty() {
            return Err(failure.unwrap_or(PresentationError::NotFound));
        }
        let whole = failure.is_none();
        let presentation = Arc::new(Presentation {
            renditions,
            subtitles,
        });
        if whole {
            self.presentations.insert(key, presentation.clone()).await;
        }
        Ok(presentation)
    }

    /// The cues of a text track inside a rendition.
    ///
    /// # Errors
    /// When it cannot be read or is not text.
    pub async fn track_cues(
        &self,
        rendition: &Rendition,
        track: u32,
    ) -> Result<Arc<Vec<text::Cue>>, PresentationError> {
        let key = format!(
            "{}#{track}",
            index_key(&rendition.source.location, &rendition.source.revision)
        );
        if let Some(known) = self.cues.get(&key).await {
            return Ok(known);
        }
        let opened = self.open_source(&rendition.source).await?;
        let cues = text::track_cues(&*opened.bytes, &rendition.index, track)
            .await
            .map_err(|_| PresentationError::NotFound)?;
        let cues = Arc::new(cues);
        self.cues.insert(key, cues.clone()).await;
        Ok(cues)
    }

    /// The cues of a side-car subtitle.
    ///
    /// # Errors
    /// When it cannot be read or understood.
    pub async fn side_car_cues(
        &self,
        source: &Source,
    ) -> Result<Arc<Vec<text::Cue>>, PresentationError> {
        let key = index_key(&source.location, &source.revision);
        if let Some(known) = self.cues.get(&key).await {
            return Ok(known);
        }
        self.open_source(source).await?;
        let cues = Arc::new(
            self.read_side_car(
                &source.location,
                source
                    .info
                    .language
                    .as_ref()
                    .map(marquee_domain::LanguageTag::as_str),
            )
            .await?,
        );
        self.cues.insert(key, cues.clone()).await;
        Ok(cues)
    }

    /// Reads and parses a subtitle file.
    ///
    /// # Errors
    /// When it cannot be read or understood.
    pub async fn read_side_car(
        &self,
        location: &str,
        language: Option<&str>,
    ) -> Result<Vec<text::Cue>, PresentationError> {
        let opened = self.open(location).await.map_err(PresentationError::Open)?;
        if opened.length > self.limits.text_bytes {
            return Err(PresentationError::Probe(Arc::new(ProbeError::Limit {
                what: "the subtitle file is too large".to_owned(),
            })));
        }
        let bytes = opened
            .bytes
            .read(0..opened.length)
            .await
            .map_err(|error| PresentationError::Open(Arc::new(error.into())))?;
        let unreadable =
            |what: String| PresentationError::Probe(Arc::new(ProbeError::Unsupported { what }));
        let extension = location.rsplit('.').next().unwrap_or_default();
        let format = text::TextFormat::from_extension(extension)
            .ok_or_else(|| unreadable(format!(".{extension} is not a subtitle format we know")))?;
        text::parse_in(&bytes, format, language).map_err(|error| unreadable(error.to_string()))
    }
}

/// The file name of an index in the cache folder: location and revision, hashed.
fn index_key(location: &str, revision: &str) -> String {
    let digest = Sha256::new()
        .chain_update(location)
        .chain_update("\n")
        .chain_update(revision)
        .finalize();
    let hex: String = digest
        .iter()
        .take(16)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("{hex}.index")
}
