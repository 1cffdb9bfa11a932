//! Sample tables of a progressive track (`stbl`, ISO/IEC 14496-12, 8.6 and 8.7).
//!
//! Counts come from untrusted bytes: a table is never believed to have more rows than its box has
//! bytes, and a sample never to lie outside the file.

use super::boxes::Box;
use super::moov::Draft;
use crate::bits::Cursor;
use crate::error::ProbeError;
use crate::index::Sample;

/// Adds the samples of `stbl` to the draft.
pub(crate) fn fill(
    stbl: Box<'_>,
    draft: &mut Draft,
    at: u64,
    length: u64,
    budget: &mut usize,
) -> Result<(), ProbeError> {
    let track_id = draft.track_id;
    let broken = |what: &str| {
        ProbeError::malformed(
            format!("the sample table of track {track_id} is damaged: {what}"),
            at,
        )
    };
    let Some(sizes) = Sizes::find(stbl, length) else {
        return Ok(());
    };
    let sizes = sizes.map_err(broken)?;
    if sizes.count == 0 {
        return Ok(());
    }
    if sizes.count > *budget {
        return Err(ProbeError::limit("it has too many samples"));
    }
    *budget -= sizes.count;
    let chunks = chunk_offsets(stbl).ok_or_else(|| broken("chunk offsets"))?;
    let mut plan = ChunkPlan::find(stbl).ok_or_else(|| broken("samples per chunk"))?;
    let mut times = Runs::find(stbl, b"stts").unwrap_or_default();
    let mut compositions = Runs::find(stbl, b"ctts");
    let mut keys = stbl
        .child(b"stss")
        .and_then(rows)
        .map(|(_, rows)| Words { cursor: rows }.peekable());
    let is_text = draft.is_text();
    let (mut number, mut dts) = (0usize, 0i64);
    let mut entry: Option<u32> = None;
    for (chunk, offset) in (1u32..).zip(chunks) {
        let (per_chunk, description) = plan.at(chunk);
        if number < sizes.count && per_chunk > 0 && entry != Some(description) {
            if !use_entry(draft, description, entry.is_none()) {
                draft.description.reason = Some("its coding changes in the middle".to_owned());
                draft.description.foreign = None;
                return Ok(());
            }
            entry = Some(description);
        }
        let mut offset = offset;
        for _ in 0..per_chunk {
            if number >= sizes.count {
                break;
            }
            let size = sizes.get(number).ok_or_else(|| broken("sample sizes"))?;
            let end = offset
                .checked_add(u64::from(size))
                .filter(|end| *end <= length);
            let Some(end) = end else {
                let what = format!(
                    "the file is cut short: sample {} of {} lies past its end",
                    number + 1,
                    sizes.count
                );
                return Err(ProbeError::malformed(what, length));
            };
            number += 1;
            let duration = times.next_value().unwrap_or(0);
            let key = keys.as_mut().is_none_or(|keys| {
                while keys.next_if(|key| (*key as usize) < number).is_some() {}
                keys.next_if(|key| *key as usize == number).is_some()
            });
            let composition = compositions
                .as_mut()
                .and_then(Runs::next_value)
                .unwrap_or(0)
                .cast_signed();
            // A sync table without a first entry would leave the start undecodable by rule.
            let key = key || number == 1 || !is_video(draft);
            let sample = Sample {
                offset,
                size,
                dts,
                duration,
                composition,
                key,
            };
            if is_text {
                draft.builder.push_text(sample);
            } else {
                draft.builder.push(sample);
            }
            dts = dts.saturating_add(i64::from(duration));
            offset = end;
        }
    }
    if number < sizes.count {
        return Err(broken("fewer chunks than samples"));
    }
    draft.next_dts = dts;
    Ok(())
}

/// Makes the numbered entry of `stsd` the track's, or says that it differs from the one in use.
/// A number without an entry is taken for the entry in use.
fn use_entry(draft: &mut Draft, number: u32, is_first: bool) -> bool {
    let at = number
        .checked_sub(2)
        .and_then(|at| usize::try_from(at).ok());
    let Some(other) = at.and_then(|at| draft.others.get_mut(at)) else {
        return number != 1
            || is_first
            || !draft
                .others
                .iter()
                .any(|other| other.sample_entry != draft.description.sample_entry);
    };
    if is_first {
        std::mem::swap(&mut draft.description, other);
        return true;
    }
    other.sample_entry == draft.description.sample_entry
}

fn is_video(draft: &Draft) -> bool {
    matches!(
        draft.description.kind,
        crate::index::TrackKind::Video { .. }
    )
}

/// Entry count and rows of a table box.
fn rows(table: Box<'_>) -> Option<(u32, Cursor<'_>)> {
    let (_, _, mut cursor) = table.full()?;
    let count = cursor.u32()?;
    Some((count, cursor))
}

struct Words<'a> {
    cursor: Cursor<'a>,
}

impl Iterator for Words<'_> {
    type Item = u32;
    fn next(&mut self) -> Option<u32> {
        self.cursor.u32()
    }
}

