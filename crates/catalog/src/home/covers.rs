//! Covers with the slides that may be shown.

use marquee_domain::home::{Cover, CoverKind, Multichannel, Reference, Slide, shown_at_home};
use marquee_storage::Query;
use marquee_storage::catalog::Shown;
use marquee_storage::home::{self as stored, Found};

use super::items::{Item, read};
use crate::browse::{Audience, Listing, PageRequest};
use crate::{CatalogError, Result};

/// A slide that may be shown.
#[derive(Debug, Clone)]
pub struct ShownSlide {
    /// Place in the cover, from 1.
    pub order: i64,
    /// As its author made it.
    pub slide: Slide,
    /// What it opens.
    pub target: Item,
    /// The bundle of a channel that it opens.
    pub bundle: Option<Multichannel>,
}

/// A cover with its slides.
#[derive(Debug, Clone)]
pub struct CoverDetail {
    /// The cover.
    pub cover: Cover,
    /// Whether clients show it.
    pub enabled: bool,
    /// Slides that may be shown, in their order; at least one.
    pub slides: Vec<ShownSlide>,
}

/// Covers that are published and have something to show, with whether clients show them: of the
/// browse screen one only.
async fn shown(q: &mut dyn Query, who: Audience) -> Result<Vec<(Cover, bool)>> {
    let at = Shown::At(who.now);
    let mut covers = stored::list::<Cover>(q, who.service, at).await?;
    let references: Vec<Reference> = covers
        .iter()
        .flat_map(|cover| cover.doc.slides.iter().map(|slide| slide.target.clone()))
        .collect();
    let mut found = stored::resolve(q, who.service, &references, at)
        .await?
        .into_iter();
    // Every slide takes its own answer, whether or not its cover is known to stay by then.
    covers.retain(|cover| {
        let of_cover = found.by_ref().take(cover.doc.slides.len());
        of_cover.filter(Option::is_some).count() > 0
    });
    let at_home = shown_at_home(&covers);
    let enabled = |cover: &Cover| match cover.doc.kind {
        CoverKind::Home => at_home == Some(cover.id),
        CoverKind::Category | CoverKind::Channel | CoverKind::Series => cover.doc.enabled,
    };
    Ok(covers
        .into_iter()
        .map(|cover| {
            let enabled = enabled(&cover);
            (cover, enabled)
        })
        .collect())
}

/// A page of covers, each with whether clients show it.
///
/// # Errors
/// [`CatalogError::PageNotFound`] past the end.
pub async fn covers(
    q: &mut dyn Query,
    who: Audience,
    page: PageRequest,
) -> Result<Listing<(Cover, bool)>> {
    let covers = shown(q, who).await?;
    let count = i64::try_from(covers.len()).unwrap_or(i64::MAX);
    page.check(count)?;
    Ok(Listing {
        count,
        items: page.cut(&covers).to_vec(),
    })
}

/// The cover of a slug with its slides.
///
/// # Errors
/// [`CatalogError::NotFound`], also when none of its slides may be shown.
pub async fn cover(q: &mut dyn Query, who: Audience, slug: &str) -> Result<CoverDetail> {
    let found = shown(q, who).await?;
    let (cover, enabled) = found
        .into_iter()
        .find(|(cover, _)| cover.head.slug == slug)
        .ok_or(CatalogError::NotFound)?;
    let slides = &cover.doc.slides;
    let references: Vec<Reference> = slides.iter().map(|slide| slide.target.clone()).collect();
    let at = Shown::At(who.now);
    let keys = stored::resolve(q, who.service, &references, at).await?;
    let known: Vec<Found> = keys.iter().copied().flatten().collect();
    let mut items = read(q, who, &known).await?.into_iter();
    let mut shown = Vec::with_capacity(known.len());
    for (order, (slide, key)) in (1..).zip(slides.iter().zip(keys)) {
        let Some(target) = key.and_then(|_| items.next().flatten()) else {
            continue;
        };
        shown.push(ShownSlide {
            order,
            slide: slide.clone(),
            bundle: bundle(q, who, &target).await?,
            target,
        });
    }
    if shown.is_empty() {
        return Err(CatalogError::NotFound);
    }
    Ok(CoverDetail {
        cover,
        enabled,
        slides: shown,
    })
}

/// The published bundle that a channel belongs to.
async fn bundle(q: &mut dyn Query, who: Audience, target: &Item) -> Result<Option<Multichannel>> {
    let Item::Channel(channel) = target else {
        return Ok(None);
    };
    let Some(id) = channel.multichannel else {
        return Ok(None);
    };
    let found = stored::by_ids::<Multichannel>(q, &[id.0], Shown::At(who.now)).await?;
    Ok(found.into_iter().next())
}
