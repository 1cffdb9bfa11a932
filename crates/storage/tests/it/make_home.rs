//! Small things of home screens for tests.

use marquee_domain::catalog::Orientation;
use marquee_domain::home::{
    Channel, Cover, CoverDoc, Fill, ItemKind, Landing, Multichannel, Publication, Reference, Row,
    RowDoc, RowGroup, RowGroupDoc, RowQuery, Slide, Surface,
};
use marquee_domain::{ChannelId, CoverId, MultichannelId, RowGroupId, RowId, ServiceId, Texts};

use crate::make::{ALWAYS, doc, head};

pub(crate) fn make_group(service: ServiceId, id: i64, order: i64) -> RowGroup {
    RowGroup {
        id: RowGroupId(id),
        head: head(service, &format!("group-{id}"), ALWAYS),
        order,
        surface: Surface::Browser,
        doc: RowGroupDoc {
            refresh_ms: 5000,
            ..RowGroupDoc::default()
        },
    }
}

pub(crate) fn make_row(service: ServiceId, id: i64, group: i64) -> Row {
    let query = RowQuery {
        tag: Some("sea".to_owned()),
        limit: 7,
        ..RowQuery::default()
    };
    Row {
        id: RowId(id),
        head: head(service, &format!("row-{id}"), ALWAYS),
        order: id,
        group: RowGroupId(group),
        doc: RowDoc {
            titles: doc("Row").titles,
            orientation: Orientation::Portrait,
            fill: Fill::Query { query },
            publication: Publication {
                publish_start: Some(3),
                ..Publication::default()
            },
        },
    }
}

pub(crate) fn make_cover(service: ServiceId, id: i64) -> Cover {
    let slide = Slide {
        target: Reference {
            kind: Some(ItemKind::Series),
            name: "show".to_owned(),
        },
        doc: doc("Slide \" \\ 한국어 \u{2028}"),
        call_to_action: Texts::default(),
        title_image: Some("art:a.webp".to_owned()),
        video: None,
        landing: Landing::Play,
    };
    Cover {
        id: CoverId(id),
        head: head(service, &format!("cover-{id}"), ALWAYS),
        order: id,
        doc: CoverDoc {
            slides: vec![slide],
            ..CoverDoc::default()
        },
    }
}

pub(crate) fn make_bundle(service: ServiceId, id: i64) -> Multichannel {
    Multichannel {
        id: MultichannelId(id),
        head: head(service, &format!("bundle-{id}"), ALWAYS),
        order: id,
        doc: doc("Bundle"),
    }
}

pub(crate) fn make_channel(service: ServiceId, id: i64, bundle: Option<i64>) -> Channel {
    Channel {
        id: ChannelId(id),
        head: head(service, &format!("channel-{id}"), ALWAYS),
        order: -id,
        multichannel: bundle.map(MultichannelId),
        doc: doc("Channel"),
    }
}
