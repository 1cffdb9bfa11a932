//! The sample table of one track, as columns.
//!
//! A two-hour film has half a million samples, so what is constant over a run is stored once per
//! run: where samples lie (contiguous chunks) and when they are decoded (equal steps). Sizes and
//! composition offsets are kept per sample, the latter only when any is not zero.

use std::ops::Range;

/// A chunk entry is made at least this often, so that finding one sample adds up few sizes.
const STRIDE: u32 = 512;

/// One sample, all facts together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    /// Where its bytes begin in the source.
    pub offset: u64,
    /// How many bytes it has in the source.
    pub size: u32,
    /// Decode time in ticks of the track.
    pub dts: i64,
    /// Ticks until the next sample is decoded, or the sample's own length for the last one.
    pub duration: u32,
    /// Presentation time less decode time, in ticks.
    pub composition: i32,
    /// Whether decoding can start here.
    pub key: bool,
}

impl Sample {
    /// Presentation time in ticks of the track.
    #[must_use]
    pub fn pts(&self) -> i64 {
        self.dts.saturating_add(i64::from(self.composition))
    }

    /// First byte after the sample.
    #[must_use]
    pub fn end(&self) -> u64 {
        self.offset.saturating_add(u64::from(self.size))
    }
}

/// The samples of one track in decode order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Samples {
    sizes: Vec<u32>,
    chunk_first: Vec<u32>,
    chunk_offset: Vec<u64>,
    run_first: Vec<u32>,
    run_dts: Vec<i64>,
    run_delta: Vec<u32>,
    /// Empty when every offset is zero.
    compositions: Vec<i32>,
    /// `None`: every sample is a key sample.
    keys: Option<Vec<u32>>,
    /// Own lengths, for text whose samples do not touch; empty otherwise.
    durations: Vec<u32>,
    last_duration: u32,
}

impl Samples {
    pub(crate) fn len(&self) -> u32 {
        // The builder refuses more than u32::MAX samples.
        u32::try_from(self.sizes.len()).unwrap_or(u32::MAX)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.sizes.is_empty()
    }

    /// Heap bytes, for a bounded cache.
    pub(crate) fn weight(&self) -> usize {
        let words = self.sizes.capacity()
            + self.chunk_first.capacity()
            + self.run_first.capacity()
            + self.run_delta.capacity()
            + self.compositions.capacity()
            + self.durations.capacity()
            + self.keys.as_ref().map_or(0, Vec::capacity);
        words * 4 + (self.chunk_offset.capacity() + self.run_dts.capacity()) * 8
    }

    pub(crate) fn get(&self, at: u32) -> Option<Sample> {
        self.range(at..at.checked_add(1)?).next()
    }

