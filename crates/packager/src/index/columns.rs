//! The columns of a sample table, opened for storage and checked on the way back.

use super::Samples;

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

impl Samples {
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
