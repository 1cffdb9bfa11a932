//! One movie fragment: `moof` and `mdat` (ISO/IEC 14496-12, 8.8).
//!
//! When the samples lie close together in the source, `mdat` is that stretch of the source as it
//! is, other tracks' bytes between them included, and every contiguous run becomes a `trun`. That
//! is one range to read or to send. Otherwise the samples' ranges are gathered.

use bytes::Bytes;

use super::init::TRACK_ID;
use super::{Piece, SegmentPlan};
use crate::codec::entry::put_box;
use crate::error::PackError;
use crate::index::{Sample, Track};

/// Foreign bytes tolerated in `mdat`, as a share of the samples' own: one in ten.
const WASTE: u64 = 10;

/// sample_depends_on = 2: a key sample.
const KEY: u32 = 0x0200_0000;
/// sample_depends_on = 1, sample_is_non_sync_sample.
const DELTA: u32 = 0x0101_0000;

/// Samples that lie one behind the other in `mdat`.
struct Run {
    /// First sample and one past the last.
    first: usize,
    end: usize,
    /// Where the run begins in the content of `mdat`.
    offset: u64,
}

/// The fragment of `samples`, which are on the presentation timeline in decode order.
pub(crate) fn plan(
    track: &Track,
    samples: &[Sample],
    n: u32,
    origin: i64,
) -> Result<SegmentPlan, PackError> {
    let head = samples.first().ok_or(PackError::NoSegment)?;
    let total = samples.iter().fold(0u64, |sum, sample| {
        sum.saturating_add(track.packaged_size(sample))
    });
    let from = samples
        .iter()
        .map(|sample| sample.offset)
        .min()
        .unwrap_or(0);
    let to = samples.iter().map(Sample::end).max().unwrap_or(0);
    let stretch = to.saturating_sub(from);
    let as_it_lies =
        track.prefix.is_empty() && stretch >= total && stretch - total <= total / WASTE;
    let runs = if as_it_lies {
        contiguous(samples, from)
    } else {
        vec![Run {
            first: 0,
            end: samples.len(),
            offset: 0,
        }]
    };
    let content = if as_it_lies { stretch } else { total };
    let decode_time = head.dts.saturating_add(origin).max(0).unsigned_abs();
    let fields = Fields::of(track, samples, runs.len());
    let mut plan = SegmentPlan::default();
    plan.pieces.push(Piece::Bytes(header(
        track,
        samples,
        &runs,
        &fields,
        n,
        decode_time,
        content,
    )?));
    if as_it_lies {
        plan.push_source(from..to);
        return Ok(plan);
    }
    let prefix = Bytes::copy_from_slice(&track.prefix);
    for sample in samples {
        if !prefix.is_empty() {
            plan.pieces.push(Piece::Bytes(prefix.clone()));
        }
        plan.push_source(sample.offset..sample.end());
    }
    Ok(plan)
}

fn contiguous(samples: &[Sample], from: u64) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut expected = None;
    for (at, sample) in samples.iter().enumerate() {
        match runs.last_mut() {
            Some(run) if expected == Some(sample.offset) => run.end = at + 1,
            _ => runs.push(Run {
                first: at,
                end: at + 1,
                offset: sample.offset.saturating_sub(from),
            }),
        }
        expected = Some(sample.end());
    }
    runs
}

/// What is the same for all samples is said once in `tfhd`, the rest per sample in `trun`.
struct Fields {
    duration: Option<u32>,
    size: Option<u32>,
    flags: Option<u32>,
    /// All flags but the first are the default.
    first_flags: Option<u32>,
    composition: bool,
}

impl Fields {
    fn of(track: &Track, samples: &[Sample], runs: usize) -> Self {
        let head = samples.first();
        let same = |value: &dyn Fn(&Sample) -> u32| {
            let first = head.map(value)?;
            samples
                .iter()
                .all(|sample| value(sample) == first)
                .then_some(first)
        };
        let mut flags = same(&flags_of);
        let mut first_flags = None;
        if flags.is_none() && runs == 1 {
            let rest = samples.get(1).map(flags_of);
            if samples
                .iter()
                .skip(1)
                .all(|sample| Some(flags_of(sample)) == rest)
            {
                flags = rest;
                first_flags = head.map(flags_of);
            }
        }
        Self {
            duration: same(&|sample| sample.duration),
            size: same(&|sample| u32::try_from(track.packaged_size(sample)).unwrap_or(u32::MAX)),
            flags,
            first_flags,
            composition: samples.iter().any(|sample| sample.composition != 0),
        }
    }

