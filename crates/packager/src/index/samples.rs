//! The sample table of one track, as columns.
//!
//! A two-hour film has half a million samples, so what is constant over a run is stored once per
//! run: where samples lie (contiguous chunks) and when they are decoded (equal steps). Sizes and
//! composition offsets are kept per sample, the latter only when any is not zero.

use std::ops::Range;

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
    pub(super) sizes: Vec<u32>,
    pub(super) chunk_first: Vec<u32>,
    pub(super) chunk_offset: Vec<u64>,
    pub(super) run_first: Vec<u32>,
    pub(super) run_dts: Vec<i64>,
    pub(super) run_delta: Vec<u32>,
    /// Empty when every offset is zero.
    pub(super) compositions: Vec<i32>,
    /// `None`: every sample is a key sample.
    pub(super) keys: Option<Vec<u32>>,
    /// Own lengths, for text whose samples do not touch; empty otherwise.
    pub(super) durations: Vec<u32>,
    pub(super) last_duration: u32,
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

    /// The last sample decoded at or before a time, or the first of all.
    pub(crate) fn last_until(&self, dts: i64) -> u32 {
        let run = self
            .run_dts
            .partition_point(|start| *start <= dts)
            .saturating_sub(1);
        let first = self.run_first.get(run).copied().unwrap_or(0);
        let end = self.run_first.get(run + 1).copied().unwrap_or(self.len());
        let start = self.run_dts.get(run).copied().unwrap_or(0);
        let delta = i64::from(self.run_delta.get(run).copied().unwrap_or(0)).max(1);
        let steps = dts.saturating_sub(start).max(0) / delta;
        let steps = u32::try_from(steps).unwrap_or(u32::MAX);
        first
            .saturating_add(steps)
            .min(end.saturating_sub(1))
            .max(first)
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