    pub(crate) fn iter(&self) -> Iter<'_> {
        self.range(0..self.len())
    }

    /// The samples of a range, clipped to what exists.
    pub(crate) fn range(&self, range: Range<u32>) -> Iter<'_> {
        let end = range.end.min(self.len());
        let at = range.start.min(end);
        let chunk = self
            .chunk_first
            .partition_point(|first| *first <= at)
            .saturating_sub(1);
        let from = self.chunk_first.get(chunk).copied().unwrap_or(0);
        let skipped: u64 = self
            .sizes
            .get(from as usize..at as usize)
            .unwrap_or_default()
            .iter()
            .map(|size| u64::from(*size))
            .sum();
        Iter {
            samples: self,
            at,
            end,
            chunk,
            offset: self
                .chunk_offset
                .get(chunk)
                .copied()
                .unwrap_or(0)
                .saturating_add(skipped),
            run: self
                .run_first
                .partition_point(|first| *first <= at)
                .saturating_sub(1),
            key: self
                .keys
                .as_ref()
                .map_or(0, |keys| keys.partition_point(|key| *key < at)),
        }
    }

    /// Numbers of the key samples, ascending.
    pub(crate) fn keys(&self) -> Box<dyn Iterator<Item = u32> + '_> {
        match &self.keys {
            None => Box::new(0..self.len()),
            Some(keys) => Box::new(keys.iter().copied()),
        }
    }

    /// The n-th key sample's number.
    pub(crate) fn key(&self, n: u32) -> Option<u32> {
        match &self.keys {
            None => (n < self.len()).then_some(n),
            Some(keys) => keys.get(n as usize).copied(),
        }
    }

    fn dts(&self, at: u32) -> i64 {
        let run = self
            .run_first
            .partition_point(|first| *first <= at)
            .saturating_sub(1);
        self.dts_in(run, at)
    }

    fn dts_in(&self, run: usize, at: u32) -> i64 {
        let first = self.run_first.get(run).copied().unwrap_or(0);
        let delta = self.run_delta.get(run).copied().unwrap_or(0);
        let steps = i64::from(at.saturating_sub(first));
        let base = self.run_dts.get(run).copied().unwrap_or(0);
        base.saturating_add(steps.saturating_mul(i64::from(delta)))
    }

    /// Most frequent step between two samples in ticks, with its share of all steps in percent.
    pub(crate) fn common_step(&self) -> Option<(u32, u32)> {
        let mut counts = std::collections::HashMap::<u32, u64>::new();
        let mut previous: Option<i64> = None;
        let mut total = 0u64;
        for (run, first) in self.run_first.iter().enumerate() {
            let end = self.run_first.get(run + 1).copied().unwrap_or(self.len());
            let steps = u64::from(end.saturating_sub(*first)).saturating_sub(1);
            let delta = self.run_delta.get(run).copied().unwrap_or(0);
            if steps > 0 {
                *counts.entry(delta).or_default() += steps;
                total += steps;
            }
            let start = self.run_dts.get(run).copied().unwrap_or(0);
            if let Some(step) =
                previous.and_then(|last| u32::try_from(start.saturating_sub(last)).ok())
            {
                *counts.entry(step).or_default() += 1;
                total += 1;
            }
            previous = Some(self.dts_in(run, end.saturating_sub(1)));
        }
        let (step, count) = counts
            .into_iter()
            .max_by_key(|(step, count)| (*count, *step))?;
        Some((
            step,
            u32::try_from(count * 100 / total.max(1)).unwrap_or(100),
        ))
    }

    /// Makes every composition offset at least zero by raising all of them; gives by how much, to
    /// be taken off the decode times. Version 1 of `trun` could express negative ones, but readers
    /// differ in what they make of them.
    pub(crate) fn raise_compositions(&mut self) -> i64 {
        let least = self.compositions.iter().copied().min().unwrap_or(0);
        if least >= 0 {
            return 0;
        }
        for composition in &mut self.compositions {
            *composition = composition.saturating_sub(least);
        }
        -i64::from(least)
    }

    pub(crate) fn into_columns(self) -> Columns {
        Columns {
            sizes: self.sizes,
            chunk_first: self.chunk_first,
            chunk_offset: self.chunk_offset,
            run_first: self.run_first,
            run_dts: self.run_dts,
            run_delta: self.run_delta,
            compositions: self.compositions,
            keys: self.keys,
            durations: self.durations,
            last_duration: self.last_duration,
        }
    }

    /// Checks every invariant of the columns: they may come from damaged storage.
    pub(crate) fn from_columns(columns: Columns, source_length: u64) -> Option<Self> {
        let c = columns;
        let count = u32::try_from(c.sizes.len()).ok()?;
        let whole = |column: usize| column == 0 || column == c.sizes.len();
        let starts = |first: &[u32]| {
            first.first().copied() == (count > 0).then_some(0)
                && first.iter().zip(first.iter().skip(1)).all(|(a, b)| a < b)
                && first.last().is_none_or(|last| *last < count)
        };
        let sound = whole(c.compositions.len())
            && whole(c.durations.len())
            && starts(&c.chunk_first)
            && starts(&c.run_first)
            && c.chunk_first.len() == c.chunk_offset.len()
            && c.run_first.len() == c.run_dts.len()
            && c.run_first.len() == c.run_delta.len()
            && c.keys.as_ref().is_none_or(|keys| {
                keys.iter().zip(keys.iter().skip(1)).all(|(a, b)| a < b)
                    && keys.last().is_none_or(|last| *last < count)
            });
        if !sound {
            return None;
        }
        let samples = Self {
            sizes: c.sizes,
            chunk_first: c.chunk_first,
            chunk_offset: c.chunk_offset,
            run_first: c.run_first,
            run_dts: c.run_dts,
            run_delta: c.run_delta,
            compositions: c.compositions,
            keys: c.keys,
            durations: c.durations,
            last_duration: c.last_duration,
        };
        samples
            .iter()
            .all(|sample| sample.end() <= source_length)
            .then_some(samples)
    }
}

