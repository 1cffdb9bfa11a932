//! What can be found, in what order, and what survives on disk.

#![expect(clippy::unwrap_used, reason = "tests")]

mod found;
mod hostile;
mod kept;

use marquee_domain::{LanguageTag, UiLanguage};
use marquee_search::{Change, DocKey, Document, Hit, Index, Kind, Query, Wanted};

/// A document with titles in languages.
pub(crate) fn titled(id: i64, titles: &[(&str, &str)]) -> Document {
    Document {
        key: DocKey {
            kind: Kind::Series,
            id,
        },
        service: 1,
        texts: titles
            .iter()
            .map(|(tag, title)| (LanguageTag::parse(tag).unwrap(), (*title).to_owned()))
            .collect(),
        people: vec![],
        categories: vec![],
        tags: vec![],
        popularity: 0.0,
        published_at: 0,
    }
}

/// An index of documents and the folder it lies in.
pub(crate) fn index_of(documents: Vec<Document>) -> (tempfile::TempDir, Index) {
    let folder = tempfile::tempdir().unwrap();
    let index = Index::create(&folder.path().join("index"), 1).unwrap();
    let changes: Vec<Change> = documents.into_iter().map(Change::Put).collect();
    index.apply(&changes).unwrap();
    index.commit(1).unwrap();
    (folder, index)
}

pub(crate) fn wanted(language: UiLanguage) -> Wanted<'static> {
    Wanted {
        language,
        service: 1,
        kinds: &[],
    }
}

pub(crate) fn hits(index: &Index, text: &str, language: UiLanguage) -> Vec<Hit> {
    let query = Query {
        text,
        wanted: wanted(language),
        limit: 50,
    };
    index.search(&query).unwrap()
}

/// Ids found, best first.
pub(crate) fn ids(index: &Index, text: &str, language: UiLanguage) -> Vec<i64> {
    hits(index, text, language)
        .iter()
        .map(|hit| hit.key.id)
        .collect()
}
