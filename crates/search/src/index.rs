//! The index on disk: opening, writing, committing.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tantivy::schema::{BytesOptions, FAST, Field, INDEXED, STORED, Schema};
use tantivy::{IndexReader, IndexSettings, IndexWriter, ReloadPolicy, TantivyDocument, Term};

use crate::document::{Change, Document, standing};
use crate::query::{MAX_LIMIT, Query, Wanted};
use crate::rank::{Completion, Hit, StoredTitle};
use crate::terms::{self, Dictionary};
use crate::{find, rank};

/// Raised whenever folding or terms change, so that older indexes are rebuilt.
const ENGINE_VERSION: u32 = 1;
/// Memory of each writing thread before it flushes a segment.
const WRITER_BYTES: usize = 48 << 20;
const WRITER_THREADS: usize = 2;
/// Changes from which folding is worth a second thread.
const SPLIT_FROM: usize = 512;
/// Blocks of stored titles kept decompressed (4 KiB each).
const STORE_CACHE_BLOCKS: usize = 256;

/// Why an index cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// There is none, or it was written by another version, or it is damaged: build it again with
    /// [`Index::create`].
    #[error("the search index has to be built: {0}")]
    Rebuild(String),
    /// The folder cannot be used at all.
    #[error("the folder of the search index cannot be used")]
    Folder(#[from] std::io::Error),
}

/// What goes wrong while writing or reading.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Somebody else is writing this index.
    #[error("another process writes this search index")]
    Locked,
    /// The index failed; when it happens again after opening anew, rebuild.
    #[error("the search index failed")]
    Engine(#[source] tantivy::TantivyError),
}

impl From<tantivy::TantivyError> for Error {
    fn from(error: tantivy::TantivyError) -> Self {
        match error {
            tantivy::TantivyError::LockFailure(..) => Self::Locked,
            other => Self::Engine(other),
        }
    }
}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        Self::Engine(error.into())
    }
}

/// Fields of the index.
#[derive(Debug, Clone)]
pub(crate) struct Fields {
    pub(crate) key: Field,
    pub(crate) service: Field,
    pub(crate) standing: Field,
    pub(crate) titles: Field,
    dictionaries: [Field; Dictionary::ALL.len()],
}

impl Fields {
    pub(crate) fn of(&self, dictionary: Dictionary) -> Field {
        self.dictionaries[dictionary as usize]
    }
}

/// Names of the columns that are read beside dictionaries.
pub(crate) const KEY: &str = "key";
pub(crate) const SERVICE: &str = "service";
pub(crate) const STANDING: &str = "standing";

fn schema() -> (Schema, Fields) {
    let mut builder = Schema::builder();
    let fields = Fields {
        key: builder.add_u64_field(KEY, FAST | INDEXED),
        service: builder.add_i64_field(SERVICE, FAST),
        standing: builder.add_u64_field(STANDING, FAST),
        titles: builder.add_bytes_field("titles", STORED),
        dictionaries: Dictionary::ALL.map(|dictionary| {
            builder.add_bytes_field(dictionary.name(), BytesOptions::default().set_indexed())
        }),
    };
    (builder.build(), fields)
}

/// What a commit says about itself.
struct Mark {
    engine: u32,
    caller: u32,
    generation: i64,
}

/// A search index in a folder. Reading never waits for writing.
///
/// Sharing it between threads is what it is made for. All calls block on the disk for
/// milliseconds; writing many documents takes longer and belongs on a thread of its own.
pub struct Index {
    inner: tantivy::Index,
    reader: IndexReader,
    fields: Fields,
    writer: Mutex<Option<IndexWriter>>,
    caller_version: u32,
    generation: AtomicI64,
    folder: PathBuf,
}

impl Index {
    /// Opens the index in a folder. Every file is read once to find damage (about 100 MB in
    /// 0.1 s), so that searching may trust them.
    ///
    /// `version` is the caller's: raise it when the documents it makes change their meaning.
    ///
    /// # Errors
    /// [`OpenError::Rebuild`] when there is no index, or an older one, or a damaged one.
    pub fn open(folder: &Path, version: u32) -> Result<Self, OpenError> {
        let rebuild = |error: &dyn std::fmt::Display| OpenError::Rebuild(error.to_string());
        if !folder.join("meta.json").is_file() {
            return Err(rebuild(&"there is none yet"));
        }
        let inner = tantivy::Index::open_in_dir(folder).map_err(|e| rebuild(&e))?;
        let payload = inner.load_metas().map_err(|e| rebuild(&e))?.payload;
        let mark: Mark = payload
            .and_then(|text| text.parse().ok())
            .ok_or_else(|| rebuild(&"it was never completed"))?;
        if (mark.engine, mark.caller) != (ENGINE_VERSION, version) || inner.schema() != schema().0 {
            return Err(rebuild(&"it is of another version"));
        }
        let damaged = inner.validate_checksum().map_err(|e| rebuild(&e))?;
        if let Some(file) = damaged.iter().next() {
            return Err(rebuild(&format!("{} is damaged", file.display())));
        }
        Self::new(inner, folder, version, mark.generation).map_err(|e| rebuild(&e))
    }