/// The same columns, open: what storage writes and reads.
#[derive(Clone, Debug, Default)]
pub(crate) struct Columns {
    pub(crate) sizes: Vec<u32>,
    pub(crate) chunk_first: Vec<u32>,
    pub(crate) chunk_offset: Vec<u64>,
    pub(crate) run_first: Vec<u32>,
    pub(crate) run_dts: Vec<i64>,
    pub(crate) run_delta: Vec<u32>,
    pub(crate) compositions: Vec<i32>,
    pub(crate) keys: Option<Vec<u32>>,
    pub(crate) durations: Vec<u32>,
    pub(crate) last_duration: u32,
}

/// Walks samples in decode order.
#[derive(Clone, Debug)]
pub(crate) struct Iter<'a> {
    samples: &'a Samples,
    at: u32,
    end: u32,
    chunk: usize,
    offset: u64,
    run: usize,
    key: usize,
}

impl Iterator for Iter<'_> {
    type Item = Sample;

    fn next(&mut self) -> Option<Sample> {
        if self.at >= self.end {
            return None;
        }
        let (samples, at) = (self.samples, self.at);
        let size = samples.sizes.get(at as usize).copied()?;
        if samples
            .chunk_first
            .get(self.chunk + 1)
            .is_some_and(|first| *first <= at)
        {
            self.chunk += 1;
            self.offset = samples.chunk_offset.get(self.chunk).copied()?;
        }
        if samples
            .run_first
            .get(self.run + 1)
            .is_some_and(|first| *first <= at)
        {
            self.run += 1;
        }
        let key = match &samples.keys {
            None => true,
            Some(keys) => {
                let hit = keys.get(self.key) == Some(&at);
                self.key += usize::from(hit);
                hit
            }
        };
        let dts = samples.dts_in(self.run, at);
        let duration = match samples.durations.get(at as usize) {
            Some(own) => *own,
            None if at + 1 == samples.len() => samples.last_duration,
            None if samples.run_first.get(self.run + 1) == Some(&(at + 1)) => {
                u32::try_from(samples.dts(at + 1).saturating_sub(dts)).unwrap_or(0)
            }
            None => samples.run_delta.get(self.run).copied().unwrap_or(0),
        };
        let sample = Sample {
            offset: self.offset,
            size,
            dts,
            duration,
            composition: samples.compositions.get(at as usize).copied().unwrap_or(0),
            key,
        };
        self.at += 1;
        self.offset = self.offset.saturating_add(u64::from(size));
        Some(sample)
    }
}

/// Builds [`Samples`] from samples in decode order.
#[derive(Debug, Default)]
pub(crate) struct Builder {
    out: Samples,
    next_offset: u64,
    last_dts: i64,
    keys: Vec<u32>,
}

impl Builder {
    pub(crate) fn len(&self) -> u32 {
        self.out.len()
    }

