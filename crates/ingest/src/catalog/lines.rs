//! The reading half: lines out of a stream, parsed and handed on in batches.

use std::collections::HashSet;
use std::io::{BufRead, BufReader, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use marquee_catalog::import::BATCH;
use marquee_catalog::record::Record;
use tokio::sync::mpsc;

use super::Options;
use super::parse::{Base, Fault, parse};
use crate::report::Rejection;

/// Longest line, in bytes.
pub const MAX_LINE: usize = 1 << 20;

/// A line on its way to the database.
pub(super) struct Parsed {
    pub(super) line: u64,
    /// Bytes of input up to and with this line.
    pub(super) read: u64,
    pub(super) result: Result<Record, Rejection>,
}

/// Counts what is read through it.
struct Counted<R>(R, Arc<AtomicU64>);

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.0.read(buffer)?;
        self.1.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

/// Reads, parses and hands on lines until the input or the receiver ends. Blocking.
pub(super) fn read_lines(
    input: Box<dyn Read + Send>,
    options: &Options,
    sender: &mpsc::Sender<Vec<Parsed>>,
) -> std::io::Result<()> {
    let count = Arc::new(AtomicU64::new(0));
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
            Err(Fault::line(format!(
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
            read: count.load(Ordering::Relaxed),
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
