//! A small home screen over the small catalog.

use marquee_catalog::record::{Body, Record};
use marquee_domain::LanguageTag;
use marquee_domain::catalog::{Orientation, TitleDoc};
use marquee_domain::home::{
    CoverDoc, CoverKind, Fill, ItemKind, Landing, Publication, Reference, RowDoc, RowGroupDoc,
    RowQuery, Slide, Surface,
};

use crate::fixture::{record, title};

/// An item by key or slug.
pub(crate) fn named(name: &str) -> Reference {
    Reference {
        kind: None,
        name: name.to_owned(),
    }
}

/// An item of a kind.
pub(crate) fn of(kind: ItemKind, name: &str) -> Reference {
    Reference {
        kind: Some(kind),
        name: name.to_owned(),
    }
}

/// A group whose slug is its key.
pub(crate) fn group(key: &str, surface: Surface, order: i64) -> Record {
    let body = Body::RowGroup {
        surface,
        order,
        doc: Box::new(RowGroupDoc::default()),
    };
    record(key, body)
}

/// A row whose key is its slug.
pub(crate) fn row(key: &str, group: &str, order: i64, fill: Fill) -> Record {
    let body = Body::Row {
        group: group.to_owned(),
        order,
        doc: Box::new(RowDoc {
            titles: title(&[("en", key)]).doc.titles,
            orientation: Orientation::Landscape,
            fill,
            publication: Publication::default(),
        }),
    };
    record(key, body)
}

/// States when a group or row is shown.
pub(crate) fn publish(record: &mut Record, publication: Publication) {
    match &mut record.body {
        Body::RowGroup { doc, .. } => doc.publication = publication,
        Body::Row { doc, .. } => doc.publication = publication,
        other => panic!("{other:?} is neither"),
    }
}

pub(crate) fn channel(key: &str, multichannel: Option<&str>, order: i64) -> Record {
    let body = Body::Channel {
        multichannel: multichannel.map(str::to_owned),
        order,
        title: Box::new(title(&[("en", key)])),
    };
    record(key, body)
}

pub(crate) fn slide(target: Reference) -> Slide {
    Slide {
        target,
        doc: TitleDoc::default(),
        call_to_action: marquee_domain::Texts::default(),
        title_image: None,
        video: None,
        landing: Landing::Info,
    }
}

pub(crate) fn cover(key: &str, kind: CoverKind, order: i64, slides: Vec<Slide>) -> Record {
    let images = vec![Vec::new(); slides.len()];
    let body = Body::Cover {
        order,
        doc: Box::new(CoverDoc {
            kind,
            slides,
            ..CoverDoc::default()
        }),
        images,
    };
    record(key, body)
}

fn picks() -> Record {
    let items = vec![
        named("film"),
        named("harbor-lights"),
        of(ItemKind::Season, "s2"),
        named("nowhere"),
        named("news-one"),
        named("e1"),
        named("film"),
    ];
    let mut picks = row("picks", "g-home", 1, Fill::Items { items });
    if let Body::Row { doc, .. } = &mut picks.body {
        let korean = LanguageTag::parse("ko").unwrap();
        doc.titles.set(korean, "고른 것");
    }
    picks
}

/// All of its records.
pub(crate) fn screen() -> Vec<Record> {
    let query = RowQuery {
        category: Some("drama".to_owned()),
        limit: 50,
        ..RowQuery::default()
    };
    let mut home = group("g-home", Surface::Browser, 1);
    home.slug = Some("home".to_owned());
    let mut live = group("g-live", Surface::Channel, 1);
    live.slug = Some("live".to_owned());
    let bundle = Body::Multichannel {
        order: 1,
        title: Box::new(title(&[("en", "News pack"), ("ko", "뉴스 모음")])),
    };
    let near = Fill::MoreLikeThis { of: named("e1") };
    let bundles = vec![named("news-pack"), named("film")];
    vec![
        home,
        picks(),
        row("dramas", "g-home", 2, Fill::Query { query }),
        row("go-on", "g-home", 3, Fill::ContinueWatching),
        row("marked", "g-home", 4, Fill::Favorites),
        row("like-harbor", "g-home", 5, near),
        row("because", "g-home", 6, Fill::BecauseYouWatched),
        row("for-you", "g-home", 7, Fill::Recommended),
        live,
        row("all-channels", "g-live", 1, Fill::Channels),
        row("bundles", "g-live", 2, Fill::Items { items: bundles }),
        record("news-pack", bundle),
        channel("news-one", Some("news-pack"), 1),
        channel("news-two", None, 2),
        cover("front", CoverKind::Home, 1, vec![slide(named("film"))]),
    ]
}
