//! The index on disk: opening, writing, committing.

mod entry;
mod schema;
mod write;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tantivy::{IndexReader, IndexSettings, IndexWriter, ReloadPolicy};

use crate::document::{DocKey, popularity_of};
use crate::query::{MAX_LIMIT, Query, Wanted};
use crate::rank::{Completion, Hit};
use crate::{find, rank};

use entry::Entry;
pub(crate) use schema::{Fields, KEY, SERVICE, STANDING};
use schema::{Mark, schema};

/// Raised whenever folding or terms change, so that older indexes are rebuilt.
const ENGINE_VERSION: u32 = 2;
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

/// A search index in a folder. Reading never waits for writing.
///
/// Sharing it between threads is what it is made for. All calls block on the disk for
/// milliseconds; writing many documents takes longer and belongs on a thread of its own.
pub struct Index {
    inner: tantivy::Index,
    reader: IndexReader,
    fields: Fields,
    boards: find::Boards,
    writer: Mutex<Option<IndexWriter<Entry>>>,
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
            boards: find::Boards::default(),
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

    /// Keys for a question, best first. Publication is not looked at: the caller drops what may not
    /// be shown, and asks with a higher limit when too few are left.
    ///
    /// # Errors
    /// [`Error::Engine`] when the files cannot be read.
    pub fn search(&self, query: &Query<'_>) -> Result<Vec<Hit>, Error> {
        Ok(self.look(query, 0)?.0)
    }

    /// The keys of [`Index::search`] and the titles of [`Index::auto_complete`] for the same text,
    /// in one go: what begins with it is looked for once.
    ///
    /// # Errors
    /// [`Error::Engine`] when the files cannot be read.
    pub fn look(
        &self,
        query: &Query<'_>,
        completions: usize,
    ) -> Result<(Vec<Hit>, Vec<Completion>), Error> {
        let (hits, completions) = (query.limit.min(MAX_LIMIT), completions.min(MAX_LIMIT));
        let reading = self.reading();
        rank::look(&reading, query.text, &query.wanted, hits, completions)
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
        let query = Query {
            text: beginning,
            wanted: *wanted,
            limit: 0,
        };
        Ok(self.look(&query, limit)?.1)
    }

    /// The popularity that every document was last put with.
    ///
    /// # Errors
    /// [`Error::Engine`] when the files cannot be read.
    pub fn popularities(&self) -> Result<HashMap<DocKey, f32>, Error> {
        let searcher = self.reader.searcher();
        let mut all = HashMap::new();
        for segment in searcher.segment_readers() {
            let columns = segment.fast_fields();
            let (keys, standings) = (columns.u64(KEY)?, columns.u64(STANDING)?);
            for doc in segment.doc_ids_alive() {
                let key = keys.first(doc).and_then(DocKey::unpack);
                let standing = standings.first(doc).unwrap_or_default();
                all.extend(key.map(|key| (key, popularity_of(standing))));
            }
        }
        Ok(all)
    }

    fn reading(&self) -> find::Reading<'_> {
        find::Reading {
            searcher: self.reader.searcher(),
            fields: &self.fields,
            boards: &self.boards,
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<IndexWriter<Entry>>> {
        // A panic elsewhere leaves the writer as it was after its last whole operation.
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
