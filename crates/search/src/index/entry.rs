//! A document on its way into the index: all its terms in one piece of memory.
//!
//! A title in six languages has about a hundred terms: a piece of memory for each of them would be
//! most of what a build allocates.

use tantivy::Document as Indexed;
use tantivy::schema::Field;
use tantivy::schema::document::{ReferenceValue, ReferenceValueLeaf, Value};

use super::Fields;
use crate::document::{DocKey, Document, standing};
use crate::rank::StoredTitle;
use crate::terms::{self, Terms};

/// A document as the index takes it in.
pub(super) struct Entry {
    fields: Fields,
    key: DocKey,
    service: i64,
    standing: u64,
    /// What is read back of it, packed.
    titles: Vec<u8>,
    terms: Terms,
}

impl Entry {
    /// Folds a document and packs what is kept of it.
    pub(super) fn new(fields: &Fields, document: &Document) -> Result<Self, std::io::Error> {
        let folded = terms::titles(document);
        let titles: Vec<StoredTitle> = document
            .texts
            .iter()
            .zip(&folded)
            .map(|((language, title), folded)| StoredTitle {
                language: language.as_str().to_owned(),
                title: title.chars().take(crate::fold::MAX_CHARS).collect(),
                folded: folded.words.join(" "),
            })
            .collect();
        Ok(Self {
            fields: fields.clone(),
            key: document.key,
            service: document.service,
            standing: standing(document.popularity, document.published_at),
            titles: postcard::to_stdvec(&titles).map_err(std::io::Error::other)?,
            terms: terms::of(document, &folded),
        })
    }
}

impl Indexed for Entry {
    type Value<'a> = Leaf<'a>;
    type FieldsValuesIter<'a> = Box<dyn Iterator<Item = (Field, Leaf<'a>)> + 'a>;

    fn iter_fields_and_values(&self) -> Self::FieldsValuesIter<'_> {
        let facts = [
            (self.fields.key, Leaf::Number(self.key.pack())),
            (self.fields.service, Leaf::Signed(self.service)),
            (self.fields.standing, Leaf::Number(self.standing)),
            (self.fields.titles, Leaf::Bytes(&self.titles)),
        ];
        let terms = self.terms.iter();
        let terms = terms.map(|(of, term)| (self.fields.of(of), Leaf::Bytes(term)));
        Box::new(facts.into_iter().chain(terms))
    }
}

/// A value of a field.
#[derive(Debug, Clone, Copy)]
pub(super) enum Leaf<'a> {
    Number(u64),
    Signed(i64),
    Bytes(&'a [u8]),
}

impl<'a> Value<'a> for Leaf<'a> {
    type ArrayIter = std::iter::Empty<Self>;
    type ObjectIter = std::iter::Empty<(&'a str, Self)>;

    fn as_value(&self) -> ReferenceValue<'a, Self> {
        ReferenceValue::Leaf(match *self {
            Self::Number(number) => ReferenceValueLeaf::U64(number),
            Self::Signed(number) => ReferenceValueLeaf::I64(number),
            Self::Bytes(bytes) => ReferenceValueLeaf::Bytes(bytes),
        })
    }
}