/// `stsz` or `stz2`.
struct Sizes<'a> {
    count: usize,
    constant: u32,
    /// Bits per row.
    width: u8,
    rows: &'a [u8],
}

impl<'a> Sizes<'a> {
    /// `None` when the track has neither box.
    fn find(stbl: Box<'a>, length: u64) -> Option<Result<Self, &'static str>> {
        if let Some(stsz) = stbl.child(b"stsz") {
            return Some(Self::stsz(stsz, length));
        }
        stbl.child(b"stz2")
            .map(|stz2| Self::stz2(stz2).ok_or("compact sample sizes"))
    }

    fn stsz(stsz: Box<'a>, length: u64) -> Result<Self, &'static str> {
        let wrong = "sample sizes";
        let (_, _, mut cursor) = stsz.full().ok_or(wrong)?;
        let (constant, count) = (cursor.u32().ok_or(wrong)?, cursor.u32().ok_or(wrong)?);
        let rows = cursor.rest();
        let fits = if constant == 0 {
            u64::from(count) * 4 <= rows.len() as u64
        } else {
            u64::from(count) * u64::from(constant) <= length
        };
        if !fits {
            return Err("more samples than there can be");
        }
        Ok(Self {
            count: count as usize,
            constant,
            width: 32,
            rows,
        })
    }

    fn stz2(stz2: Box<'a>) -> Option<Self> {
        let (_, _, mut cursor) = stz2.full()?;
        let width = u8::try_from(cursor.u32()? & 0xFF).ok()?;
        let count = cursor.u32()?;
        let rows = cursor.rest();
        let fits = u64::from(count) * u64::from(width) <= rows.len() as u64 * 8;
        (fits && matches!(width, 4 | 8 | 16)).then_some(Self {
            count: count as usize,
            constant: 0,
            width,
            rows,
        })
    }

    fn get(&self, at: usize) -> Option<u32> {
        if self.constant != 0 {
            return Some(self.constant);
        }
        match self.width {
            4 => {
                let byte = *self.rows.get(at / 2)?;
                Some(u32::from(if at.is_multiple_of(2) {
                    byte >> 4
                } else {
                    byte & 15
                }))
            }
            8 => self.rows.get(at).map(|size| u32::from(*size)),
            16 => Cursor::new(self.rows.get(at.checked_mul(2)?..)?)
                .u16()
                .map(u32::from),
            _ => Cursor::new(self.rows.get(at.checked_mul(4)?..)?).u32(),
        }
    }
}

/// Offsets from `stco` or `co64`, as many as there are bytes for.
fn chunk_offsets<'a>(stbl: Box<'a>) -> Option<std::boxed::Box<dyn Iterator<Item = u64> + 'a>> {
    if let Some(stco) = stbl.child(b"stco") {
        let (count, rows) = rows(stco)?;
        return Some(std::boxed::Box::new(
            Words { cursor: rows }.take(count as usize).map(u64::from),
        ));
    }
    let (count, mut rows) = rows(stbl.child(b"co64")?)?;
    Some(std::boxed::Box::new(
        std::iter::from_fn(move || rows.u64()).take(count as usize),
    ))
}

/// `stsc`: how many samples each chunk has, and by which description.
struct ChunkPlan<'a> {
    rows: Cursor<'a>,
    current: (u32, u32),
    next: Option<(u32, u32, u32)>,
}

impl<'a> ChunkPlan<'a> {
    fn find(stbl: Box<'a>) -> Option<Self> {
        let (_, rows) = rows(stbl.child(b"stsc")?)?;
        let mut plan = Self {
            rows,
            current: (0, 1),
            next: None,
        };
        plan.next = plan.row();
        Some(plan)
    }

    fn row(&mut self) -> Option<(u32, u32, u32)> {
        Some((self.rows.u32()?, self.rows.u32()?, self.rows.u32()?))
    }

    fn at(&mut self, chunk: u32) -> (u32, u32) {
        while let Some((_, samples, description)) = self.next.filter(|(first, ..)| *first <= chunk)
        {
            self.current = (samples, description);
            self.next = self.row();
        }
        self.current
    }
}

/// A run-length table: `stts` or `ctts`. Their second column is read as it lies; `ctts` of
/// version 0 often holds negative numbers as well, so both versions are taken as signed.
#[derive(Default)]
struct Runs<'a> {
    rows: Option<Cursor<'a>>,
    left: u32,
    value: u32,
}

impl<'a> Runs<'a> {
    fn find(stbl: Box<'a>, kind: &[u8; 4]) -> Option<Self> {
        let (_, rows) = rows(stbl.child(kind)?)?;
        Some(Self {
            rows: Some(rows),
            left: 0,
            value: 0,
        })
    }

    fn next_value(&mut self) -> Option<u32> {
        while self.left == 0 {
            let rows = self.rows.as_mut()?;
            (self.left, self.value) = (rows.u32()?, rows.u32()?);
        }
        self.left -= 1;
        Some(self.value)
    }
}
