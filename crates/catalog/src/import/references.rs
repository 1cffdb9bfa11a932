//! What rows and covers name that is not there. They are stored all the same, since it may come
//! later; saying so is what is left to do.

use std::collections::{HashMap, HashSet};

use marquee_domain::ServiceId;
use marquee_domain::catalog::LabelKind;
use marquee_domain::home::{Fill, Reference, RowGroup, Surface};
use marquee_storage::catalog::Shown;
use marquee_storage::home::{self, Found};
use marquee_storage::labels::{find_by_keys, find_by_slugs};
use marquee_storage::{Query, StorageError};

use crate::record::Body;

/// Something that a record names.
#[derive(Debug, Clone)]
pub struct Named {
    /// The member that names it.
    pub field: String,
    what: What,
}

#[derive(Debug, Clone)]
enum What {
    /// A tile, in a row of the group of this key.
    Tile(Reference, String),
    /// What a slide opens.
    Target(Reference),
    /// A category or a tag of a query.
    Label(LabelKind, String),
}

/// What a record names and keeps without it being there.
#[must_use]
pub fn named(body: &Body) -> Vec<Named> {
    match body {
        Body::Row { group, doc, .. } => {
            let tile = |field: String, reference: &Reference| Named {
                field,
                what: What::Tile(reference.clone(), group.clone()),
            };
            match &doc.fill {
                Fill::Items { items } => items
                    .iter()
                    .enumerate()
                    .map(|(n, item)| tile(format!("items[{n}]"), item))
                    .collect(),
                Fill::MoreLikeThis { of } => vec![tile("of".to_owned(), of)],
                Fill::Query { query } => {
                    let label = |field: &str, kind, name: &Option<String>| {
                        name.clone().map(|name| Named {
                            field: field.to_owned(),
                            what: What::Label(kind, name),
                        })
                    };
                    let category = label("query.category", LabelKind::Category, &query.category);
                    let tag = label("query.tag", LabelKind::Tag, &query.tag);
                    category.into_iter().chain(tag).collect()
                }
                Fill::Channels
                | Fill::ContinueWatching
                | Fill::Favorites
                | Fill::BecauseYouWatched
                | Fill::Recommended => Vec::new(),
            }
        }
        Body::Cover { doc, .. } => doc
            .slides
            .iter()
            .enumerate()
            .map(|(n, slide)| Named {
                field: format!("items[{n}]"),
                what: What::Target(slide.target.clone()),
            })
            .collect(),
        _ => Vec::new(),
    }
}

/// What is wrong with each of these, in their places: it is not in the catalog, or its row cannot show it.
///
/// # Errors
/// When the database fails.
pub async fn at_fault(
    q: &mut dyn Query,
    service: ServiceId,
    named: &[Named],
) -> Result<Vec<Option<String>>, StorageError> {
    let mut references = Vec::new();
    let mut groups = HashSet::new();
    for named in named {
        match &named.what {
            What::Tile(reference, group) => {
                references.push(reference.clone());
                groups.insert(group.clone());
            }
            What::Target(reference) => references.push(reference.clone()),
            What::Label(..) => {}
        }
    }
    let found = home::resolve(q, service, &references, Shown::All).await?;
    let found: HashMap<&Reference, Option<Found>> = references.iter().zip(found).collect();
    let groups: Vec<String> = groups.into_iter().collect();
    let surfaces: HashMap<String, Surface> = home::by_keys::<RowGroup>(q, service, &groups)
        .await?
        .into_iter()
        .map(|group| (group.head.external_key, group.surface))
        .collect();
    let mut faults = Vec::with_capacity(named.len());
    for named in named {
        faults.push(match &named.what {
            What::Target(reference) => match found.get(reference).copied().flatten() {
                Some(_) => None,
                None => Some(unknown(&reference.name)),
            },
            What::Tile(reference, group) => match found.get(reference).copied().flatten() {
                None => Some(unknown(&reference.name)),
                Some(item) => surfaces
                    .get(group)
                    .filter(|surface| !surface.shows(item.kind))
                    .map(|surface| unfit(&reference.name, item, *surface)),
            },
            What::Label(kind, name) => {
                let names = [name.clone()];
                let known = !find_by_keys(q, service, *kind, &names).await?.is_empty()
                    || !find_by_slugs(q, service, *kind, &names).await?.is_empty();
                (!known).then(|| unknown(name))
            }
        });
    }
    Ok(faults)
}

fn unknown(name: &str) -> String {
    format!("{name:?} is not in the catalog; it shows once it is")
}

fn unfit(name: &str, item: Found, surface: Surface) -> String {
    let (kind, surface) = (item.kind.as_str(), surface.as_str());
    format!("{name:?} is a {kind}, which a row of a {surface} group does not show")
}
