//! How the record of a thing of a home screen becomes the thing.

mod channels;

use marquee_domain::catalog::{Head, Image, TitleDoc};
use marquee_domain::home::{Cover, Row, RowGroup, Slide};
use marquee_domain::publish::{Status, Window};
use marquee_domain::{CoverId, RowGroupId, RowId, Texts, Timestamp};
use marquee_storage::home::Piece;

use crate::record::{Body, NewImage};

/// What all of them state.
pub(super) struct Wanted<'r> {
    /// The record's own kind of body.
    body: &'r Body,
    pub(super) titles: &'r Texts,
    /// Key of what it sits in.
    pub(super) parent: Option<&'r str>,
    order: i64,
}

impl Wanted<'_> {
    /// How many pictures it names.
    pub(super) fn pictures(&self) -> usize {
        match self.body {
            Body::Cover { images, .. } => images.iter().map(Vec::len).sum(),
            Body::Channel { title, .. } | Body::Multichannel { title, .. } => title.images.len(),
            _ => 0,
        }
    }

    /// When it shows on its own.
    pub(super) fn window(&self, created: Timestamp) -> Window {
        match self.body {
            Body::RowGroup { doc, .. } => doc.publication.window(created),
            Body::Row { doc, .. } => doc.publication.window(created),
            Body::Cover { doc, .. } => Window::new(
                Status::Published,
                doc.publish_start,
                doc.publish_end,
                created,
            ),
            Body::Channel { title, .. } | Body::Multichannel { title, .. } => {
                let doc = &title.doc;
                Window::new(doc.status, doc.publish_start, doc.publish_end, created)
            }
            _ => Window::new(Status::Draft, None, None, created),
        }
    }
}

/// A thing that a record makes.
pub(super) trait Made: Piece + Clone {
    /// What it sits in.
    type Parent: Made;

    /// What a record states, when it is one of this kind.
    fn wanted(body: &Body) -> Option<Wanted<'_>>;

    /// The thing. `place` gives pictures their ids.
    fn make(
        id: i64,
        head: Head,
        wanted: &Wanted<'_>,
        parent: Option<&Self::Parent>,
        place: impl FnMut(&[NewImage], Option<&TitleDoc>) -> Vec<Image>,
        before: Option<&Self>,
    ) -> Option<Self>;

    /// Whether it is stored in this parent.
    fn sits_in(&self, _: Option<&Self::Parent>) -> bool {
        true
    }

    /// The window inside that of a parent.
    fn inside(own: Window, _: Option<&Self::Parent>) -> Window {
        own
    }
}

impl Made for RowGroup {
    type Parent = Self;

    fn wanted(body: &Body) -> Option<Wanted<'_>> {
        let Body::RowGroup { order, doc, .. } = body else {
            return None;
        };
        Some(Wanted {
            body,
            titles: &doc.titles,
            parent: None,
            order: *order,
        })
    }

    fn make(
        id: i64,
        head: Head,
        wanted: &Wanted<'_>,
        _: Option<&Self>,
        _: impl FnMut(&[NewImage], Option<&TitleDoc>) -> Vec<Image>,
        _: Option<&Self>,
    ) -> Option<Self> {
        let Body::RowGroup { surface, doc, .. } = wanted.body else {
            return None;
        };
        Some(Self {
            id: RowGroupId(id),
            head,
            order: wanted.order,
            surface: *surface,
            doc: (**doc).clone(),
        })
    }
}

impl Made for Row {
    type Parent = RowGroup;

    fn wanted(body: &Body) -> Option<Wanted<'_>> {
        let Body::Row { group, order, doc } = body else {
            return None;
        };
        Some(Wanted {
            body,
            titles: &doc.titles,
            parent: Some(group),
            order: *order,
        })
    }

    fn make(
        id: i64,
        head: Head,
        wanted: &Wanted<'_>,
        parent: Option<&RowGroup>,
        _: impl FnMut(&[NewImage], Option<&TitleDoc>) -> Vec<Image>,
        _: Option<&Self>,
    ) -> Option<Self> {
        let (Body::Row { doc, .. }, Some(group)) = (wanted.body, parent) else {
            return None;
        };
        Some(Self {
            id: RowId(id),
            head,
            order: wanted.order,
            group: group.id,
            doc: (**doc).clone(),
        })
    }

    fn sits_in(&self, parent: Option<&RowGroup>) -> bool {
        parent.is_some_and(|group| group.id == self.group)
    }

    fn inside(own: Window, parent: Option<&RowGroup>) -> Window {
        parent.map_or(own, |group| own.inside(group.head.window))
    }
}

impl Made for Cover {
    type Parent = Self;

    fn wanted(body: &Body) -> Option<Wanted<'_>> {
        let Body::Cover { order, doc, .. } = body else {
            return None;
        };
        Some(Wanted {
            body,
            titles: &doc.titles,
            parent: None,
            order: *order,
        })
    }

    fn make(
        id: i64,
        head: Head,
        wanted: &Wanted<'_>,
        _: Option<&Self>,
        mut place: impl FnMut(&[NewImage], Option<&TitleDoc>) -> Vec<Image>,
        before: Option<&Self>,
    ) -> Option<Self> {
        let Body::Cover { doc, images, .. } = wanted.body else {
            return None;
        };
        let mut doc = (**doc).clone();
        let old = before.map(|before| pictures_of(&before.doc.slides));
        for (slide, images) in doc.slides.iter_mut().zip(images) {
            slide.doc.images = place(images, old.as_ref());
        }
        Some(Self {
            id: CoverId(id),
            head,
            order: wanted.order,
            doc,
        })
    }
}

/// All pictures of some slides, as if they were those of one title.
fn pictures_of(slides: &[Slide]) -> TitleDoc {
    TitleDoc {
        images: slides
            .iter()
            .flat_map(|slide| slide.doc.images.iter().cloned())
            .collect(),
        ..TitleDoc::default()
    }
}
