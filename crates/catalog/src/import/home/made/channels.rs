//! Channels and bundles.

use marquee_domain::catalog::{Head, Image, TitleDoc};
use marquee_domain::home::{Channel, Multichannel};
use marquee_domain::{ChannelId, MultichannelId};

use super::{Made, Wanted};
use crate::record::{Body, NewImage, Title};

fn named(
    title: &Title,
    mut place: impl FnMut(&[NewImage], Option<&TitleDoc>) -> Vec<Image>,
    old: Option<&TitleDoc>,
) -> TitleDoc {
    TitleDoc {
        images: place(&title.images, old),
        ..title.doc.clone()
    }
}

impl Made for Multichannel {
    type Parent = Self;

    fn wanted(body: &Body) -> Option<Wanted<'_>> {
        let Body::Multichannel { order, title } = body else {
            return None;
        };
        Some(Wanted {
            body,
            titles: &title.doc.titles,
            parent: None,
            order: *order,
        })
    }

    fn make(
        id: i64,
        head: Head,
        wanted: &Wanted<'_>,
        _: Option<&Self>,
        place: impl FnMut(&[NewImage], Option<&TitleDoc>) -> Vec<Image>,
        before: Option<&Self>,
    ) -> Option<Self> {
        let Body::Multichannel { title, .. } = wanted.body else {
            return None;
        };
        Some(Self {
            id: MultichannelId(id),
            head,
            order: wanted.order,
            doc: named(title, place, before.map(|before| &before.doc)),
        })
    }
}

impl Made for Channel {
    type Parent = Multichannel;

    fn wanted(body: &Body) -> Option<Wanted<'_>> {
        let Body::Channel {
            multichannel,
            order,
            title,
        } = body
        else {
            return None;
        };
        Some(Wanted {
            body,
            titles: &title.doc.titles,
            parent: multichannel.as_deref(),
            order: *order,
        })
    }

    fn make(
        id: i64,
        head: Head,
        wanted: &Wanted<'_>,
        parent: Option<&Multichannel>,
        place: impl FnMut(&[NewImage], Option<&TitleDoc>) -> Vec<Image>,
        before: Option<&Self>,
    ) -> Option<Self> {
        let Body::Channel { title, .. } = wanted.body else {
            return None;
        };
        Some(Self {
            id: ChannelId(id),
            head,
            order: wanted.order,
            multichannel: parent.map(|bundle| bundle.id),
            doc: named(title, place, before.map(|before| &before.doc)),
        })
    }

    fn sits_in(&self, parent: Option<&Multichannel>) -> bool {
        self.multichannel == parent.map(|bundle| bundle.id)
    }
}
