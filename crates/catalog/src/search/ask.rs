//! What is found, and what may be shown of it.

use std::collections::HashMap;
use std::sync::Arc;

use marquee_domain::UiLanguage;
use marquee_domain::home::ItemKind;
use marquee_search::{DocKey, Index, Kind, Query as Question, Wanted};
use marquee_storage::Query;
use marquee_storage::catalog::{
    self as stored, ContentFilter, ContentOrder, Matching, Page, SeriesFilter,
};
use marquee_storage::home::Found;

use super::Searcher;
use crate::browse::Audience;
use crate::fold::fold;
use crate::home::{Item, read_items};
use crate::{CatalogError, Result};

/// Most hits (contract notes, section 7).
const HITS: usize = 50;
/// Most completions (contract notes, section 7).
const COMPLETIONS: usize = 10;
/// Most matches that a list is narrowed to.
const MATCHES: usize = 1000;

/// What a search gives.
pub struct Answer {
    /// What was found, best first.
    pub items: Vec<Item>,
    /// Titles that continue what was typed, best first.
    pub auto_complete: Vec<String>,
}

/// Searches what may be shown.
///
/// Without an index, titles that contain the text are answered, series first, newest first, and
/// nothing is completed.
///
/// # Errors
/// When the database or the index fails.
pub async fn search(
    q: &mut dyn Query,
    searcher: &Searcher,
    who: Audience,
    language: UiLanguage,
    text: &str,
) -> Result<Answer> {
    let Some(index) = searcher.index() else {
        let keys = scan(q, who, text).await?;
        return Ok(Answer {
            items: read_items(q, who, &keys)
                .await?
                .into_iter()
                .flatten()
                .collect(),
            auto_complete: Vec::new(),
        });
    };
    let ask = Ask {
        index,
        language,
        service: who.service.0,
        text: text.to_owned(),
    };
    let mut limit = 2 * HITS;
    let (mut hits, completions) = ask.look(&[], limit, 4 * COMPLETIONS).await?;
    // What was read, and whether it may be shown: the same things are found and completed.
    let mut shown: HashMap<DocKey, bool> = HashMap::new();
    let (mut items, mut seen) = (Vec::new(), 0);
    loop {
        while items.len() < HITS && seen < hits.len() {
            let some = hits.iter().skip(seen).take(HITS);
            let mut some: Vec<DocKey> = some.copied().collect();
            let count = some.len();
            if seen == 0 {
                // The first completions in the same reading, for they are mostly needed.
                let first = completions.iter().take(COMPLETIONS).map(|(key, _)| *key);
                let new: Vec<DocKey> = first.filter(|key| !some.contains(key)).collect();
                some.extend(new);
            }
            seen += count;
            let keys: Vec<Found> = some.iter().map(found).collect();
            let read = read_items(q, who, &keys).await?;
            for (at, (key, item)) in some.iter().zip(read).enumerate() {
                shown.insert(*key, item.is_some());
                items.extend(item.filter(|_| at < count));
            }
        }
        // What may not be shown takes places among the hits: ask for more until enough are left.
        if items.len() >= HITS || hits.len() < limit || limit >= MATCHES {
            break;
        }
        limit = (limit * 4).min(MATCHES);
        hits = ask.look(&[], limit, 0).await?.0;
    }
    items.truncate(HITS);

    let mut auto_complete: Vec<String> = Vec::new();
    for some in completions.chunks(COMPLETIONS) {
        let new = some.iter().map(|(key, _)| *key);
        let new: Vec<DocKey> = new.filter(|key| !shown.contains_key(key)).collect();
        let keys: Vec<Found> = new.iter().map(found).collect();
        let read = read_items(q, who, &keys).await?;
        shown.extend(new.into_iter().zip(read.iter().map(Option::is_some)));
        for (key, text) in some {
            if shown.get(key) == Some(&true) && !auto_complete.contains(text) {
                auto_complete.push(text.clone());
            }
        }
        if auto_complete.len() >= COMPLETIONS {
            break;
        }
    }
    auto_complete.truncate(COMPLETIONS);
    Ok(Answer {
        items,
        auto_complete,
    })
}

/// What a list of one kind of title is narrowed to by a text: the best thousand matches; nothing
/// narrows when nothing is looked for.
///
/// # Errors
/// When the index fails.
pub async fn matching(
    searcher: &Searcher,
    who: Audience,
    kind: Kind,
    text: Option<&str>,
) -> Result<Option<Matching>> {
    let Some(text) = text.map(fold).filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let Some(index) = searcher.index() else {
        return Ok(Some(Matching::Text(text)));
    };
    let ask = Ask {
        index,
        language: UiLanguage::En,
        service: who.service.0,
        text,
    };
    let (hits, _) = ask.look(&[kind], MATCHES, 0).await?;
    Ok(Some(Matching::Ids(hits.iter().map(|key| key.id).collect())))
}

/// A question to an index.
struct Ask {
    index: Arc<Index>,
    language: UiLanguage,
    service: i64,
    text: String,
}

impl Ask {
    /// At most `limit` hits, and `completions` titles that continue what was typed, best first.
    async fn look(
        &self,
        kinds: &[Kind],
        limit: usize,
        completions: usize,
    ) -> Result<(Vec<DocKey>, Vec<(DocKey, String)>)> {
        let (index, language, service, text, kinds) = (
            self.index.clone(),
            self.language,
            self.service,
            self.text.clone(),
            kinds.to_vec(),
        );
        blocking(move || {
            let wanted = Wanted {
                language,
                service,
                kinds: &kinds,
            };
            let text = &text;
            let question = Question {
                text,
                wanted,
                limit,
            };
            let (hits, completions) = index.look(&question, completions)?;
            let completions = completions.into_iter().map(|it| (it.key, it.text));
            Ok((
                hits.into_iter().map(|hit| hit.key).collect(),
                completions.collect(),
            ))
        })
        .await
    }
}

/// An index reads files and computes for milliseconds: not among what answers others.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> std::result::Result<T, marquee_search::Error> + Send + 'static,
) -> Result<T> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => Ok(done?),
        Err(_) => Err(CatalogError::SearchEnded),
    }
}

fn found(key: &DocKey) -> Found {
    let kind = match key.kind {
        Kind::Series => ItemKind::Series,
        Kind::Season => ItemKind::Season,
        Kind::Content => ItemKind::Content,
        Kind::Channel => ItemKind::Channel,
    };
    Found { kind, id: key.id }
}

/// Series and contents whose titles contain a text.
async fn scan(q: &mut dyn Query, who: Audience, text: &str) -> Result<Vec<Found>> {
    let text = fold(text);
    if text.is_empty() {
        return Ok(Vec::new());
    }
    let search = Some(Matching::Text(text));
    let page = Page {
        offset: 0,
        limit: HITS as i64,
    };
    let filter = SeriesFilter {
        search: search.clone(),
        category: None,
    };
    let (_, series) = stored::list_series(q, who.service, &filter, who.now, page).await?;
    let filter = ContentFilter {
        kinds: None,
        search,
        category: None,
        season: None,
        order: ContentOrder::Newest,
    };
    let (_, contents) = stored::list_contents(q, who.service, &filter, who.now, page).await?;
    let series = series.iter().map(|series| Found {
        kind: ItemKind::Series,
        id: series.id.0,
    });
    let contents = contents.iter().map(|content| Found {
        kind: ItemKind::Content,
        id: content.id.0,
    });
    Ok(series.chain(contents).take(HITS).collect())
}
