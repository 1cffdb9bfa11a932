//! Catalog records as JSON lines: read as a stream, parsed beside the database's work, applied in
//! batches. A bad record is reported and left out; a good one is stored whole or not at all. Killed
//! and run again, the run finds what is stored unchanged and goes on.

mod fields;
mod lines;
mod parse;
mod write;

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Read;
use std::path::{Path, PathBuf};

use marquee_catalog::import::{BATCH, Importer, Named, at_fault, named};
use marquee_catalog::record::{Outcome, Record};
use marquee_domain::{Clock, ServiceId};
use marquee_storage::Db;
use tokio::sync::mpsc;

pub use lines::MAX_LINE;
pub use parse::{Base, parse};
pub use write::listed;

use self::lines::{Parsed, read_lines};

use crate::IngestError;
use crate::report::{Progress, Rejection, Report};
use marquee_artwork::Gallery;

/// Most records that wait for a parent that comes later in the input.
const MAX_WAITING: usize = 200_000;

/// Most names of rows and covers that are kept although they lead nowhere yet.
const MAX_NAMED: usize = 20_000;

/// How records are brought in.
#[derive(Debug, Clone)]
pub struct Options {
    /// Service they go to.
    pub service: ServiceId,
    /// Name of the input in reports.
    pub name: String,
    /// Folder that relative paths start from and may not leave; none refuses paths.
    pub base: Option<PathBuf>,
    /// Where pictures are stored.
    pub art: Gallery,
    /// Parse and check only.
    pub dry_run: bool,
    /// Length of the input in bytes, for progress; zero when unknown.
    pub length: u64,
}

/// Brings records in from a file; `.zst` is unpacked on the way.
///
/// # Errors
/// When the file cannot be read or storage fails.
pub async fn import_file(
    db: &Db,
    clock: &dyn Clock,
    path: &Path,
    mut options: Options,
    progress: &dyn Progress,
) -> Result<Report, IngestError> {
    let unreadable = |source| IngestError::Read {
        path: path.display().to_string(),
        source,
    };
    let file = std::fs::File::open(path).map_err(unreadable)?;
    let meta = file.metadata().map_err(unreadable)?;
    if meta.is_dir() {
        return Err(unreadable(std::io::ErrorKind::IsADirectory.into()));
    }
    let base = std::path::absolute(path)
        .ok()
        .and_then(|path| path.parent().map(Path::to_owned));
    options.base = options.base.or(base);
    options.length = meta.len();
    import(db, clock, Box::new(file), options, progress).await
}

/// Brings records in from a stream.
///
/// # Errors
/// When the stream cannot be read or storage fails.
pub async fn import(
    db: &Db,
    clock: &dyn Clock,
    input: Box<dyn Read + Send>,
    options: Options,
    progress: &dyn Progress,
) -> Result<Report, IngestError> {
    let (sender, mut queue) = mpsc::channel::<Vec<Parsed>>(4);
    let for_parser = options.clone();
    let parser = tokio::task::spawn_blocking(move || read_lines(input, &for_parser, &sender));
    let mut run = Run {
        importer: Importer::new(db.clone(), options.service),
        clock,
        options: &options,
        report: Report::default(),
        named: Vec::new(),
    };
    let mut seen = Seen::default();
    let mut waiting = Vec::new();
    while let Some(batch) = queue.recv().await {
        let Some(last) = batch.last() else { continue };
        let (read, current) = (last.read, format!("line {}", last.line));
        let mut records = Vec::with_capacity(batch.len());
        for parsed in batch {
            match parsed.result {
                Err(rejection) => run.report.reject(rejection),
                Ok(record) => match seen.first_line(&record.key, parsed.line) {
                    Some(first) => {
                        let reason = format!("line {first} has this id already");
                        run.reject(parsed.line, record.key, "id", reason);
                    }
                    None => records.push((parsed.line, record)),
                },
            }
        }
        run.apply(records, Some(&mut waiting)).await?;
        run.note_missing(db, false).await?;
        progress.advance(read, options.length.max(read), &current);
    }
    parser
        .await
        .map_err(|_| IngestError::Lost)?
        .map_err(|source| IngestError::Read {
            path: options.name.clone(),
            source,
        })?;
    run.apply_waiting(waiting).await?;
    run.note_missing(db, true).await?;
    Ok(run.report)
}

