//! Writing: changes, commits, the end of a rebuild.

use std::sync::atomic::Ordering;

use tantivy::{IndexWriter, Term};

use super::entry::Entry;
use super::schema::Mark;
use super::{ENGINE_VERSION, Error, Index};
use crate::document::Change;

/// Memory of each writing thread before it flushes a segment.
const WRITER_BYTES: usize = 48 << 20;
const WRITER_THREADS: usize = 2;
/// Changes from which folding is worth a second thread.
const SPLIT_FROM: usize = 512;

impl Index {
    /// Takes changes in; they can be found after [`Index::commit`]. Of several changes to one key
    /// the last counts.
    ///
    /// # Errors
    /// [`Error::Locked`] when another process writes; [`Error::Engine`] when the disk fails.
    pub fn apply(&self, changes: &[Change]) -> Result<(), Error> {
        let mut guard = self.lock();
        let writer: &IndexWriter<Entry> = self.writer(&mut guard)?;
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
        writer: &IndexWriter<Entry>,
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
                    writer.add_document(Entry::new(&self.fields, document)?)?;
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

    fn commit_with(&self, writer: &mut IndexWriter<Entry>, generation: i64) -> Result<(), Error> {
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

    fn writer<'a>(
        &self,
        guard: &'a mut Option<IndexWriter<Entry>>,
    ) -> Result<&'a mut IndexWriter<Entry>, Error> {
        if guard.is_none() {
            let bytes = WRITER_BYTES * WRITER_THREADS;
            *guard = Some(self.inner.writer_with_num_threads(WRITER_THREADS, bytes)?);
        }
        guard.as_mut().ok_or(Error::Locked)
    }
}
