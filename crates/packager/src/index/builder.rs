//! Building a sample table, finding the runs on the way.

use super::{Sample, Samples};

/// A chunk entry is made at least this often, so that finding one sample adds up few sizes.
const STRIDE: u32 = 512;

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
