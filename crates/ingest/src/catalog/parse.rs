//! One line to one checked record. Total: any bytes give a record or a fault.

use std::path::Path;

use marquee_catalog::record::{Body, NewImage, Record, Title};
use marquee_domain::catalog::{
    Badges, ContentKind, CuePoint, LabelDoc, LabelKind, Orientation, Role, TitleDoc,
};
use marquee_domain::language::LanguageTag;
use marquee_domain::media::{SourceInfo, SourceRole, SourceState};
use marquee_domain::publish::Status;
use marquee_domain::slug;
use marquee_engine::open::file_location;
use marquee_storage::sources::NewSource;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::fields::{Fields, MAX_SYNOPSIS};
use crate::art::ArtFolder;

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
}

/// Where files that a record names are.
pub struct Base<'a> {
    /// Folder that relative paths start from and may not leave; none refuses paths.
    pub folder: Option<&'a Path>,
    /// Where pictures are stored.
    pub art: &'a ArtFolder,
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
    let kind = match fields.label("kind")? {
        Some(kind) => kind,
        // Reference tables of other catalogs carry no kind: people have roles, categories a root.
        None if fields.has("roles") => "person".to_owned(),
        None if fields.has("root") => if fields.label("root")?.as_deref() == Some("Genre") {
            "category"
        } else {
            "tag"
        }
        .to_owned(),
        None => return Err(fields.fault("kind", "it is missing")),
    };
    fields.ignore(IGNORED);
    let body = match kind.as_str() {
        "category" | "tag" | "person" | "collection" => label(&kind, &mut fields, base)?,
        "series" => Body::Series(Box::new(title(&mut fields, base, Some("parent"))?)),
        "season" => {
            let parent = fields.label("parent")?.ok_or_else(|| fields.fault("parent", "a season needs the id of its series"))?;
            let number = fields.integer("number", 0, 1_000_000)?;
            let title = title(&mut fields, base, None)?;
            let number = number.unwrap_or_else(|| season_number(&title.doc.titles));
            Body::Season { parent, number, title: Box::new(title) }
        }
        "episode" | "clip" | "movie" | "ova" => content(&kind, &mut fields, base)?,
        other => return Err(fields.fault("kind", format!("{other:?} is none of category, tag, person, collection, series, season, episode, clip, movie"))),
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

fn label(kind: &str, fields: &mut Fields, base: &Base<'_>) -> Result<Body, Fault> {
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

/// The number that a season's titles speak of, for catalogs that give none of their own; else the first.
fn season_number(titles: &marquee_domain::Texts) -> i64 {
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

/// "Rush, Geoffrey" the way people say it.
fn upright(name: &str) -> String {
    match name.split_once(", ") {
        Some((family, given)) if !given.contains(',') && !family.contains(' ') => {
            format!("{given} {family}")
        }
        _ => name.to_owned(),
    }
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

/// What all titles share. `collection` names a member that holds the id of a collection, which becomes a tag.
fn title(fields: &mut Fields, base: &Base<'_>, collection: Option<&str>) -> Result<Title, Fault> {
    let runtime = match fields.number("runtime_s", 1e7)? {
        Some(seconds) => Some(seconds * 1000.0),
        None => fields
            .number("runtime_min", 1e6)?
            .map(|minutes| minutes * 60_000.0),
    };
    let status = match fields.label("status")?.as_deref() {
        None | Some("published") => Status::Published,
        Some("draft") => Status::Draft,
        Some(_) => return Err(fields.fault("status", "it must be published or draft")),
    };
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

fn is_web_address(text: &str) -> bool {
    url::Url::parse(text).is_ok_and(|address| {
        matches!(address.scheme(), "http" | "https") && address.host().is_some()
    })
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

fn badges(fields: &mut Fields) -> Result<Badges, Fault> {
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

/// A path inside the base folder, or why it is not one.
fn inside(base: &Base<'_>, path: &str) -> Result<std::path::PathBuf, String> {
    let folder = base
        .folder
        .ok_or("paths cannot be used here; give an address, or import the file on the server")?;
    let folder = folder
        .canonicalize()
        .map_err(|_| "the folder of the catalog cannot be read")?;
    let full = folder
        .join(path)
        .canonicalize()
        .map_err(|_| format!("{path:?} is not there"))?;
    // Links are resolved by now, so a link that leads out is seen as out.
    if full.starts_with(&folder) {
        Ok(full)
    } else {
        Err(format!("{path:?} leads out of the folder of the catalog"))
    }
}

fn images(fields: &mut Fields, base: &Base<'_>) -> Result<Vec<NewImage>, Fault> {
    let mut list: Vec<(String, Value)> = Vec::new();
    match fields.raw("image") {
        // Other catalogs name pictures by ids of their own, which lead nowhere.
        None | Some(Value::String(_)) => {}
        Some(value) => list.push(("image".to_owned(), value)),
    }
    list.extend(
        fields
            .list("images")?
            .into_iter()
            .enumerate()
            .map(|(index, value)| (format!("images[{index}]"), value)),
    );
    let mut images = Vec::new();
    for (field, value) in list {
        let mut inner = fields.nested(&field, value)?;
        let stated = match inner.label("orientation")?.as_deref() {
            None => None,
            Some("landscape") => Some(Orientation::Landscape),
            Some("portrait") => Some(Orientation::Portrait),
            Some(_) => {
                return Err(inner.fault(
                    &format!("{field}.orientation"),
                    "it must be landscape or portrait",
                ));
            }
        };
        let (width, height) = (
            inner.integer("width", 0, 1 << 20)?,
            inner.integer("height", 0, 1 << 20)?,
        );
        let sized = width.zip(height).map(|(w, h)| {
            if h > w {
                Orientation::Portrait
            } else {
                Orientation::Landscape
            }
        });
        let (location, seen) = match (inner.label("path")?, inner.text("url", 2000)?) {
            (Some(path), None) => {
                let path = inside(base, &path)
                    .map_err(|reason| inner.fault(&format!("{field}.path"), reason))?;
                if base.dry_run {
                    ("art:".to_owned(), None)
                } else {
                    let art = base
                        .art
                        .take(&path)
                        .map_err(|reason| inner.fault(&format!("{field}.path"), reason))?;
                    (art.location, Some(art.orientation))
                }
            }
            (None, Some(address)) if is_web_address(&address) => (address, None),
            (None, Some(_)) => {
                return Err(inner.fault(
                    &format!("{field}.url"),
                    "it must be an http or https address",
                ));
            }
            _ => return Err(inner.fault(&field, "it needs a path or a url, and not both")),
        };
        let language = inner
            .language("language")?
            .or_else(|| LanguageTag::parse("und"));
        let representative = inner.flag("representative")?;
        inner.finish()?;
        let Some(language) = language else { continue };
        // What nobody states or measures is most often a poster.
        let orientation = stated.or(seen).or(sized).unwrap_or(Orientation::Portrait);
        images.push(NewImage {
            location,
            orientation,
            language,
            representative,
        });
    }
    Ok(images)
}

/// What a content is played from; none when the record says nothing about it.
fn sources(fields: &mut Fields, base: &Base<'_>) -> Result<Option<Vec<NewSource>>, Fault> {
    if !fields.has("media") && !fields.has("subtitle_files") {
        return Ok(None);
    }
    let mut sources = Vec::new();
    for (name, role) in [
        ("media", SourceRole::Rendition),
        ("subtitle_files", SourceRole::Subtitle),
    ] {
        for (index, value) in fields.list(name)?.into_iter().enumerate() {
            let field = format!("{name}[{index}]");
            let mut inner = fields.nested(&field, value)?;
            let mut source = NewSource {
                role,
                location: String::new(),
                size_bytes: 0,
                revision: String::new(),
                state: SourceState::Pending,
                info: SourceInfo::default(),
            };
            match (inner.label("path")?, inner.text("url", 2000)?) {
                (Some(path), None) => {
                    let path = inside(base, &path)
                        .map_err(|reason| inner.fault(&format!("{field}.path"), reason))?;
                    let (size, revision) = marquee_engine::open::stat(&path)
                        .map_err(|_| inner.fault(&format!("{field}.path"), "it cannot be read"))?;
                    source.location = file_location(&path).ok_or_else(|| {
                        inner.fault(&format!("{field}.path"), "it cannot be used as an address")
                    })?;
                    source.size_bytes = i64::try_from(size).unwrap_or(i64::MAX);
                    source.revision = revision;
                }
                (None, Some(address))
                    if is_web_address(&address) || address.starts_with("s3://") =>
                {
                    source.location = address;
                }
                (None, Some(_)) => {
                    return Err(inner.fault(
                        &format!("{field}.url"),
                        "it must be an http, https or s3 address",
                    ));
                }
                _ => return Err(inner.fault(&field, "it needs a path or a url, and not both")),
            }
            if role == SourceRole::Subtitle {
                source.info.language = inner.language("language")?;
                source.info.name = inner.label("name")?;
                source.info.forced = inner.flag("forced")?;
            }
            inner.finish()?;
            if sources
                .iter()
                .any(|known: &NewSource| known.location == source.location)
            {
                return Err(fields.fault(&field, "this file is named twice"));
            }
            sources.push(source);
        }
    }
    Ok(Some(sources))
}
