//! Catalog records as JSON lines: read as a stream, parsed beside the database's work, applied in
//! batches. A bad record is reported and left out; a good one is stored whole or not at all. Killed
//! and run again, the run finds what is stored unchanged and goes on.

mod fields;
mod parse;

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use marquee_catalog::import::{BATCH, Importer};
use marquee_catalog::record::{Outcome, Record};
use marquee_domain::{Clock, ServiceId};
use marquee_storage::Db;
use tokio::sync::mpsc;

pub use parse::{Base, parse};

use crate::IngestError;
use crate::art::ArtFolder;
use crate::report::{Progress, Rejection, Report};

/// Longest line, in bytes.
pub const MAX_LINE: usize = 1 << 20;
/// Most records that wait for a parent that comes later in the input.
const MAX_WAITING: usize = 200_000;

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
    pub art: ArtFolder,
    /// Parse and check only.
    pub dry_run: bool,
    /// Length of the input in bytes, for progress; zero when unknown.
    pub length: u64,
}

/// A line on its way to the database.
struct Parsed {
    line: u64,
    /// Bytes of input up to and with this line.
    read: u64,
    result: Result<Record, Rejection>,
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
    let mut importer = Importer::new(db.clone(), options.service);
    let mut report = Report::default();
    let mut seen = Seen::default();
    let mut waiting: Vec<(u64, Record)> = Vec::new();
    while let Some(batch) = queue.recv().await {
        let read = batch.last().map_or(0, |parsed| parsed.read);
        let current = batch
            .last()
            .map(|parsed| format!("line {}", parsed.line))
            .unwrap_or_default();
        let mut records = Vec::with_capacity(batch.len());
        for parsed in batch {
            match parsed.result {
                Err(rejection) => report.reject(rejection),
                Ok(record) => match seen.first_line(&record.key, parsed.line) {
                    Some(first) => report.reject(Rejection {
                        path: options.name.clone(),
                        line: Some(parsed.line),
                        id: Some(record.key),
                        field: Some("id".to_owned()),
                        reason: format!("line {first} has this id already"),
                    }),
                    None => records.push((parsed.line, record)),
                },
            }
        }
        apply(
            &mut importer,
            clock,
            &options,
            records,
            &mut report,
            Some(&mut waiting),
        )
        .await?;
        progress.advance(read, options.length.max(read), &current);
    }
    parser
        .await
        .map_err(|_| IngestError::Lost)?
        .map_err(|source| IngestError::Read {
            path: options.name.clone(),
            source,
        })?;
    // Parents may have come after their children: try again as long as that still helps.
    while !waiting.is_empty() {
        let before = waiting.len();
        let mut still = Vec::new();
        for chunk in std::mem::take(&mut waiting).chunks(BATCH) {
            apply(
                &mut importer,
                clock,
                &options,
                chunk.to_vec(),
                &mut report,
                Some(&mut still),
            )
            .await?;
        }
        if still.len() == before {
            for chunk in still.chunks(BATCH) {
                apply(
                    &mut importer,
                    clock,
                    &options,
                    chunk.to_vec(),
                    &mut report,
                    None,
                )
                .await?;
            }
            break;
        }
        waiting = still;
    }
    Ok(report)
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

async fn apply(
    importer: &mut Importer,
    clock: &dyn Clock,
    options: &Options,
    records: Vec<(u64, Record)>,
    report: &mut Report,
    mut waiting: Option<&mut Vec<(u64, Record)>>,
) -> Result<(), IngestError> {
    if records.is_empty() {
        return Ok(());
    }
    if options.dry_run {
        report.unchanged += records.len() as u64;
        return Ok(());
    }
    let (lines, records): (Vec<u64>, Vec<Record>) = records.into_iter().unzip();
    let outcomes = importer.apply(&records, clock.now()).await?;
    for ((line, record), outcome) in lines.into_iter().zip(records).zip(outcomes) {
        let reject = |id: String, field: &str, reason: String| Rejection {
            path: options.name.clone(),
            line: Some(line),
            id: Some(id),
            field: Some(field.to_owned()),
            reason,
        };
        match outcome {
            Outcome::Added => report.added += 1,
            Outcome::Updated => report.updated += 1,
            Outcome::Unchanged => report.unchanged += 1,
            Outcome::Removed => report.removed += 1,
            Outcome::MissingParent(parent) => match waiting
                .as_deref_mut()
                .filter(|waiting| waiting.len() < MAX_WAITING)
            {
                Some(waiting) => waiting.push((line, record)),
                None => report.reject(reject(
                    record.key,
                    "parent",
                    format!("{parent:?} is not in the catalog"),
                )),
            },
            Outcome::Rejected { field, reason } => report.reject(reject(record.key, field, reason)),
        }
    }
    Ok(())
}

/// Counts what is read through it.
struct Counted<R>(R, std::sync::Arc<std::sync::atomic::AtomicU64>);

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.0.read(buffer)?;
        self.1
            .fetch_add(read as u64, std::sync::atomic::Ordering::Relaxed);
        Ok(read)
    }
}

