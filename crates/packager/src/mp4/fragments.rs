//! Movie fragments (ISO/IEC 14496-12, 8.8): their samples are appended to the tracks' tables.

use super::boxes::{Box, boxes};
use super::moov::{Defaults, Draft};
use crate::error::ProbeError;
use crate::index::{Sample, TrackKind};

/// sample_is_non_sync_sample.
const NON_SYNC: u32 = 0x0001_0000;

/// Where fragments lie and what may still be collected.
pub(crate) struct Context<'a> {
    /// Offset of the `moof` box.
    pub(crate) moof: u64,
    pub(crate) length: u64,
    pub(crate) budget: &'a mut usize,
}

/// Appends the samples of one `moof`.
pub(crate) fn append(
    moof: &[u8],
    drafts: &mut [Draft],
    mut context: Context<'_>,
) -> Result<(), ProbeError> {
    let at = context.moof;
    let mut data_end = at;
    for traf in boxes(moof).filter(|child| child.kind == *b"traf") {
        let header = traf.child(b"tfhd").and_then(|tfhd| header(tfhd));
        let header =
            header.ok_or_else(|| ProbeError::malformed("a fragment header is incomplete", at))?;
        let Some(draft) = drafts
            .iter_mut()
            .find(|draft| draft.track_id == header.track_id)
        else {
            continue;
        };
        if !draft.is_wanted() {
            continue;
        }
        let base = if let Some(base) = header.base {
            base
        } else if header.base_is_moof {
            at
        } else {
            data_end
        };
        let header = Header {
            base: Some(base),
            ..header
        };
        if let Some(time) = traf.child(b"tfdt").and_then(decode_time) {
            draft.next_dts = time;
        }
        data_end = runs(traf, &header, draft, &mut context)?;
    }
    Ok(())
}

struct Header {
    track_id: u32,
    base: Option<u64>,
    base_is_moof: bool,
    duration: Option<u32>,
    size: Option<u32>,
    flags: Option<u32>,
}

fn header(tfhd: Box<'_>) -> Option<Header> {
    let (_, flags, mut cursor) = tfhd.full()?;
    let track_id = cursor.u32()?;
    let base = if flags & 1 != 0 {
        Some(cursor.u64()?)
    } else {
        None
    };
    if flags & 2 != 0 {
        cursor.skip(4)?;
    }
    let mut optional = |bit: u32| {
        if flags & bit != 0 {
            cursor.u32().map(Some)
        } else {
            Some(None)
        }
    };
    let (duration, size, sample_flags) = (optional(8)?, optional(0x10)?, optional(0x20)?);
    Some(Header {
        track_id,
        base,
        base_is_moof: flags & 0x2_0000 != 0,
        duration,
        size,
        flags: sample_flags,
    })
}

fn decode_time(tfdt: Box<'_>) -> Option<i64> {
    let (version, _, mut cursor) = tfdt.full()?;
    let time = if version == 1 {
        cursor.u64()?
    } else {
        u64::from(cursor.u32()?)
    };
    // Beyond 2^60 ticks nothing is meant seriously, and sums must stay representable.
    i64::try_from(time).ok().filter(|time| *time < 1 << 60)
}

/// Appends every `trun` of a `traf`; gives the end of the data.
fn runs(
    traf: Box<'_>,
    header: &Header,
    draft: &mut Draft,
    context: &mut Context<'_>,
) -> Result<u64, ProbeError> {
    let at = context.moof;
    let damaged = || ProbeError::malformed("a fragment's sample table is incomplete", at);
    let Defaults {
        duration,
        size,
        flags,
    } = draft.defaults;
    let (duration, size) = (
        header.duration.unwrap_or(duration),
        header.size.unwrap_or(size),
    );
    let flags = header.flags.unwrap_or(flags);
    let base = header.base.unwrap_or(at);
    let is_video = matches!(draft.description.kind, TrackKind::Video { .. });
    let is_text = draft.is_text();
    let mut end = base;
    for trun in traf.children().filter(|child| child.kind == *b"trun") {
        let (_, present, mut cursor) = trun.full().ok_or_else(damaged)?;
        let count = cursor.u32().ok_or_else(damaged)?;
        let mut offset = end;
        if present & 1 != 0 {
            let relative = i64::from(cursor.i32().ok_or_else(damaged)?);
            offset = base.checked_add_signed(relative).ok_or_else(damaged)?;
        }
        let first_flags = if present & 4 != 0 {
            Some(cursor.u32().ok_or_else(damaged)?)
        } else {
            None
        };
        // Rows without any field cost no bytes, so their number is bounded by the budget alone.
        let width = (present & 0xF00).count_ones() as usize * 4;
        if (count as usize).saturating_mul(width) > cursor.rest().len() {
            return Err(damaged());
        }
        if count as usize > *context.budget {
            return Err(ProbeError::limit("it has too many samples"));
        }
        *context.budget -= count as usize;
        for number in 0..count {
            let mut field = |bit: u32, default: u32| {
                if present & bit != 0 {
                    cursor.u32()
                } else {
                    Some(default)
                }
            };
            let duration = field(0x100, duration).ok_or_else(damaged)?;
            let size = field(0x200, size).ok_or_else(damaged)?;
            let own = field(0x400, first_flags.filter(|_| number == 0).unwrap_or(flags))
                .ok_or_else(damaged)?;
            let composition = field(0x800, 0).ok_or_else(damaged)?.cast_signed();
            let sample_end = offset.checked_add(u64::from(size)).ok_or_else(damaged)?;
            if sample_end > context.length {
                return Err(ProbeError::malformed(
                    "the file is cut short: a fragment's samples lie past its end",
                    context.length,
                ));
            }
            let key = !is_video || own & NON_SYNC == 0 || draft.builder.len() == 0;
            let sample = Sample {
                offset,
                size,
                dts: draft.next_dts,
                duration,
                composition,
                key,
            };
            if is_text {
                draft.builder.push_text(sample);
            } else {
                draft.builder.push(sample);
            }
            draft.next_dts = draft.next_dts.saturating_add(i64::from(duration));
            offset = sample_end;
        }
        end = offset;
    }
    Ok(end)
}