    /// The flags of `trun`: data offset always, then what varies.
    fn present(&self) -> u32 {
        let mut present = 1;
        let bits = [
            (self.first_flags.is_some(), 0x4),
            (self.duration.is_none(), 0x100),
            (self.size.is_none(), 0x200),
            (self.flags.is_none(), 0x400),
            (self.composition, 0x800),
        ];
        for (set, bit) in bits {
            if set {
                present |= bit;
            }
        }
        present
    }
}

fn flags_of(sample: &Sample) -> u32 {
    if sample.key { KEY } else { DELTA }
}

fn header(
    track: &Track,
    samples: &[Sample],
    runs: &[Run],
    fields: &Fields,
    n: u32,
    decode_time: u64,
    content: u64,
) -> Result<Bytes, PackError> {
    let mut traf = Vec::new();
    put_box(&mut traf, *b"tfhd", &track_fragment_header(fields));
    let mut tfdt = vec![1, 0, 0, 0];
    tfdt.extend_from_slice(&decode_time.to_be_bytes());
    put_box(&mut traf, *b"tfdt", &tfdt);
    // The size of what follows is known beforehand, so offsets into mdat can be written at once.
    let present = fields.present();
    let row = (present & 0xF00).count_ones() as usize * 4;
    let fixed = 8 + 4 + 4 + 4 + if fields.first_flags.is_some() { 4 } else { 0 };
    let truns = runs.len() * fixed + samples.len() * row;
    let moof_size = 8 + 16 + 8 + traf.len() + truns;
    let mdat_header = if content.saturating_add(8) > u64::from(u32::MAX) {
        16
    } else {
        8
    };
    let base = moof_size as u64 + mdat_header;
    for run in runs {
        let offset = base
            .checked_add(run.offset)
            .and_then(|offset| i32::try_from(offset).ok());
        let offset = offset.ok_or(PackError::TooLarge)?;
        let part = samples.get(run.first..run.end).unwrap_or_default();
        put_box(
            &mut traf,
            *b"trun",
            &track_run(track, part, fields, present, offset),
        );
    }
    let mut moof = Vec::with_capacity(moof_size);
    let mut mfhd = vec![0; 4];
    mfhd.extend_from_slice(&n.saturating_add(1).to_be_bytes());
    put_box(&mut moof, *b"mfhd", &mfhd);
    put_box(&mut moof, *b"traf", &traf);
    let mut out = Vec::with_capacity(moof_size + 16);
    put_box(&mut out, *b"moof", &moof);
    debug_assert_eq!(
        out.len(),
        moof_size,
        "the offsets were computed for another size"
    );
    let size = content.saturating_add(mdat_header);
    if mdat_header == 16 {
        out.extend_from_slice(&1u32.to_be_bytes());
        out.extend_from_slice(b"mdat");
        out.extend_from_slice(&size.to_be_bytes());
    } else {
        out.extend_from_slice(
            &u32::try_from(size)
                .map_err(|_| PackError::TooLarge)?
                .to_be_bytes(),
        );
        out.extend_from_slice(b"mdat");
    }
    Ok(Bytes::from(out))
}

fn track_fragment_header(fields: &Fields) -> Vec<u8> {
    let defaults = [
        (fields.duration, 0x8),
        (fields.size, 0x10),
        (fields.flags, 0x20),
    ];
    // default-base-is-moof.
    let present = defaults
        .iter()
        .filter(|(value, _)| value.is_some())
        .fold(0x2_0000u32, |sum, (_, bit)| sum | bit);
    let mut out = present.to_be_bytes().to_vec();
    out.extend_from_slice(&TRACK_ID.to_be_bytes());
    out.extend(
        defaults
            .iter()
            .filter_map(|(value, _)| *value)
            .flat_map(u32::to_be_bytes),
    );
    out
}

fn track_run(
    track: &Track,
    samples: &[Sample],
    fields: &Fields,
    present: u32,
    offset: i32,
) -> Vec<u8> {
    // Version 1: composition offsets are signed.
    let mut out = (0x0100_0000 | present).to_be_bytes().to_vec();
    out.extend_from_slice(
        &u32::try_from(samples.len())
            .unwrap_or(u32::MAX)
            .to_be_bytes(),
    );
    out.extend_from_slice(&offset.to_be_bytes());
    if let Some(first) = fields.first_flags {
        out.extend_from_slice(&first.to_be_bytes());
    }
    for sample in samples {
        if fields.duration.is_none() {
            out.extend_from_slice(&sample.duration.to_be_bytes());
        }
        if fields.size.is_none() {
            let size = u32::try_from(track.packaged_size(sample)).unwrap_or(u32::MAX);
            out.extend_from_slice(&size.to_be_bytes());
        }
        if fields.flags.is_none() {
            out.extend_from_slice(&flags_of(sample).to_be_bytes());
        }
        if fields.composition {
            out.extend_from_slice(&sample.composition.to_be_bytes());
        }
    }
    out
}