/// Reads, parses and hands on lines until the input or the receiver ends. Blocking.
fn read_lines(
    input: Box<dyn Read + Send>,
    options: &Options,
    sender: &mpsc::Sender<Vec<Parsed>>,
) -> std::io::Result<()> {
    let count = std::sync::Arc::new(std::sync::atomic::AtomicU64::new(0));
    let mut reader = BufReader::with_capacity(256 * 1024, Counted(input, count.clone()));
    let base = Base {
        folder: options.base.as_deref(),
        art: &options.art,
        dry_run: options.dry_run,
    };
    let mut line = Vec::new();
    let mut number = 0;
    let mut batch = Vec::with_capacity(BATCH);
    let mut keys = HashSet::new();
    loop {
        let whole = match next_line(&mut reader, &mut line) {
            Ok(Some(whole)) => whole,
            Ok(None) => break,
            Err(error) => {
                // What came before is good, and the report of the failure says that it is stored.
                let _ = sender.blocking_send(batch);
                return Err(error);
            }
        };
        number += 1;
        let text = line.strip_suffix(b"\r").unwrap_or(&line);
        let text = if number == 1 {
            text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text)
        } else {
            text
        };
        if text.iter().all(u8::is_ascii_whitespace) && whole {
            continue;
        }
        let result = if whole {
            parse(text, &base)
        } else {
            Err(parse::Fault::line(format!(
                "the line is longer than {MAX_LINE} bytes"
            )))
        };
        let result = result.map_err(|fault| Rejection {
            path: options.name.clone(),
            line: Some(number),
            id: fault.id,
            field: fault.field,
            reason: fault.reason,
        });
        // A key twice in one batch would be one row twice in one statement: end the batch before it.
        let repeated = result
            .as_ref()
            .is_ok_and(|record| !keys.insert(record.key.clone()));
        if (batch.len() >= BATCH || repeated)
            && sender.blocking_send(std::mem::take(&mut batch)).is_err()
        {
            return Ok(());
        }
        if batch.is_empty() {
            keys.clear();
            keys.extend(result.as_ref().ok().map(|record| record.key.clone()));
        }
        batch.push(Parsed {
            line: number,
            read: count.load(std::sync::atomic::Ordering::Relaxed),
            result,
        });
    }
    if !batch.is_empty() {
        let _ = sender.blocking_send(batch);
    }
    Ok(())
}

/// Reads the next line without its end. `Some(false)` when it was longer than allowed; the rest of it is passed over.
fn next_line(reader: &mut impl BufRead, line: &mut Vec<u8>) -> std::io::Result<Option<bool>> {
    line.clear();
    let mut limited = reader.by_ref().take(MAX_LINE as u64 + 1);
    if limited.read_until(b'\n', line)? == 0 {
        return Ok(None);
    }
    if line.last() == Some(&b'\n') {
        line.pop();
        return Ok(Some(true));
    }
    if line.len() <= MAX_LINE {
        return Ok(Some(true)); // The last line needs no end.
    }
    loop {
        let buffer = reader.fill_buf()?;
        if buffer.is_empty() {
            return Ok(Some(false));
        }
        match buffer.iter().position(|byte| *byte == b'\n') {
            Some(end) => {
                reader.consume(end + 1);
                return Ok(Some(false));
            }
            None => {
                let length = buffer.len();
                reader.consume(length);
            }
        }
    }
}
