//! What series, seasons and contents have in common: texts, dates, credits, badges, cue points.

use marquee_catalog::record::Title;
use marquee_domain::catalog::{Badges, CuePoint, Role, TitleDoc};
use marquee_domain::language::LanguageTag;
use marquee_domain::publish::Status;
use serde_json::Value;

use super::files::{images, is_web_address};
use super::{Base, Fault};
use crate::catalog::fields::{Fields, MAX_SYNOPSIS};

/// What all titles share. `collection` names a member that holds the id of a collection, which becomes a tag.
pub(super) fn title(
    fields: &mut Fields,
    base: &Base<'_>,
    collection: Option<&str>,
) -> Result<Title, Fault> {
    let runtime = match fields.number("runtime_s", 1e7)? {
        Some(seconds) => Some(seconds * 1000.0),
        None => fields
            .number("runtime_min", 1e6)?
            .map(|minutes| minutes * 60_000.0),
    };
    let status = status(fields)?;
    let ad_tag = fields.label("ad_tag")?;
    if ad_tag
        .as_ref()
        .is_some_and(|address| !is_web_address(address))
    {
        return Err(fields.fault("ad_tag", "it must be an http or https address"));
    }
    let date = fields.day("date")?;
    let year = match fields.integer("year", 1800, 9999)? {
        Some(year) => i32::try_from(year).ok(),
        None => date
            .as_ref()
            .and_then(|date| date.get(..4))
            .and_then(|year| year.parse().ok()),
    };
    let doc = TitleDoc {
        titles: fields.titles("titles")?,
        synopses: fields.texts("synopses", MAX_SYNOPSIS)?,
        short_titles: fields.texts("short_titles", 100)?,
        aliases: fields.texts_flat("aliases")?,
        original_language: fields.language("original_language")?,
        badges: badges(fields)?,
        age_rating: fields.label("age_rating")?,
        dubbing_mode: fields.flag("dubbing_mode")?,
        subtitles: subtitle_languages(fields)?,
        year,
        date,
        end_date: fields.day("end_date")?,
        cue_points: cue_points(fields)?,
        ad_tag,
        status,
        publish_start: fields.instant("publish_start")?,
        publish_end: fields.instant("publish_end")?,
        runtime_ms: runtime.filter(|ms| *ms > 0.0).map(|ms| ms as i64),
        ..TitleDoc::default()
    };
    let genres = fields.labels("genres")?;
    let has_categories = fields.has("categories");
    let categories = fields.labels("categories")?;
    let mut tags = fields.labels("tags")?;
    if let Some(parent) = collection
        .map(|name| fields.label(name))
        .transpose()?
        .flatten()
    {
        tags.push(parent);
    }
    let credits = credits(fields)?;
    let images = images(fields, base)?;
    // Genres are shown as words; where a record has no categories of its own, they are its categories.
    let (categories, genres) = if has_categories {
        (categories, genres)
    } else {
        (genres, Vec::new())
    };
    Ok(Title {
        doc: TitleDoc { genres, ..doc },
        categories,
        tags,
        credits,
        images,
    })
}

/// Released or draft.
pub(super) fn status(fields: &mut Fields) -> Result<Status, Fault> {
    match fields.label("status")?.as_deref() {
        None | Some("published") => Ok(Status::Published),
        Some("draft") => Ok(Status::Draft),
        Some(_) => Err(fields.fault("status", "it must be published or draft")),
    }
}

fn subtitle_languages(fields: &mut Fields) -> Result<Vec<LanguageTag>, Fault> {
    let words = fields.labels("subtitles")?;
    let parsed = words
        .iter()
        .map(|word| LanguageTag::parse(word))
        .collect::<Option<Vec<_>>>();
    parsed.ok_or_else(|| {
        fields.fault(
            "subtitles",
            "it must be language tags such as ko or zh-hant",
        )
    })
}

fn credits(fields: &mut Fields) -> Result<Vec<(String, Role)>, Fault> {
    let mut credits = Vec::new();
    for (index, value) in fields.list("cast")?.into_iter().enumerate() {
        let field = format!("cast[{index}]");
        match value {
            Value::String(person)
                if !person.trim().is_empty() && person.len() <= 500 && !person.contains('\0') =>
            {
                credits.push((person.trim().to_owned(), Role::Cast));
            }
            Value::String(_) => {
                return Err(fields.fault(&field, "it must be a name or the id of a person"));
            }
            other => {
                let mut inner = fields.nested(&field, other)?;
                let person = inner
                    .label("person")?
                    .ok_or_else(|| inner.fault(&field, "it needs a person"))?;
                let role = match inner.label("role")?.as_deref() {
                    None | Some("cast") => Role::Cast,
                    Some("director") => Role::Director,
                    Some("writer") => Role::Writer,
                    Some("producer") => Role::Producer,
                    Some(_) => {
                        return Err(inner.fault(
                            &format!("{field}.role"),
                            "it must be cast, director, writer or producer",
                        ));
                    }
                };
                inner.finish()?;
                credits.push((person, role));
            }
        }
    }
    for (name, role) in [
        ("directors", Role::Director),
        ("writers", Role::Writer),
        ("producers", Role::Producer),
    ] {
        credits.extend(
            fields
                .labels(name)?
                .into_iter()
                .map(|person| (person, role)),
        );
    }
    Ok(credits)
}

/// Texts over the corners of a tile.
pub(super) fn badges(fields: &mut Fields) -> Result<Badges, Fault> {
    let Some(value) = fields.has("badges").then(|| fields.raw("badges")).flatten() else {
        return Ok(Badges::default());
    };
    let mut inner = fields.nested("badges", value)?;
    let badges = Badges {
        top_left: inner.texts("top_left", 40)?,
        top_right: inner.texts("top_right", 40)?,
        bottom_left: inner.texts("bottom_left", 40)?,
        bottom_right: inner.texts("bottom_right", 40)?,
    };
    inner.finish()?;
    Ok(badges)
}

fn cue_points(fields: &mut Fields) -> Result<Vec<CuePoint>, Fault> {
    let mut cues = Vec::new();
    for (index, value) in fields.list("cue_points")?.into_iter().enumerate() {
        let field = format!("cue_points[{index}]");
        let mut inner = fields.nested(&field, value)?;
        let timecode = inner
            .number("timecode", 1e7)?
            .ok_or_else(|| inner.fault(&format!("{field}.timecode"), "it is missing"))?;
        cues.push(CuePoint {
            timecode,
            kind: inner.label("type")?.unwrap_or_else(|| "AD".to_owned()),
            name: inner.label("name")?.unwrap_or_default(),
            metadata: inner.text("metadata", 4000)?.unwrap_or_default(),
        });
        inner.finish()?;
    }
    cues.sort_by(|a, b| a.timecode.total_cmp(&b.timecode));
    Ok(cues)
}
