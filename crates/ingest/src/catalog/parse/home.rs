//! Groups of rows, rows, channels and bundles. Covers are in [`super::cover`].

use marquee_catalog::record::{Body, Title};
use marquee_domain::catalog::{Orientation, TitleDoc};
use marquee_domain::home::{
    Fill, ItemKind, Publication, QueryKind, QueryOrder, REFRESH_MS, Reference, RowDoc, RowGroupDoc,
    RowQuery, Surface,
};
use serde_json::Value;

use super::files::{image, images};
use super::title::{badges, status};
use super::{Base, Fault};
use crate::catalog::fields::{Fields, MAX_TITLE};

/// Place of what nobody has ordered: behind what somebody has.
const UNORDERED: i64 = 500_000;
/// Longest time between two looks at a screen: a day.
const MAX_REFRESH_MS: i64 = 86_400_000;
/// Titles that a query lists when its author does not say how many.
const QUERY_LIMIT: i64 = 50;
/// Most titles that a query lists.
const MAX_QUERY_LIMIT: i64 = 200;

/// The place among others of the kind.
pub(super) fn order(fields: &mut Fields) -> Result<i64, Fault> {
    let order = fields.integer("order", -1_000_000, 1_000_000)?;
    Ok(order.unwrap_or(UNORDERED))
}

/// Milliseconds after which a client asks again.
pub(super) fn refresh(fields: &mut Fields) -> Result<i64, Fault> {
    let stated = fields.integer("refresh_time", 1000, MAX_REFRESH_MS)?;
    Ok(stated.unwrap_or(REFRESH_MS))
}

fn publication(fields: &mut Fields) -> Result<Publication, Fault> {
    Ok(Publication {
        off: !fields.flag_or("enabled", true)?,
        publish_start: fields.instant("publish_start")?,
        publish_end: fields.instant("publish_end")?,
    })
}

/// A group of rows.
pub(super) fn row_group(fields: &mut Fields) -> Result<Body, Fault> {
    let surface = fields.label("surface")?;
    let surface = surface
        .and_then(|word| Surface::parse(&word))
        .ok_or_else(|| fields.fault("surface", "it must be browser or channel"))?;
    Ok(Body::RowGroup {
        surface,
        order: order(fields)?,
        doc: Box::new(RowGroupDoc {
            titles: fields.texts("titles", MAX_TITLE)?,
            refresh_ms: refresh(fields)?,
            publication: publication(fields)?,
        }),
    })
}

/// A row.
pub(super) fn row(fields: &mut Fields) -> Result<Body, Fault> {
    let group = fields
        .label("group")?
        .ok_or_else(|| fields.fault("group", "a row needs the id of its group"))?;
    let orientation = match fields.label("image_orientation")?.as_deref() {
        None | Some("landscape") => Orientation::Landscape,
        Some("portrait") => Orientation::Portrait,
        Some(_) => {
            return Err(fields.fault("image_orientation", "it must be landscape or portrait"));
        }
    };
    let fill = fill(fields)?;
    Ok(Body::Row {
        group,
        order: order(fields)?,
        doc: Box::new(RowDoc {
            titles: fields.titles("titles")?,
            orientation,
            fill,
            publication: publication(fields)?,
        }),
    })
}

/// How a row is filled; a row with items or a query need not say so.
fn fill(fields: &mut Fields) -> Result<Fill, Fault> {
    let word = match fields.label("fill")? {
        Some(word) => word,
        None if fields.has("items") => "items".to_owned(),
        None if fields.has("query") => "query".to_owned(),
        None => return Err(fields.fault("fill", "a row needs items, a query or another fill")),
    };
    Ok(match word.as_str() {
        "items" => {
            let mut items = Vec::new();
            for (index, value) in fields.list("items")?.into_iter().enumerate() {
                items.push(reference(fields, &format!("items[{index}]"), value)?);
            }
            Fill::Items { items }
        }
        "query" => Fill::Query {
            query: query(fields)?,
        },
        "channels" => Fill::Channels,
        "continue_watching" => Fill::ContinueWatching,
        "favorites" => Fill::Favorites,
        "because_you_watched" => Fill::BecauseYouWatched,
        "more_like_this" => {
            let of = fields
                .raw("of")
                .ok_or_else(|| fields.fault("of", "it must name a title"))?;
            Fill::MoreLikeThis {
                of: reference(fields, "of", of)?,
            }
        }
        "recommended" => Fill::Recommended,
        _ => {
            return Err(fields.fault(
                "fill",
                "it must be items, query, channels, continue_watching, favorites, \
                 because_you_watched, more_like_this or recommended",
            ));
        }
    })
}

