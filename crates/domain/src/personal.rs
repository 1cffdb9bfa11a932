//! What a person or a device keeps: favorites, and how far they have watched.

use crate::Timestamp;
use crate::ids::ContentId;

/// Longest device id, in characters (contract, `Did`).
pub const DEVICE_ID_MAX: usize = 128;

/// Share of the running time, in hundredths, from which a content counts as finished.
pub const FINISHED_PERCENT: i64 = 95;

/// A device id as a client made it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DeviceId(String);

impl DeviceId {
    /// Takes a header's text: 1 to [`DEVICE_ID_MAX`] visible ASCII characters.
    ///
    /// Colons are allowed although they part keys such as `cw:device:<did>:<content_id>`: the
    /// content id behind the last one has none, so keys cannot run into each other.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let good =
            (1..=DEVICE_ID_MAX).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
        good.then(|| Self(text.to_owned()))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Who keeps it: an account, or a device while nobody is signed in on it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Owner {
    /// An account, by its UUID.
    Account(String),
    /// A device.
    Device(DeviceId),
}

impl Owner {
    /// The text that names an owner in the database and in keys: `user:<uuid>` or `device:<did>`.
    #[must_use]
    pub fn key(&self) -> String {
        match self {
            Self::Account(uuid) => format!("user:{uuid}"),
            Self::Device(did) => format!("device:{}", did.as_str()),
        }
    }

    /// The device, when a device is the owner.
    #[must_use]
    pub fn device(&self) -> Option<&DeviceId> {
        match self {
            Self::Account(_) => None,
            Self::Device(did) => Some(did),
        }
    }
}

/// What can be a favorite.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FavoriteKind {
    /// An episode, a clip or a movie.
    Content,
    /// A season.
    Season,
    /// A channel.
    Channel,
}

impl FavoriteKind {
    /// The word that is stored and shown.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Content => "content",
            Self::Season => "season",
            Self::Channel => "channel",
        }
    }

    /// Reads the word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Content, Self::Season, Self::Channel]
            .into_iter()
            .find(|kind| kind.as_str() == word)
    }
}

/// How far a content was watched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// The content.
    pub content: ContentId,
    /// Seconds from the start.
    pub position_s: i64,
    /// When it was saved.
    pub updated_at: Timestamp,
    /// The device that sent it; empty when it sent no id.
    pub device: String,
}

impl Progress {
    /// Whether so much of a content of this running time was watched that it counts as finished.
    /// Of an unknown running time nothing is ever finished.
    #[must_use]
    pub fn is_finished(&self, duration_ms: Option<i64>) -> bool {
        duration_ms.filter(|ms| *ms > 0).is_some_and(|ms| {
            i128::from(self.position_s) * 1000 * 100
                >= i128::from(ms) * i128::from(FINISHED_PERCENT)
        })
    }

    /// The key of the record in the store that the contract shows (`cw:user:…`, `cw:device:…`).
    #[must_use]
    pub fn cache_key(&self, owner: &Owner) -> String {
        format!("cw:{}:{}", owner.key(), self.content)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn device_ids_are_visible_text_of_bounded_length() {
        assert!(DeviceId::parse("test-device-001").is_some());
        assert!(DeviceId::parse("a:b").is_some());
        for bad in ["", " ", "a b", "a\tb", "ü", &"x".repeat(129)] {
            assert!(DeviceId::parse(bad).is_none(), "{bad:?}");
        }
        assert!(DeviceId::parse(&"x".repeat(128)).is_some());
    }

    #[test]
    fn finished_is_from_95_percent() {
        let at = |position_s| Progress {
            content: ContentId(1),
            position_s,
            updated_at: 0,
            device: String::new(),
        };
        assert!(!at(94).is_finished(Some(100_000)));
        assert!(at(95).is_finished(Some(100_000)));
        assert!(at(i64::MAX).is_finished(Some(i64::MAX)));
        assert!(!at(95).is_finished(None));
        assert!(!at(0).is_finished(Some(0)));
    }

    #[test]
    fn keys_are_those_of_the_contract() {
        let did = DeviceId::parse("test-device-001").expect("good");
        let saved = Progress {
            content: ContentId(1),
            position_s: 0,
            updated_at: 0,
            device: String::new(),
        };
        let key = saved.cache_key(&Owner::Device(did));
        assert_eq!(key, "cw:device:test-device-001:1");
        assert_eq!(saved.cache_key(&Owner::Account("u".into())), "cw:user:u:1");
    }
}