    /// Appends a sample. `duration` is the sample's own claim: it matters for the last one only,
    /// and for text. A decode time before the previous one is moved up to it, since no fragment
    /// can express it.
    pub(crate) fn push(&mut self, sample: Sample) {
        let at = self.out.len();
        let dts = if at == 0 {
            sample.dts
        } else {
            sample.dts.max(self.last_dts)
        };
        let pts = sample.pts();
        let composition = i32::try_from(pts.saturating_sub(dts)).unwrap_or(sample.composition);
        let out = &mut self.out;
        out.sizes.push(sample.size);
        let last_chunk = out.chunk_first.last().copied().unwrap_or(0);
        if at == 0 || sample.offset != self.next_offset || at - last_chunk >= STRIDE {
            out.chunk_first.push(at);
            out.chunk_offset.push(sample.offset);
        }
        self.next_offset = sample.end();
        self.push_time(at, dts);
        let out = &mut self.out;
        if composition != 0 && out.compositions.is_empty() {
            out.compositions.resize(at as usize, 0);
        }
        if composition != 0 || !out.compositions.is_empty() {
            out.compositions.push(composition);
        }
        if sample.key {
            self.keys.push(at);
        }
        out.last_duration = sample.duration;
    }

    /// Appends a text sample, whose own duration is kept.
    pub(crate) fn push_text(&mut self, sample: Sample) {
        self.push(sample);
        self.out.durations.push(sample.duration);
    }

    fn push_time(&mut self, at: u32, dts: i64) {
        let out = &mut self.out;
        let step = dts.saturating_sub(self.last_dts);
        self.last_dts = dts;
        let fits = match (out.run_first.last(), out.run_delta.last_mut()) {
            (Some(first), Some(delta)) if *first + 1 == at => match u32::try_from(step) {
                Ok(step) => {
                    *delta = step;
                    true
                }
                Err(_) => false,
            },
            (Some(_), Some(delta)) => i64::from(*delta) == step,
            _ => false,
        };
        if !fits {
            out.run_first.push(at);
            out.run_dts.push(dts);
            out.run_delta.push(0);
        }
    }

    /// The finished table. When the last sample claims no length, the most common step stands in.
    pub(crate) fn finish(mut self) -> Samples {
        if self.keys.len() != self.out.sizes.len() {
            self.out.keys = Some(self.keys);
        }
        if self.out.last_duration == 0 {
            self.out.last_duration = self.out.common_step().map_or(0, |(step, _)| step);
        }
        let out = &mut self.out;
        out.sizes.shrink_to_fit();
        out.compositions.shrink_to_fit();
        out.chunk_first.shrink_to_fit();
        out.chunk_offset.shrink_to_fit();
        self.out
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn arbitrary() -> impl Strategy<Value = Vec<Sample>> {
        let one = (0u64..3, 0u32..50, 0u32..4, -3i32..4, any::<bool>());
        prop::collection::vec(one, 0..1500).prop_map(|parts| {
            let (mut offset, mut dts) = (10u64, -5i64);
            let mut samples: Vec<Sample> = Vec::new();
            for (gap, size, step, composition, key) in parts {
                offset += gap / 2;
                if let Some(last) = samples.last_mut() {
                    last.duration = step;
                    dts += i64::from(step);
                }
                samples.push(Sample {
                    offset,
                    size,
                    dts,
                    duration: 7,
                    composition,
                    key,
                });
                offset += u64::from(size);
            }
            samples
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn columns_give_back_every_sample(wanted in arbitrary(), from in 0u32..1500, length in 0u32..40) {
            let mut builder = Builder::default();
            wanted.iter().for_each(|sample| builder.push(*sample));
            let samples = builder.finish();
            prop_assert_eq!(samples.iter().collect::<Vec<_>>(), wanted.clone());
            let part: Vec<_> = samples.range(from..from + length).collect();
            let expected: Vec<_> = wanted.iter().skip(from as usize).take(length as usize).copied().collect();
            prop_assert_eq!(part, expected);
            let again = Samples::from_columns(samples.clone().into_columns(), u64::MAX);
            prop_assert_eq!(again, Some(samples));
        }
    }
}
