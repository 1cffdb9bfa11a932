//! From a record to the stored document: references become ids, and pictures keep theirs.

use std::collections::HashSet;

use marquee_domain::catalog::{Credit, Image, LabelKind, TitleDoc};
use marquee_domain::{CategoryId, PersonId, TagId};

use crate::fold::fold;
use crate::import::Batch;
use crate::record::{NewImage, Title};

impl Batch<'_> {
    /// The stored document of a title: references become ids, pictures keep theirs.
    pub(super) fn doc(
        &self,
        title: &Title,
        old: Option<&TitleDoc>,
        next_image: &mut i64,
    ) -> TitleDoc {
        let mut doc = title.doc.clone();
        let ids = |kind, mentions: &[String]| -> Vec<i64> {
            let mut seen = HashSet::new();
            mentions
                .iter()
                .filter_map(|mention| self.label_id(kind, mention))
                .filter(|id| seen.insert(*id))
                .collect()
        };
        doc.categories = ids(LabelKind::Category, &title.categories)
            .into_iter()
            .map(CategoryId)
            .collect();
        doc.tags = ids(LabelKind::Tag, &title.tags)
            .into_iter()
            .map(TagId)
            .collect();
        let mut seen = HashSet::new();
        doc.credits = title
            .credits
            .iter()
            .filter_map(|(person, role)| {
                Some((PersonId(self.label_id(LabelKind::Person, person)?), *role))
            })
            .filter(|(person, role)| seen.insert((*person, *role)))
            .map(|(person, role)| Credit { person, role })
            .collect();
        doc.images = placed(&title.images, old, next_image);
        doc
    }
}

/// Pictures with their ids: those they had, or the next ones.
pub(in crate::import) fn placed(
    images: &[NewImage],
    old: Option<&TitleDoc>,
    next: &mut i64,
) -> Vec<Image> {
    let mut left: Vec<&Image> = old.into_iter().flat_map(|doc| &doc.images).collect();
    let place = |image| place_image(image, &mut left, next);
    images.iter().map(place).collect()
}

/// A picture with its id: that of the first one left which is the same, or the next.
fn place_image(image: &NewImage, left: &mut Vec<&Image>, next: &mut i64) -> Image {
    let known = left
        .iter()
        .position(|known| known.location == image.location)
        .map(|at| left.remove(at).id);
    let id = known.unwrap_or_else(|| {
        *next += 1;
        *next - 1
    });
    Image {
        id,
        location: image.location.clone(),
        orientation: image.orientation,
        language: image.language.clone(),
        representative: image.representative,
    }
}

/// All titles and aliases, folded, one per line.
pub(super) fn searchable(doc: &TitleDoc) -> String {
    let mut lines: Vec<String> = doc.titles.iter().map(|(_, text)| fold(text)).collect();
    lines.extend(doc.aliases.iter().map(|alias| fold(alias)));
    lines.dedup();
    lines.join("\n")
}
