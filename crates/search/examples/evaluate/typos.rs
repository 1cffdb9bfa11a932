//! Questions made from titles by typing errors, the same ones every time.

use std::collections::HashMap;

use marquee_search::fold;

use crate::catalog::{Catalog, Question};

/// Languages of the platform; typos are made in titles of these.
pub(crate) const LANGUAGES: [&str; 6] = ["ko", "en", "es", "zh-Hans", "zh-Hant", "pt"];

/// A small generator of pseudo-random numbers (xorshift64*), so that the set never changes.
pub(crate) struct Chance(pub(crate) u64);

impl Chance {
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % limit
    }
}

/// One error in a title: two neighbours swapped, a letter lost, doubled or replaced.
fn spoil(title: &str, chance: &mut Chance) -> (String, &'static str) {
    let mut letters: Vec<char> = title.chars().collect();
    let at = chance.below(letters.len() - 1);
    let other = letters[chance.below(letters.len())];
    let name = match chance.below(4) {
        0 => {
            letters.swap(at, at + 1);
            "swapped"
        }
        1 => {
            letters.remove(at);
            "lost"
        }
        2 => {
            letters.insert(at, letters[at]);
            "doubled"
        }
        _ => {
            letters[at] = other;
            "replaced"
        }
    };
    (letters.into_iter().collect(), name)
}

/// Questions with one error in titles long enough for it (four letters, three characters of a
/// dense script), a second one from eight letters in every third; wanted among the first three.
pub(crate) fn questions(catalog: &Catalog, count: usize) -> Vec<Question> {
    let mut chance = Chance(0x6d61_7271_7565_6521);
    let mut by_text: HashMap<String, Vec<String>> = HashMap::new();
    let mut by_language: HashMap<&str, Vec<&str>> = HashMap::new();
    for (id, titles) in catalog.titles.iter().enumerate() {
        for (language, title) in titles {
            let folded = fold::fold(title).compact;
            by_text
                .entry(folded)
                .or_default()
                .push(catalog.names[id].clone());
            if let Some(known) = LANGUAGES.iter().find(|known| *known == language) {
                by_language.entry(known).or_default().push(title);
            }
        }
    }
    let mut questions = Vec::new();
    while questions.len() < count {
        let language = LANGUAGES[questions.len() % LANGUAGES.len()];
        let titles = &by_language[language];
        let title = titles[chance.below(titles.len())];
        let compact = fold::fold(title).compact;
        let dense = compact.chars().all(fold::is_dense);
        let letters = compact.chars().count();
        if letters < if dense { 3 } else { 4 } || letters > 60 {
            continue;
        }
        let (mut query, mut name) = spoil(title, &mut chance);
        if letters >= 8 && chance.below(3) == 0 {
            (query, _) = spoil(&query, &mut chance);
            name = "two";
        }
        if fold::fold(&query).compact == compact {
            continue;
        }
        questions.push(Question {
            query,
            language: language.to_owned(),
            sort: format!("typo: {name}"),
            within: 3,
            expected: by_text[&compact].clone(),
            title: title.to_owned(),
        });
    }
    questions
}
