//! The catalog with a title in each of the six languages on every document.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::Read;
use std::path::Path;

use marquee_domain::LanguageTag;

use crate::catalog::Catalog;
use crate::typos::{Chance, LANGUAGES};

/// Words of the titles of each language; Korean ones are joined by nouns from a file of their own,
/// because the catalogs have few Korean titles.
fn vocabulary(catalog: &Catalog, folder: &Path) -> BTreeMap<&'static str, Vec<String>> {
    let mut words: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for (language, title) in catalog.titles.iter().flatten() {
        if let Some(known) = LANGUAGES.into_iter().find(|known| known == language) {
            let parts = title.split_whitespace().map(str::to_owned);
            words.entry(known).or_default().extend(parts);
        }
    }
    if let Ok(file) = File::open(folder.join("ko-wikipedia-title-nouns.txt.zst")) {
        let mut nouns = String::new();
        let mut file = zstd::Decoder::new(file).unwrap();
        file.read_to_string(&mut nouns).unwrap();
        words
            .entry("ko")
            .or_default()
            .extend(nouns.lines().map(str::to_owned));
    }
    words
        .into_iter()
        .map(|(language, words)| (language, words.into_iter().collect()))
        .collect()
}

/// Gives every document an invented title, of one to four words of the language, in each of the
/// six languages that it lacks.
pub(crate) fn fill(catalog: &mut Catalog, folder: &Path) {
    let vocabulary = vocabulary(catalog, folder);
    let mut chance = Chance(0x7469_746c_6573_2121);
    for (document, titles) in catalog.documents.iter_mut().zip(&catalog.titles) {
        for (language, words) in &vocabulary {
            if titles.iter().any(|(known, _)| known == language) {
                continue;
            }
            let dense = language.starts_with("zh");
            let count = 1 + chance.below(if dense { 2 } else { 4 });
            let picked: Vec<&str> = (0..count)
                .map(|_| words[chance.below(words.len())].as_str())
                .collect();
            let title = picked.join(if dense { "" } else { " " });
            document
                .texts
                .push((LanguageTag::parse(language).unwrap(), title));
        }
    }
}