    /// Throws away what the folder holds and starts an empty index of generation 0, which answers
    /// at once, with nothing.
    ///
    /// # Errors
    /// When the folder cannot be emptied or written.
    pub fn create(folder: &Path, version: u32) -> Result<Self, OpenError> {
        if folder.exists() {
            std::fs::remove_dir_all(folder)?;
        }
        std::fs::create_dir_all(folder)?;
        let settings = IndexSettings {
            // Titles are read one by one: small blocks cost less to open.
            docstore_blocksize: 4096,
            docstore_compress_dedicated_thread: false,
            ..IndexSettings::default()
        };
        let failed = |error: tantivy::TantivyError| std::io::Error::other(error);
        let inner = tantivy::Index::builder()
            .schema(schema().0)
            .settings(settings)
            .create_in_dir(folder)
            .map_err(failed)?;
        Ok(Self::new(inner, folder, version, 0).map_err(failed)?)
    }

    fn new(
        inner: tantivy::Index,
        folder: &Path,
        caller_version: u32,
        generation: i64,
    ) -> tantivy::Result<Self> {
        let reader = inner
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .doc_store_cache_num_blocks(STORE_CACHE_BLOCKS)
            .try_into()?;
        Ok(Self {
            reader,
            fields: schema().1,
            writer: Mutex::new(None),
            caller_version,
            generation: AtomicI64::new(generation),
            folder: folder.to_owned(),
            inner,
        })
    }

    /// The caller's mark of the last commit: what came later has yet to be applied.
    #[must_use]
    pub fn generation(&self) -> i64 {
        self.generation.load(Ordering::Acquire)
    }

