//! Fields of the index and the mark that each commit carries.

use tantivy::schema::{BytesOptions, FAST, Field, INDEXED, STORED, Schema};

use crate::terms::Dictionary;

/// Fields of the index.
#[derive(Debug, Clone)]
pub(crate) struct Fields {
    pub(crate) key: Field,
    pub(crate) service: Field,
    pub(crate) standing: Field,
    pub(crate) titles: Field,
    dictionaries: [Field; Dictionary::ALL.len()],
}

impl Fields {
    pub(crate) fn of(&self, dictionary: Dictionary) -> Field {
        self.dictionaries[dictionary as usize]
    }
}

/// Names of the columns that are read beside dictionaries.
pub(crate) const KEY: &str = "key";
pub(crate) const SERVICE: &str = "service";
pub(crate) const STANDING: &str = "standing";

pub(super) fn schema() -> (Schema, Fields) {
    let mut builder = Schema::builder();
    let fields = Fields {
        key: builder.add_u64_field(KEY, FAST | INDEXED),
        service: builder.add_i64_field(SERVICE, FAST),
        standing: builder.add_u64_field(STANDING, FAST),
        titles: builder.add_bytes_field("titles", STORED),
        dictionaries: Dictionary::ALL.map(|dictionary| {
            builder.add_bytes_field(dictionary.name(), BytesOptions::default().set_indexed())
        }),
    };
    (builder.build(), fields)
}

/// What a commit says about itself.
pub(super) struct Mark {
    pub(super) engine: u32,
    pub(super) caller: u32,
    pub(super) generation: i64,
}

impl std::fmt::Display for Mark {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {} {}", self.engine, self.caller, self.generation)
    }
}

impl std::str::FromStr for Mark {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let mut parts = text.split(' ');
        let mut next = || parts.next().ok_or(());
        Ok(Self {
            engine: next()?.parse().map_err(drop)?,
            caller: next()?.parse().map_err(drop)?,
            generation: next()?.parse().map_err(drop)?,
        })
    }
}
