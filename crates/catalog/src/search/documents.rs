//! What the index holds of titles and channels.

use std::collections::HashMap;

use marquee_domain::LanguageTag;
use marquee_domain::catalog::{Head, TitleDoc};
use marquee_domain::home::Channel;
use marquee_search::{Change, DocKey, Document, Kind};
use marquee_storage::catalog::{self as stored, Shown, Table};
use marquee_storage::{Query, StorageError, changes, home, labels};

/// What has titles and can be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Shelf {
    Of(Table),
    Channels,
}

impl Shelf {
    /// The key in the index of what has this id.
    pub(super) fn key(self, id: i64) -> DocKey {
        let kind = match self {
            Self::Of(Table::Series) => Kind::Series,
            Self::Of(Table::Season) => Kind::Season,
            Self::Of(Table::Content) => Kind::Content,
            Self::Channels => Kind::Channel,
        };
        DocKey { kind, id }
    }
}

/// A title or channel as it is stored.
pub(super) struct Title {
    shelf: Shelf,
    id: i64,
    head: Head,
    doc: TitleDoc,
}

impl Title {
    /// The ids of everything with a name that it refers to.
    pub(super) fn labels(&self) -> impl Iterator<Item = i64> {
        let people = self.doc.credits.iter().map(|credit| credit.person.0);
        let categories = self.doc.categories.iter().map(|id| id.0);
        people
            .chain(categories)
            .chain(self.doc.tags.iter().map(|id| id.0))
    }
}

/// The titles that are stored under these ids, published or not.
pub(super) async fn load(
    q: &mut dyn Query,
    shelf: Shelf,
    ids: &[i64],
) -> Result<Vec<Title>, StorageError> {
    let title = |id, head, doc| Title {
        shelf,
        id,
        head,
        doc,
    };
    Ok(match shelf {
        Shelf::Of(Table::Series) => {
            let found = stored::series_by_ids(q, ids, Shown::All).await?;
            let titles = found.into_iter().map(|s| title(s.id.0, s.head, s.doc));
            titles.collect()
        }
        Shelf::Of(Table::Season) => {
            let found = stored::seasons_by_ids(q, ids, Shown::All).await?;
            let titles = found.into_iter().map(|s| title(s.id.0, s.head, s.doc));
            titles.collect()
        }
        Shelf::Of(Table::Content) => {
            let found = stored::contents_by_ids(q, ids, Shown::All).await?;
            let titles = found.into_iter().map(|c| title(c.id.0, c.head, c.doc));
            titles.collect()
        }
        Shelf::Channels => {
            let found = home::by_ids::<Channel>(q, ids, Shown::All).await?;
            let titles = found.into_iter().map(|c| title(c.id.0, c.head, c.doc));
            titles.collect()
        }
    })
}

/// Names of categories, tags and people in all languages, looked up once.
#[derive(Default)]
pub(super) struct Names(HashMap<i64, Vec<String>>);

impl Names {
    async fn look_up(&mut self, q: &mut dyn Query, titles: &[Title]) -> Result<(), StorageError> {
        let mut unknown: Vec<i64> = titles.iter().flat_map(Title::labels).collect();
        unknown.retain(|id| !self.0.contains_key(id));
        unknown.sort_unstable();
        unknown.dedup();
        for ids in unknown.chunks(LABELS_AT_ONCE) {
            for label in labels::find_by_ids(q, ids).await? {
                let names = label.doc.titles.iter();
                let names = names.map(|(_, name)| name.to_owned()).collect();
                self.0.insert(label.id, names);
            }
        }
        Ok(())
    }

    fn of(&self, ids: impl Iterator<Item = i64>) -> Vec<String> {
        ids.filter_map(|id| self.0.get(&id))
            .flatten()
            .cloned()
            .collect()
    }
}

/// Labels in one query.
const LABELS_AT_ONCE: usize = 512;

/// The entries of these titles in the index. `names` may be kept for further ones, as long as no
/// label has changed.
pub(super) async fn entries(
    q: &mut dyn Query,
    names: &mut Names,
    shelf: Shelf,
    titles: Vec<Title>,
) -> Result<Vec<Change>, StorageError> {
    names.look_up(q, &titles).await?;
    let ids: Vec<i64> = titles.iter().map(|title| title.id).collect();
    let popularity: HashMap<i64, f64> = match shelf {
        Shelf::Of(table) => changes::popularity(q, table, &ids).await?,
        Shelf::Channels => Vec::new(),
    }
    .into_iter()
    .collect();
    let entry = |title: Title| {
        let popularity = popularity.get(&title.id).copied().unwrap_or_default();
        Change::Put(document(&title, names, popularity))
    };
    Ok(titles.into_iter().map(entry).collect())
}

fn document(title: &Title, names: &Names, popularity: f64) -> Document {
    let doc = &title.doc;
    let texts = doc.titles.iter();
    let mut texts: Vec<(LanguageTag, String)> = texts
        .map(|(language, text)| (language.clone(), text.to_owned()))
        .collect();
    if let Some(unknown) = LanguageTag::parse("und") {
        let others = doc.aliases.iter();
        texts.extend(others.map(|text| (unknown.clone(), text.clone())));
    }
    let mut categories = names.of(doc.categories.iter().map(|id| id.0));
    categories.extend(doc.genres.iter().cloned());
    Document {
        key: title.shelf.key(title.id),
        service: title.head.service.0,
        texts,
        people: names.of(doc.credits.iter().map(|credit| credit.person.0)),
        categories,
        tags: names.of(doc.tags.iter().map(|id| id.0)),
        popularity,
        published_at: title.head.own.from,
    }
}
