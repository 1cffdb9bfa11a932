//! Covers and their slides.

use marquee_catalog::record::{Body, NewImage};
use marquee_domain::catalog::TitleDoc;
use marquee_domain::home::{CoverDoc, CoverKind, Landing, ROLLING_MS, Slide};
use serde_json::Value;

use super::files::{image, images, is_web_address};
use super::home::{order, reference, refresh};
use super::{Base, Fault};
use crate::catalog::fields::{Fields, MAX_SYNOPSIS, MAX_TITLE};

/// Most slides of a cover.
const MAX_SLIDES: usize = 50;

/// A cover.
pub(super) fn cover(fields: &mut Fields, base: &Base<'_>) -> Result<Body, Fault> {
    let kind = match fields.label("type")? {
        None => CoverKind::Home,
        Some(word) => CoverKind::parse(&word)
            .ok_or_else(|| fields.fault("type", "it must be home, category, channel or series"))?,
    };
    let list = fields.list("items")?;
    if list.is_empty() || list.len() > MAX_SLIDES {
        let reason = format!("a cover has 1 to {MAX_SLIDES} items");
        return Err(fields.fault("items", reason));
    }
    let (mut slides, mut pictures) = (Vec::new(), Vec::new());
    for (index, value) in list.into_iter().enumerate() {
        let (slide, images) = slide(fields, &format!("items[{index}]"), value, base)?;
        slides.push(slide);
        pictures.push(images);
    }
    let rolling = fields.integer("rolling_time", 1000, 600_000)?;
    Ok(Body::Cover {
        order: order(fields)?,
        doc: Box::new(CoverDoc {
            kind,
            titles: fields.texts("titles", MAX_TITLE)?,
            enabled: fields.flag_or("enabled", true)?,
            rolling_ms: rolling.unwrap_or(ROLLING_MS),
            refresh_ms: refresh(fields)?,
            publish_start: fields.instant("publish_start")?,
            publish_end: fields.instant("publish_end")?,
            slides,
        }),
        images: pictures,
    })
}

fn slide(
    fields: &Fields,
    field: &str,
    value: Value,
    base: &Base<'_>,
) -> Result<(Slide, Vec<NewImage>), Fault> {
    let mut inner = fields.nested(field, value)?;
    let (slide, images) = read(&mut inner, base).map_err(|fault| fault.inside(field))?;
    inner.finish_in(field)?;
    Ok((slide, images))
}

/// The members of a slide; faults name them without the slide.
fn read(inner: &mut Fields, base: &Base<'_>) -> Result<(Slide, Vec<NewImage>), Fault> {
    let target = inner
        .raw("target")
        .ok_or_else(|| inner.fault("target", "it must name what the slide opens"))?;
    let target = reference(inner, "target", target)?;
    let landing = match inner.label("landing_option")?.as_deref() {
        None | Some("info") => Landing::Info,
        Some("play") => Landing::Play,
        Some(_) => return Err(inner.fault("landing_option", "it must be info or play")),
    };
    let video = inner.text("video", 2000)?;
    if video.as_ref().is_some_and(|video| !is_web_address(video)) {
        return Err(inner.fault("video", "it must be an http or https address"));
    }
    let title_image = match inner.raw("title_image") {
        None => None,
        Some(value) => Some(image(inner, "title_image", value, base)?.location),
    };
    let slide = Slide {
        target,
        doc: TitleDoc {
            titles: inner.texts("titles", MAX_TITLE)?,
            synopses: inner.texts("descriptions", MAX_SYNOPSIS)?,
            ..TitleDoc::default()
        },
        call_to_action: inner.texts("call_to_action", 100)?,
        title_image,
        video,
        landing,
    };
    Ok((slide, images(inner, base)?))
}
