//! Categories, tags, people and collections.

use marquee_catalog::record::Body;
use marquee_domain::catalog::{LabelDoc, LabelKind};

use super::files::images;
use super::{Base, Fault};
use crate::catalog::fields::{Fields, MAX_SYNOPSIS};

/// A label of this kind; a collection becomes a tag.
pub(super) fn label(kind: &str, fields: &mut Fields, base: &Base<'_>) -> Result<Body, Fault> {
    let named = if fields.has("names") {
        "names"
    } else {
        "titles"
    };
    let titles = fields.titles(named)?;
    let kind = match kind {
        "category" => LabelKind::Category,
        "person" => LabelKind::Person,
        _ => LabelKind::Tag,
    };
    let titles = if kind == LabelKind::Person {
        titles
            .iter()
            .map(|(tag, name)| (tag.clone(), upright(name)))
            .collect()
    } else {
        titles
    };
    let descriptions = if fields.has("descriptions") {
        "descriptions"
    } else {
        "synopses"
    };
    let mut doc = LabelDoc {
        titles,
        descriptions: fields.texts(descriptions, MAX_SYNOPSIS)?,
        image: None,
    };
    doc.image = images(fields, base)?
        .into_iter()
        .next()
        .map(|image| image.location);
    // Collections of other catalogs come with members that a tag has no use for.
    fields.ignore(&[
        "genres",
        "tags",
        "year",
        "date",
        "end_date",
        "parent",
        "aliases",
        "original_language",
        "cast",
        "directors",
        "writers",
        "producers",
        "runtime_min",
        "number",
    ]);
    let order = fields
        .integer("order", -1_000_000, 1_000_000)?
        .unwrap_or(500_000);
    Ok(Body::Label { kind, order, doc })
}

/// "Rush, Geoffrey" the way people say it.
fn upright(name: &str) -> String {
    match name.split_once(", ") {
        Some((family, given)) if !given.contains(',') && !family.contains(' ') => {
            format!("{given} {family}")
        }
        _ => name.to_owned(),
    }
}
