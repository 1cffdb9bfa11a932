//! Keeping the index up with the catalog.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use marquee_search::{Change, Error, Index, OpenError};
use marquee_storage::catalog::Table;
use marquee_storage::changes::{self, Changed};
use marquee_storage::{Db, StorageError, meta};

use super::Searcher;
use super::documents::{Names, Shelf, entries, load};

/// Raised when documents come to mean something else, so that indexes are made again.
const DOCUMENTS: u32 = 1;
/// Titles that are read and written together.
const BATCH: i64 = 1000;
/// Popularity, a binary logarithm of plays, that is worth writing a title anew: a quarter more.
const MOVED: f64 = 0.3;
/// Indexes of one data folder, for processes that share it.
const FOLDERS: usize = 8;

/// Why an index does not follow. Everything is tried again at the next call.
#[derive(Debug, thiserror::Error)]
pub enum FollowError {
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The index failed.
    #[error(transparent)]
    Index(#[from] Error),
    /// The folder of the index cannot be used.
    #[error("the search index cannot be opened")]
    Open(#[from] OpenError),
    /// The folder of the index cannot be locked.
    #[error("the folder of the search index cannot be used")]
    Folder(#[from] std::io::Error),
    /// A thread of the index ended in a panic.
    #[error("the search index failed badly")]
    Panicked,
}

/// Writes a node's index. There is one per process.
pub struct Follower {
    db: Db,
    searcher: Searcher,
    folder: PathBuf,
    /// Held as long as this lives, so that no other process writes the same folder.
    _lock: File,
    open: Option<Open>,
}

struct Open {
    index: Arc<Index>,
    epoch: i64,
}

impl Follower {
    /// For an index in a folder below `folder`; `searcher` answers from it once it is whole. A
    /// process that shares the folder with another gets an index of its own beside it.
    ///
    /// # Errors
    /// When the folder cannot be used.
    pub fn new(db: Db, searcher: Searcher, folder: &Path) -> Result<Self, FollowError> {
        std::fs::create_dir_all(folder)?;
        for n in 0..FOLDERS {
            let lock = File::create(folder.join(format!("{n}.lock")))?;
            match lock.try_lock() {
                Ok(()) => {
                    return Ok(Self {
                        db,
                        searcher,
                        folder: folder.join(n.to_string()),
                        _lock: lock,
                        open: None,
                    });
                }
                Err(std::fs::TryLockError::WouldBlock) => {}
                Err(std::fs::TryLockError::Error(error)) => return Err(error.into()),
            }
        }
        let reason = format!("{FOLDERS} other processes write here");
        Err(std::io::Error::new(std::io::ErrorKind::ResourceBusy, reason).into())
    }

    /// Brings the index up to the catalog's present version: opens it, makes it when there is
    /// none, or applies what has changed. Costs one small query when nothing has.
    ///
    /// # Errors
    /// When the database or the index fails; the next call tries again.
    pub async fn catch_up(&mut self) -> Result<(), FollowError> {
        let result = self.step().await;
        if result.is_err() {
            // What was applied but not committed is not known any more: begin with what is on disk.
            self.open = None;
        }
        result
    }

    /// Puts titles anew whose popularity has moved away from what the index holds: play starts are
    /// no change of the catalog. Reads one number of every title that was ever played.
    ///
    /// # Errors
    /// As [`Follower::catch_up`]. Does nothing before that has opened the index.
    pub async fn refresh_popularity(&mut self) -> Result<(), FollowError> {
        let Some(open) = &self.open else {
            return Ok(());
        };
        let result = self.refresh(&open.index).await;
        if result.is_err() {
            self.open = None;
        }
        result
    }

    async fn refresh(&self, index: &Arc<Index>) -> Result<(), FollowError> {
        let held = index.clone();
        let held = blocking(move || Ok(held.popularities()?)).await?;
        let q = &mut self.db.reader();
        let mut moved = 0;
        for table in [Table::Series, Table::Content] {
            let shelf = Shelf::Of(table);
            let mut last = i64::MIN;
            loop {
                let played = changes::played(q, table, last, BATCH).await?;
                let Some((end, _)) = played.last() else {
                    break;
                };
                last = *end;
                let differs = |(id, now): &(i64, f64)| {
                    let before = held.get(&shelf.key(*id));
                    before.is_some_and(|before| (f64::from(*before) - now).abs() >= MOVED)
                };
                let ids: Vec<i64> = played
                    .iter()
                    .filter(|one| differs(one))
                    .map(|(id, _)| *id)
                    .collect();
                let titles = load(q, shelf, &ids).await?;
                moved += titles.len();
                let batch = entries(q, &mut Names::default(), shelf, titles).await?;
                apply(index, batch).await?;
            }
        }
        if moved > 0 {
            // The catalog is as it was: so is the mark.
            let index = index.clone();
            blocking(move || Ok(index.commit(index.generation())?)).await?;
        }
        Ok(())
    }

    async fn step(&mut self) -> Result<(), FollowError> {
        let epoch = changes::epoch(&self.db).await?;
        let index = match &self.open {
            Some(open) if open.epoch == epoch => open.index.clone(),
            _ => {
                let index = self.open(epoch).await?;
                self.searcher.publish(Some(index.clone()));
                self.open = Some(Open {
                    index: index.clone(),
                    epoch,
                });
                index
            }
        };
        let version = meta::catalog_version(&mut self.db.reader()).await?;
        if version != index.generation() {
            self.apply(&index, version).await?;
        }
        Ok(())
    }

    /// Opens the index of an epoch; makes it when it is missing, old or damaged.
    async fn open(&self, epoch: i64) -> Result<Arc<Index>, FollowError> {
        // The epoch goes into the mark: an index that followed a replaced catalog is worth nothing.
        let mark = DOCUMENTS ^ (epoch as u32) ^ ((epoch >> 32) as u32);
        let folder = self.folder.clone();
        match blocking(move || Ok(Index::open(&folder, mark))).await? {
            Ok(index) => return Ok(Arc::new(index)),
            Err(OpenError::Rebuild(reason)) => tracing::info!(reason, "the search index is made"),
            Err(other) => return Err(other.into()),
        }
        // Until it is whole again, nobody shall ask it.
        self.searcher.publish(None);
        let folder = self.folder.clone();
        let index = blocking(move || Ok(Index::create(&folder, mark)?)).await?;
        let index = Arc::new(index);
        // What changes from here on is applied once more afterwards.
        let version = meta::catalog_version(&mut self.db.reader()).await?;
        let titles = self.sweep(&index, None).await?;
        let made = index.clone();
        blocking(move || {
            made.commit(version)?;
            Ok(made.settle()?)
        })
        .await?;
        tracing::info!(titles, "the search index is whole");
        Ok(index)
    }

    /// Writes all titles, or those that refer to one of these labels; returns how many.
    async fn sweep(
        &self,
        index: &Arc<Index>,
        labels: Option<&HashSet<i64>>,
    ) -> Result<usize, FollowError> {
        let q = &mut self.db.reader();
        let mut names = Names::default();
        let mut written = 0;
        for table in [Table::Series, Table::Season, Table::Content] {
            let mut last = i64::MIN;
            loop {
                let ids = changes::ids_after(q, table, last, BATCH).await?;
                let Some(end) = ids.last() else {
                    break;
                };
                last = *end;
                let shelf = Shelf::Of(table);
                let mut titles = load(q, shelf, &ids).await?;
                if let Some(labels) = labels {
                    titles.retain(|title| title.labels().any(|id| labels.contains(&id)));
                }
                written += titles.len();
                let entries = entries(q, &mut names, shelf, titles).await?;
                apply(index, entries).await?;
            }
        }
        if labels.is_none() {
            let ids = changes::channel_ids(q).await?;
            for ids in ids.chunks(BATCH as usize) {
                let channels = load(q, Shelf::Channels, ids).await?;
                written += channels.len();
                let entries = entries(q, &mut names, Shelf::Channels, channels).await?;
                apply(index, entries).await?;
            }
        }
        Ok(written)
    }

    /// Applies what has changed since the index was committed, and commits it as of `version`.
    async fn apply(&self, index: &Arc<Index>, version: i64) -> Result<(), FollowError> {
        let q = &mut self.db.reader();
        let mut labels = HashSet::new();
        let mut last = None;
        loop {
            let changes = changes::since(q, index.generation(), last, BATCH).await?;
            if changes.is_empty() {
                break;
            }
            last = changes.last().copied();
            let mut titles: HashMap<Shelf, Vec<i64>> = HashMap::new();
            for change in changes {
                match change.what {
                    Changed::Title(table) => {
                        titles.entry(Shelf::Of(table)).or_default().push(change.id);
                    }
                    Changed::Channel => {
                        titles.entry(Shelf::Channels).or_default().push(change.id);
                    }
                    Changed::Label => {
                        labels.insert(change.id);
                    }
                }
            }
            // Names are read anew for each page: labels change as well.
            for (shelf, ids) in titles {
                // Whatever is not found has been deleted.
                let mut batch: Vec<Change> = ids
                    .iter()
                    .map(|id| Change::Remove(shelf.key(*id)))
                    .collect();
                let found = load(q, shelf, &ids).await?;
                batch.extend(entries(q, &mut Names::default(), shelf, found).await?);
                apply(index, batch).await?;
            }
        }
        if !labels.is_empty() {
            self.sweep(index, Some(&labels)).await?;
        }
        let index = index.clone();
        blocking(move || Ok(index.commit(version)?)).await
    }
}

async fn apply(index: &Arc<Index>, changes: Vec<Change>) -> Result<(), FollowError> {
    let index = index.clone();
    blocking(move || Ok(index.apply(&changes)?)).await
}

/// Runs what waits for the disk or computes for long where it delays nobody.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, FollowError> + Send + 'static,
) -> Result<T, FollowError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|_| FollowError::Panicked)?
}