/// An item by id or slug: a text, or an object that says what it is.
pub(super) fn reference(fields: &Fields, field: &str, value: Value) -> Result<Reference, Fault> {
    let (kind, name) = match value {
        Value::String(_) => {
            let mut inner = fields.alone("name", value);
            (None, inner.label("name"))
        }
        other => {
            let mut inner = fields.nested(field, other)?;
            let kind = inner.label("type")?;
            let name = match inner.label("id")? {
                Some(id) => Ok(Some(id)),
                None => inner.label("slug"),
            };
            let kind = kind.map(|word| {
                ItemKind::parse(&word).ok_or_else(|| {
                    let words = "it must be content, series, season, channel or multichannel";
                    inner.fault(&format!("{field}.type"), words)
                })
            });
            inner.finish_in(field)?;
            (kind.transpose()?, name)
        }
    };
    let name = name.map_err(|fault| Fault {
        field: Some(field.to_owned()),
        ..fault
    })?;
    let name = name.ok_or_else(|| fields.fault(field, "it needs the id or the slug of an item"))?;
    Ok(Reference { kind, name })
}

fn query(fields: &mut Fields) -> Result<RowQuery, Fault> {
    let value = fields
        .raw("query")
        .ok_or_else(|| fields.fault("query", "it is missing"))?;
    let mut inner = fields.nested("query", value)?;
    let query = read_query(&mut inner).map_err(|fault| fault.inside("query"))?;
    inner.finish_in("query")?;
    Ok(query)
}

/// The members of a query; faults name them without the query.
fn read_query(inner: &mut Fields) -> Result<RowQuery, Fault> {
    let mut types = Vec::new();
    for word in inner.labels("types")? {
        let kind = QueryKind::parse(&word);
        types.push(
            kind.ok_or_else(|| {
                inner.fault("types", "it must hold series, movie, clip or episode")
            })?,
        );
    }
    let order = match inner.label("order")?.as_deref() {
        None | Some("newest") => QueryOrder::Newest,
        Some("popularity") => QueryOrder::Popularity,
        Some(_) => return Err(inner.fault("order", "it must be newest or popularity")),
    };
    let limit = inner.integer("limit", 1, MAX_QUERY_LIMIT)?;
    let language = inner.language("language")?;
    Ok(RowQuery {
        types,
        category: inner.label("category")?,
        tag: inner.label("tag")?,
        language: language.map(|tag| tag.as_str().to_owned()),
        order,
        limit: u32::try_from(limit.unwrap_or(QUERY_LIMIT)).unwrap_or_default(),
    })
}

/// What channels and bundles share: name, logo, badges, publication.
fn named(fields: &mut Fields, base: &Base<'_>) -> Result<Title, Fault> {
    let doc = TitleDoc {
        titles: fields.titles("titles")?,
        badges: badges(fields)?,
        status: status(fields)?,
        publish_start: fields.instant("publish_start")?,
        publish_end: fields.instant("publish_end")?,
        ..TitleDoc::default()
    };
    let mut logos = Vec::new();
    if let Some(logo) = fields.raw("logo") {
        logos.push(image(fields, "logo", logo, base)?);
    }
    logos.extend(images(fields, base)?);
    Ok(Title {
        doc,
        images: logos,
        ..Title::default()
    })
}

/// A bundle of channels.
pub(super) fn multichannel(fields: &mut Fields, base: &Base<'_>) -> Result<Body, Fault> {
    Ok(Body::Multichannel {
        order: order(fields)?,
        title: Box::new(named(fields, base)?),
    })
}

/// A channel.
pub(super) fn channel(fields: &mut Fields, base: &Base<'_>) -> Result<Body, Fault> {
    Ok(Body::Channel {
        multichannel: fields.label("multichannel")?,
        order: order(fields)?,
        title: Box::new(named(fields, base)?),
    })
}