/// Lines on which each id was seen first, by hash, so that a large file costs 16 bytes per record.
#[derive(Default)]
struct Seen(HashMap<u64, u64>);

impl Seen {
    fn first_line(&mut self, key: &str, line: u64) -> Option<u64> {
        let mut hasher = DefaultHasher::new();
        key.hash(&mut hasher);
        match self.0.entry(hasher.finish()) {
            std::collections::hash_map::Entry::Occupied(first) => Some(*first.get()),
            std::collections::hash_map::Entry::Vacant(slot) => {
                slot.insert(line);
                None
            }
        }
    }
}

/// An import at work.
struct Run<'a> {
    importer: Importer,
    clock: &'a dyn Clock,
    options: &'a Options,
    report: Report,
    /// What rows and covers name, with line and id of their records: it may come later in the input.
    named: Vec<(u64, String, Named)>,
}

impl Run<'_> {
    fn reject(&mut self, line: u64, id: String, field: &str, reason: String) {
        self.report.reject(Rejection {
            path: self.options.name.clone(),
            line: Some(line),
            id: Some(id),
            field: Some(field.to_owned()),
            reason,
        });
    }

    /// Applies records with their lines. Those without a parent join `waiting`; without that list they are rejected.
    async fn apply(
        &mut self,
        records: Vec<(u64, Record)>,
        mut waiting: Option<&mut Vec<(u64, Record)>>,
    ) -> Result<(), IngestError> {
        if records.is_empty() {
            return Ok(());
        }
        if self.options.dry_run {
            self.report.unchanged += records.len() as u64;
            return Ok(());
        }
        let (lines, records): (Vec<u64>, Vec<Record>) = records.into_iter().unzip();
        let outcomes = self.importer.apply(&records, self.clock.now()).await?;
        for ((line, record), outcome) in lines.into_iter().zip(records).zip(outcomes) {
            if matches!(
                outcome,
                Outcome::Added | Outcome::Updated | Outcome::Unchanged
            ) {
                let names = named(&record.body).into_iter();
                self.named
                    .extend(names.map(|name| (line, record.key.clone(), name)));
            }
            match outcome {
                Outcome::Added => self.report.added += 1,
                Outcome::Updated => self.report.updated += 1,
                Outcome::Unchanged => self.report.unchanged += 1,
                Outcome::Removed => self.report.removed += 1,
                Outcome::MissingParent(parent) => match waiting
                    .as_deref_mut()
                    .filter(|waiting| waiting.len() < MAX_WAITING)
                {
                    Some(waiting) => waiting.push((line, record)),
                    None => {
                        let reason = format!("{parent:?} is not in the catalog");
                        let member = record.body.parent_member();
                        self.reject(line, record.key, member, reason);
                    }
                },
                Outcome::Rejected { field, reason } => {
                    self.reject(line, record.key, field, reason);
                }
            }
        }
        Ok(())
    }

    /// Looks up what rows and covers name, when that has become much or the input has ended, and
    /// notes what is missing then.
    async fn note_missing(&mut self, db: &Db, ended: bool) -> Result<(), IngestError> {
        if !ended && self.named.len() < MAX_NAMED * 2 {
            return Ok(());
        }
        let all = std::mem::take(&mut self.named);
        let names: Vec<Named> = all.iter().map(|(_, _, name)| name.clone()).collect();
        let faults = at_fault(&mut db.reader(), self.options.service, &names).await?;
        for ((line, id, name), fault) in all.into_iter().zip(faults) {
            let Some(reason) = fault else { continue };
            if !ended && self.named.len() < MAX_NAMED {
                self.named.push((line, id, name));
                continue;
            }
            self.report.note(Rejection {
                path: self.options.name.clone(),
                line: Some(line),
                id: Some(id),
                field: Some(name.field),
                reason,
            });
        }
        Ok(())
    }

    /// Applies what waited for its parent, which may have come after it: again and again, as long as that still helps.
    async fn apply_waiting(&mut self, mut waiting: Vec<(u64, Record)>) -> Result<(), IngestError> {
        loop {
            let mut still = Vec::new();
            for chunk in waiting.chunks(BATCH) {
                self.apply(chunk.to_vec(), Some(&mut still)).await?;
            }
            if still.len() == waiting.len() {
                break;
            }
            waiting = still;
        }
        for chunk in waiting.chunks(BATCH) {
            self.apply(chunk.to_vec(), None).await?;
        }
        Ok(())
    }
}