    /// The folder it lies in.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// How many documents can be found.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.reader.searcher().num_docs()
    }

    /// Takes changes in; they can be found after [`Index::commit`]. Of several changes to one key
    /// the last counts.
    ///
    /// # Errors
    /// [`Error::Locked`] when another process writes; [`Error::Engine`] when the disk fails.
    pub fn apply(&self, changes: &[Change]) -> Result<(), Error> {
        let mut guard = self.lock();
        let writer: &IndexWriter = self.writer(&mut guard)?;
        if changes.len() < SPLIT_FROM {
            return self.apply_part(writer, changes, |_| true);
        }
        // Parted by key: the order of changes to one key is kept.
        std::thread::scope(|scope| {
            let parts: [_; WRITER_THREADS] = std::array::from_fn(|part| {
                let mine = move |key: u64| key % WRITER_THREADS as u64 == part as u64;
                scope.spawn(move || self.apply_part(writer, changes, mine))
            });
            parts.into_iter().try_for_each(|part| match part.join() {
                Ok(result) => result,
                Err(panic) => std::panic::resume_unwind(panic),
            })
        })
    }

    fn apply_part(
        &self,
        writer: &IndexWriter,
        changes: &[Change],
        mine: impl Fn(u64) -> bool,
    ) -> Result<(), Error> {
        for change in changes {
            let key = match change {
                Change::Put(document) => document.key.pack(),
                Change::Remove(key) => key.pack(),
            };
            if mine(key) {
                writer.delete_term(Term::from_field_u64(self.fields.key, key));
                if let Change::Put(document) = change {
                    writer.add_document(self.entry(document)?)?;
                }
            }
        }
        Ok(())
    }

    /// Forgets everything at the next commit: until then the old documents answer. For a rebuild
    /// that should not be seen.
    ///
    /// # Errors
    /// As [`Index::apply`].
    pub fn forget_all(&self) -> Result<(), Error> {
        let mut guard = self.lock();
        self.writer(&mut guard)?.delete_all_documents()?;
        Ok(())
    }

    /// Makes everything applied durable and findable, under the caller's mark.
    ///
    /// # Errors
    /// As [`Index::apply`]; what was applied since the last commit is then lost, and the generation
    /// says so.
    pub fn commit(&self, generation: i64) -> Result<(), Error> {
        let mut guard = self.lock();
        let result = self.commit_with(self.writer(&mut guard)?, generation);
        if result.is_err() {
            // A writer that failed stays broken; the next one starts from the last commit.
            *guard = None;
        }
        result
    }

    fn commit_with(&self, writer: &mut IndexWriter, generation: i64) -> Result<(), Error> {
        let mark = Mark {
            engine: ENGINE_VERSION,
            caller: self.caller_version,
            generation,
        };
        let mut prepared = writer.prepare_commit()?;
        prepared.set_payload(&mark.to_string());
        prepared.commit()?;
        self.reader.reload()?;
        self.generation.store(generation, Ordering::Release);
        Ok(())
    }

    /// Merges all segments into one, which answers fastest, and gives up the right to write,
    /// together with its memory, until the next change. For the end of a rebuild; takes as long
    /// again as building, and reading goes on meanwhile.
    ///
    /// # Errors
    /// [`Error::Engine`] when a merge failed; the index itself is then as committed.
    pub fn settle(&self) -> Result<(), Error> {
        let mut guard = self.lock();
        if let Some(mut writer) = guard.take() {
            let segments = self.inner.searchable_segment_ids()?;
            if segments.len() > 1 {
                writer.merge(&segments).wait()?;
            }
            writer.wait_merging_threads()?;
        }
        Ok(self.reader.reload()?)
    }

    /// Keys for a question, best first. Publication is not looked at: the caller drops what may not
    /// be shown, and asks with a higher limit when too few are left.
    ///
    /// # Errors
    /// [`Error::Engine`] when the files cannot be read.
    pub fn search(&self, query: &Query<'_>) -> Result<Vec<Hit>, Error> {
        let limit = query.limit.min(MAX_LIMIT);
        rank::search(&self.reading(), query.text, &query.wanted, limit)
    }

    /// Titles that continue what was typed, best first and each text once, at most `limit`. The
    /// caller drops those of keys that may not be shown.
    ///
    /// # Errors
    /// [`Error::Engine`] when the files cannot be read.
    pub fn auto_complete(
        &self,
        beginning: &str,
        wanted: &Wanted<'_>,
        limit: usize,
    ) -> Result<Vec<Completion>, Error> {
        rank::complete(&self.reading(), beginning, wanted, limit.min(MAX_LIMIT))
    }

    fn reading(&self) -> find::Reading {
        find::Reading {
            searcher: self.reader.searcher(),
            fields: self.fields.clone(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<IndexWriter>> {
        // A panic elsewhere leaves the writer as it was after its last whole operation.
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn writer<'a>(&self, guard: &'a mut Option<IndexWriter>) -> Result<&'a mut IndexWriter, Error> {
        if guard.is_none() {
            let bytes = WRITER_BYTES * WRITER_THREADS;
            *guard = Some(self.inner.writer_with_num_threads(WRITER_THREADS, bytes)?);
        }
        guard.as_mut().ok_or(Error::Locked)
    }

    /// A document as the index keeps it.
    fn entry(&self, document: &Document) -> Result<TantivyDocument, Error> {
        let mut entry = TantivyDocument::new();
        entry.add_u64(self.fields.key, document.key.pack());
        entry.add_i64(self.fields.service, document.service);
        let standing = standing(document.popularity, document.published_at);
        entry.add_u64(self.fields.standing, standing);
        let folded = terms::titles(document);
        for (dictionary, term) in terms::of(document, &folded) {
            entry.add_bytes(self.fields.of(dictionary), &term);
        }
        let titles: Vec<StoredTitle> = document
            .texts
            .iter()
            .zip(&folded)
            .map(|((language, title), folded)| StoredTitle {
                language: language.as_str().to_owned(),
                title: title.chars().take(crate::fold::MAX_CHARS).collect(),
                folded: folded.words.join(" "),
            })
            .collect();
        let bytes = postcard::to_stdvec(&titles).map_err(std::io::Error::other)?;
        entry.add_bytes(self.fields.titles, &bytes);
        Ok(entry)
    }
}

impl std::fmt::Display for Mark {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {} {}", self.engine, self.caller, self.generation)
    }
}

impl std::str::FromStr for Mark {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let mut parts = text.split(' ');
        let mut next = || parts.next().ok_or(());
        Ok(Self {
            engine: next()?.parse().map_err(drop)?,
            caller: next()?.parse().map_err(drop)?,
            generation: next()?.parse().map_err(drop)?,
        })
    }
}
