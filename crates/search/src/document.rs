//! What the index holds: one document per thing that can be found.

use marquee_domain::LanguageTag;

/// What a document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// A series.
    Series,
    /// A season of a series.
    Season,
    /// An episode, clip or movie.
    Content,
    /// A channel.
    Channel,
}

impl Kind {
    const ALL: [Self; 4] = [Self::Series, Self::Season, Self::Content, Self::Channel];
}

/// Which thing a document stands for: its kind and its id within the kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DocKey {
    /// What it is.
    pub kind: Kind,
    /// The catalog's id; ids are not negative.
    pub id: i64,
}

/// Bits of a packed key that the id takes.
const ID_BITS: u32 = 60;

impl DocKey {
    /// One number per key, for the index.
    pub(crate) fn pack(self) -> u64 {
        let id = self.id.max(0) as u64 & ((1 << ID_BITS) - 1);
        (self.kind as u64) << ID_BITS | id
    }

    /// The key of a packed number; `None` for numbers that [`DocKey::pack`] never makes.
    pub(crate) fn unpack(packed: u64) -> Option<Self> {
        let kind = Kind::ALL.get((packed >> ID_BITS) as usize)?;
        Some(Self {
            kind: *kind,
            id: (packed & ((1 << ID_BITS) - 1)) as i64,
        })
    }
}

/// Everything that search knows of one thing.
///
/// Whether it is published is not among it: that changes with the clock and the viewer's region, so
/// the caller drops what may not be shown from the ranked keys.
#[derive(Debug, Clone)]
pub struct Document {
    /// Which thing this is; a second document with the same key replaces the first.
    pub key: DocKey,
    /// The service it belongs to; a query sees one service.
    pub service: i64,
    /// Titles with their languages. A language may come more than once: other titles count as much.
    pub texts: Vec<(LanguageTag, String)>,
    /// Names of people, in every spelling that is known.
    pub people: Vec<String>,
    /// Names of categories, in all languages.
    pub categories: Vec<String>,
    /// Names of tags, in all languages.
    pub tags: Vec<String>,
    /// How much it is watched, in any unit that compares; negative counts as zero.
    pub popularity: f64,
    /// When it was published, in milliseconds since 1970; newer ranks higher among equals.
    pub published_at: i64,
}

/// One change of the catalog.
#[derive(Debug, Clone)]
pub enum Change {
    /// Add the document, or replace the one with its key.
    Put(Document),
    /// Forget the document with this key, if there is one.
    Remove(DocKey),
}

/// Popularity, then newness, as one number: greater ranks higher.
pub(crate) fn standing(popularity: f64, published_at_ms: i64) -> u64 {
    // Floats that are not negative compare like their bits.
    let popular = (popularity.max(0.0) as f32).to_bits();
    let seconds = u32::try_from((published_at_ms / 1000).max(0)).unwrap_or(u32::MAX);
    u64::from(popular) << 32 | u64::from(seconds)
}

/// The popularity in such a number.
pub(crate) fn popularity_of(standing: u64) -> f32 {
    f32::from_bits((standing >> 32) as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_survive_packing() {
        for kind in Kind::ALL {
            for id in [0, 1, 1 << 40, (1 << ID_BITS) - 1] {
                let key = DocKey { kind, id };
                assert_eq!(DocKey::unpack(key.pack()), Some(key));
            }
        }
        assert_eq!(DocKey::unpack(u64::MAX), None);
    }

    #[test]
    fn popularity_comes_before_newness() {
        assert!(standing(2.0, 0) > standing(1.0, i64::MAX));
        assert!(standing(1.0, 2000) > standing(1.0, 1000));
        assert_eq!(standing(f64::NAN, -5), standing(-1.0, 0));
        assert!(standing(f64::INFINITY, 0) > standing(1e30, 0));
        assert!((popularity_of(standing(2.5, 7_000)) - 2.5).abs() < f32::EPSILON);
    }
}
