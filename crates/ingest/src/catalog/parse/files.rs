//! Files that a record names: pictures, media and subtitles, by path or address.

use std::path::PathBuf;

use marquee_catalog::record::NewImage;
use marquee_domain::catalog::Orientation;
use marquee_domain::language::LanguageTag;
use marquee_domain::media::{SourceInfo, SourceRole, SourceState};
use marquee_engine::open::file_location;
use marquee_storage::sources::NewSource;
use serde_json::Value;

use super::{Base, Fault};
use crate::art;
use crate::catalog::fields::Fields;

/// Whether a text is an absolute http or https address.
pub(super) fn is_web_address(text: &str) -> bool {
    url::Url::parse(text).is_ok_and(|address| {
        matches!(address.scheme(), "http" | "https") && address.host().is_some()
    })
}

/// The pictures of a record; those in its folder are taken in, unless it is only checked.
pub(super) fn images(fields: &mut Fields, base: &Base<'_>) -> Result<Vec<NewImage>, Fault> {
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
    list.into_iter()
        .map(|(field, value)| image(fields, &field, value, base))
        .collect()
}

/// One picture of a record.
pub(super) fn image(
    fields: &Fields,
    field: &str,
    value: Value,
    base: &Base<'_>,
) -> Result<NewImage, Fault> {
    let mut inner = fields.nested(field, value)?;
    let stated = match inner.label("orientation")?.as_deref() {
        None => None,
        Some("landscape") => Some(Orientation::Landscape),
        Some("portrait") => Some(Orientation::Portrait),
        Some(_) => {
            let reason = "it must be landscape or portrait";
            return Err(inner.fault(&format!("{field}.orientation"), reason));
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
    let stored = inner.label("stored")?;
    let (location, seen) = match stored {
        Some(name) => {
            let known = art::has(base.art, &name);
            let known = known.then(|| format!("art:{name}"));
            let fault = || inner.fault(&format!("{field}.stored"), "there is no such picture");
            (known.ok_or_else(fault)?, None)
        }
        None => match place(&mut inner, field, base, Addresses::Web)? {
            Place::Path(_) if base.dry_run => ("art:".to_owned(), None),
            Place::Path(path) => {
                let art = art::take(base.art, &path)
                    .map_err(|reason| inner.fault(&format!("{field}.path"), reason))?;
                (art.location, Some(art.orientation))
            }
            Place::Address(address) => (address, None),
        },
    };
    let language = inner
        .language("language")?
        .or_else(|| LanguageTag::parse("und"))
        .ok_or_else(|| inner.fault(&format!("{field}.language"), "it is no language"))?;
    let representative = inner.flag("representative")?;
    inner.finish()?;
    Ok(NewImage {
        location,
        // What nobody states or measures is most often a poster.
        orientation: stated.or(seen).or(sized).unwrap_or(Orientation::Portrait),
        language,
        representative,
    })
}

/// What a content is played from; none when the record says nothing about it.
pub(super) fn sources(
    fields: &mut Fields,
    base: &Base<'_>,
) -> Result<Option<Vec<NewSource>>, Fault> {
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
            match place(&mut inner, &field, base, Addresses::WebAndBuckets)? {
                Place::Path(path) => {
                    let (size, revision) = marquee_engine::open::stat(&path)
                        .map_err(|_| inner.fault(&format!("{field}.path"), "it cannot be read"))?;
                    source.location = file_location(&path).ok_or_else(|| {
                        inner.fault(&format!("{field}.path"), "it cannot be used as an address")
                    })?;
                    source.size_bytes = i64::try_from(size).unwrap_or(i64::MAX);
                    source.revision = revision;
                }
                Place::Address(address) => source.location = address,
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

/// Where a record says that a file is.
enum Place {
    /// A file in the folder of the catalog, all links resolved.
    Path(PathBuf),
    /// An address of a kind that is taken here.
    Address(String),
}

/// Which addresses are taken.
#[derive(Clone, Copy)]
enum Addresses {
    Web,
    WebAndBuckets,
}

impl Addresses {
    fn take(self, address: &str) -> bool {
        let bucket = matches!(self, Self::WebAndBuckets) && address.starts_with("s3://");
        bucket || is_web_address(address)
    }

    fn fault(self) -> &'static str {
        match self {
            Self::Web => "it must be an http or https address",
            Self::WebAndBuckets => "it must be an http, https or s3 address",
        }
    }
}

/// Reads `path` or `url`, one of which must be there.
fn place(
    inner: &mut Fields,
    field: &str,
    base: &Base<'_>,
    addresses: Addresses,
) -> Result<Place, Fault> {
    match (inner.label("path")?, inner.text("url", 2000)?) {
        (Some(path), None) => inside(base, &path)
            .map(Place::Path)
            .map_err(|reason| inner.fault(&format!("{field}.path"), reason)),
        (None, Some(address)) if addresses.take(&address) => Ok(Place::Address(address)),
        (None, Some(_)) => Err(inner.fault(&format!("{field}.url"), addresses.fault())),
        _ => Err(inner.fault(field, "it needs a path or a url, and not both")),
    }
}

/// A path inside the base folder, or why it is not one.
fn inside(base: &Base<'_>, path: &str) -> Result<PathBuf, String> {
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
