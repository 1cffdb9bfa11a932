//! What fuzzing and seeded tests call with arbitrary bytes.

use std::sync::atomic::{AtomicU32, Ordering};

use marquee_domain::{LanguageTag, UiLanguage};

use crate::{Change, DocKey, Document, Index, Kind, Query, Wanted, fold};

/// A small index in a temporary folder.
pub struct Exercise {
    index: Index,
}

/// Number of the next index of this process.
static NEXT: AtomicU32 = AtomicU32::new(0);

/// Titles in every script that has rules of its own.
const TITLES: [(&str, &str); 10] = [
    ("en", "The Harbor-Lights: S.W.A.T. 2"),
    ("ko", "달빛 아래 항구 2013"),
    ("es", "El año del corazón"),
    ("pt", "Ressurreição"),
    ("zh-hans", "关西国际机场 第2季"),
    ("zh-hant", "關於我轉生變成史萊姆這檔事"),
    ("ja", "東京特許許可局ガンダム"),
    ("ar", "مليونير متشرد"),
    ("hi", "दिलवाले दुल्हनिया"),
    ("und", "???"),
];

impl Exercise {
    /// Builds the index in a folder of the system's temporary one.
    ///
    /// # Panics
    /// When that folder cannot be written: there is nothing to exercise then.
    #[must_use]
    #[expect(clippy::expect_used, reason = "only tests and fuzzing call this")]
    pub fn new() -> Self {
        // Several may live in one process, and several processes in one temporary folder.
        let name = format!(
            "marquee-search-{}-{}",
            std::process::id(),
            NEXT.fetch_add(1, Ordering::Relaxed)
        );
        let folder = std::env::temp_dir().join(name);
        let index = Index::create(&folder, 1).expect("a writable temporary folder");
        let changes: Vec<Change> = (0..)
            .zip(TITLES)
            .map(|(id, (language, title))| Change::Put(document(id, language, title)))
            .collect();
        index.apply(&changes).expect("a document is added");
        index.commit(1).expect("a document is committed");
        Self { index }
    }

    /// Asks and completes what the bytes spell, and folds it as a title.
    ///
    /// # Panics
    /// When an answer breaks a promise; that is what it is for.
    #[expect(clippy::expect_used, reason = "only tests and fuzzing call this")]
    pub fn query(&self, data: &[u8]) {
        let text = String::from_utf8_lossy(data);
        let wanted = Wanted {
            language: UiLanguage::ALL[data.len() % UiLanguage::ALL.len()],
            service: 1,
            kinds: &[],
        };
        let query = Query {
            text: &text,
            wanted,
            limit: 50,
        };
        let hits = self.index.search(&query).expect("the index is readable");
        assert!(hits.len() <= TITLES.len(), "each title at most once");
        let completions = self.index.auto_complete(&text, &wanted, 10);
        assert!(completions.expect("the index is readable").len() <= 10);
        let folded = fold::fold(&text);
        // Symbols that are kept alone may fold once more, what grew beyond the limit is cut once
        // more, and letters of Hangul that stood apart may meet.
        let compact = &folded.compact;
        let settled = |c: char| c.is_alphanumeric() && !fold::hangul::is_letter(c);
        if compact.chars().all(settled) && compact.chars().count() <= fold::MAX_CHARS {
            assert_eq!(&fold::fold(compact).compact, compact, "folding is stable");
        }
        crate::terms::of(&document(0, "zh", &text), &[folded]);
    }
}

impl Default for Exercise {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Exercise {
    fn drop(&mut self) {
        // Left-overs in a temporary folder are no failure.
        std::fs::remove_dir_all(self.index.folder()).ok();
    }
}

fn document(id: i64, language: &str, title: &str) -> Document {
    Document {
        key: DocKey {
            kind: Kind::Content,
            id,
        },
        service: 1,
        texts: LanguageTag::parse(language)
            .map(|tag| (tag, title.to_owned()))
            .into_iter()
            .collect(),
        people: vec![title.to_owned()],
        categories: vec![],
        tags: vec![],
        popularity: 0.0,
        published_at: 0,
    }
}
