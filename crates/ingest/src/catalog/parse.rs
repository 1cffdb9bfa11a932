//! One line to one checked record. Total: any bytes give a record or a fault.
//!
//! Here is what a line must have to be a record at all; [`label`], [`title`], [`home`], [`cover`] and [`files`] read its members.

mod cover;
mod files;
mod home;
mod label;
#[cfg(test)]
mod tests;
mod title;

use std::path::Path;

use marquee_catalog::record::{Body, Record};
use marquee_domain::catalog::ContentKind;
use marquee_domain::{Texts, slug};
use serde_json::Value;
use sha2::{Digest, Sha256};

use self::cover::cover;
use self::files::sources;
use self::label::label;
use self::title::title;
use super::fields::Fields;
use marquee_artwork::Gallery;

/// What is wrong with a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// External key, when it could be read.
    pub id: Option<String>,
    /// Member at fault.
    pub field: Option<String>,
    /// Why, for people.
    pub reason: String,
}

impl Fault {
    /// A fault of the line as a whole.
    #[must_use]
    pub fn line(reason: String) -> Self {
        Self {
            id: None,
            field: None,
            reason,
        }
    }

    /// The fault as one of an object inside the record, under the name of that object.
    pub(super) fn inside(self, object: &str) -> Self {
        let field = self.field.map(|field| format!("{object}.{field}"));
        Self { field, ..self }
    }
}

/// Where files that a record names are.
pub struct Base<'a> {
    /// Folder that relative paths start from and may not leave; none refuses paths.
    pub folder: Option<&'a Path>,
    /// Where pictures are stored.
    pub art: &'a Gallery,
    /// Check only: store nothing.
    pub dry_run: bool,
}

/// Members of other catalogs that are known and have no place here (yet).
const IGNORED: &[&str] = &[
    "availability",
    "trailers",
    "related",
    "rating",
    "homepage",
    "ids",
    "networks",
    "schedule",
    "broadcast",
    "format",
    "countries",
    "languages",
    "airstamp",
    "episodes",
    "root",
    "roles",
];

/// Parses one line.
///
/// # Errors
/// A [`Fault`] that names the member and the reason.
pub fn parse(line: &[u8], base: &Base<'_>) -> Result<Record, Fault> {
    let value: Value = serde_json::from_slice(line).map_err(|error| {
        let what = if error.is_eof() {
            "it ends too early".to_owned()
        } else {
            error.to_string()
        };
        Fault::line(format!("the line is not JSON: {what}"))
    })?;
    let Value::Object(members) = value else {
        return Err(Fault::line("the line is not a JSON object".to_owned()));
    };
    let digest = digest(line);
    let mut fields = Fields::new(members);
    let key = fields.key()?;
    let slug = match fields.label("slug")? {
        Some(chosen) if !slug::is_valid(&chosen) => {
            return Err(fields.fault(
                "slug",
                "it may hold no slash, space or control character, and 120 characters at most",
            ));
        }
        chosen => chosen,
    };
    if fields.flag("deleted")? {
        return Ok(Record {
            key,
            digest,
            slug: None,
            body: Body::Removal,
        });
    }
    let kind = kind_of(&mut fields)?;
    fields.ignore(IGNORED);
    let body = match kind.as_str() {
        "category" | "tag" | "person" | "collection" => label(&kind, &mut fields, base)?,
        "series" => Body::Series(Box::new(title(&mut fields, base, Some("parent"))?)),
        "season" => season(&mut fields, base)?,
        "episode" | "clip" | "movie" | "ova" => content(&kind, &mut fields, base)?,
        "row_group" => home::row_group(&mut fields)?,
        "row" => home::row(&mut fields)?,
        "cover" => cover(&mut fields, base)?,
        "channel" => home::channel(&mut fields, base)?,
        "multichannel" => home::multichannel(&mut fields, base)?,
        other => {
            return Err(fields.fault(
                "kind",
                format!(
                    "{other:?} is none of category, tag, person, collection, series, season, episode, \
                     clip, movie, row_group, row, cover, channel, multichannel"
                ),
            ));
        }
    };
    fields.finish()?;
    Ok(Record {
        key,
        digest,
        slug,
        body,
    })
}

/// The first 63 bits of the line's hash, and never zero, which means "edited".
fn digest(line: &[u8]) -> i64 {
    let hash = Sha256::digest(line);
    let mut first = [0; 8];
    first.copy_from_slice(&hash[..8]);
    (i64::from_be_bytes(first) & i64::MAX).max(1)
}

/// The kind of a record. Reference tables of other catalogs carry none: people have roles, categories a root.
fn kind_of(fields: &mut Fields) -> Result<String, Fault> {
    if let Some(kind) = fields.label("kind")? {
        return Ok(kind);
    }
    let kind = if fields.has("roles") {
        "person"
    } else if !fields.has("root") {
        return Err(fields.fault("kind", "it is missing"));
    } else if fields.label("root")?.as_deref() == Some("Genre") {
        "category"
    } else {
        "tag"
    };
    Ok(kind.to_owned())
}

fn season(fields: &mut Fields, base: &Base<'_>) -> Result<Body, Fault> {
    let parent = fields
        .label("parent")?
        .ok_or_else(|| fields.fault("parent", "a season needs the id of its series"))?;
    let number = fields.integer("number", 0, 1_000_000)?;
    let title = title(fields, base, None)?;
    let number = number.unwrap_or_else(|| season_number(&title.doc.titles));
    Ok(Body::Season {
        parent,
        number,
        title: Box::new(title),
    })
}

fn content(kind: &str, fields: &mut Fields, base: &Base<'_>) -> Result<Body, Fault> {
    let kind = match kind {
        "episode" => ContentKind::TvSeries,
        "clip" => ContentKind::Clip,
        _ => ContentKind::Movie,
    };
    let number = fields.integer("number", 0, 1_000_000)?;
    let parent = if kind == ContentKind::Movie {
        None
    } else {
        fields.label("parent")?
    };
    if kind == ContentKind::TvSeries && parent.is_none() {
        return Err(fields.fault("parent", "an episode needs the id of its season"));
    }
    let sources = sources(fields, base)?;
    let title = title(
        fields,
        base,
        (kind == ContentKind::Movie).then_some("parent"),
    )?;
    Ok(Body::Content {
        kind,
        parent,
        number,
        title: Box::new(title),
        sources,
    })
}

/// The number that a season's titles speak of, for catalogs that give none of their own; else the first.
fn season_number(titles: &Texts) -> i64 {
    const WORDS: &[&str] = &[
        "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
        "twelve",
    ];
    titles
        .iter()
        .flat_map(|(_, title)| title.split(|c: char| !c.is_alphanumeric()))
        .find_map(|word| {
            let digits: String = word.chars().filter(char::is_ascii_digit).collect();
            let spelled = || {
                WORDS
                    .iter()
                    .position(|known| word.eq_ignore_ascii_case(known))
            };
            match digits.parse::<i64>() {
                Ok(number) if (0..=1000).contains(&number) => Some(number),
                _ => spelled().and_then(|at| i64::try_from(at + 1).ok()),
            }
        })
        .unwrap_or(1)
}
