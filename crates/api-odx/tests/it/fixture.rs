//! A small catalog: a drama with two seasons and five episodes, two films, a clip.

use marquee_catalog::record::{Body as RecordBody, NewImage, Record, Title};
use marquee_domain::LanguageTag;
use marquee_domain::catalog::{
    ContentKind, CuePoint, LabelDoc, LabelKind, Orientation, Role, TitleDoc,
};
use marquee_domain::media::{SourceInfo, SourceRole, SourceState};
use marquee_storage::sources::NewSource;

fn tag(tag: &str) -> LanguageTag {
    LanguageTag::parse(tag).unwrap()
}

pub(crate) fn title(texts: &[(&str, &str)]) -> Title {
    let mut doc = TitleDoc::default();
    for (language, text) in texts {
        doc.titles.set(tag(language), text);
    }
    Title {
        doc,
        ..Title::default()
    }
}

pub(crate) fn record(key: &str, body: RecordBody) -> Record {
    let digest = key
        .bytes()
        .fold(7_i64, |sum, byte| sum * 31 % 1_000_003 + i64::from(byte));
    Record {
        key: key.to_owned(),
        digest,
        slug: None,
        body,
    }
}

pub(crate) fn movie(key: &str, title: Title) -> Record {
    record(
        key,
        RecordBody::Content {
            kind: ContentKind::Movie,
            parent: None,
            number: None,
            title: Box::new(title),
            sources: None,
        },
    )
}

fn ready(duration_ms: u64) -> Option<Vec<NewSource>> {
    let info = SourceInfo {
        duration_ms,
        container: "MP4".to_owned(),
        ..SourceInfo::default()
    };
    let source = |role, location: &str, info| NewSource {
        role,
        location: location.to_owned(),
        size_bytes: 1000,
        revision: "1".to_owned(),
        state: SourceState::Ready,
        info,
    };
    let subtitle = SourceInfo {
        language: Some(tag("ko")),
        ..SourceInfo::default()
    };
    Some(vec![
        source(SourceRole::Rendition, "file:///m/film%20one.mp4", info),
        source(SourceRole::Subtitle, "file:///m/film.ko.srt", subtitle),
    ])
}

fn episode(key: &str, parent: &str, number: i64) -> Record {
    let mut title = title(&[
        ("en", &format!("Episode {key}")),
        ("ko", &format!("에피소드 {key}")),
    ]);
    title.doc.runtime_ms = Some(3_480_000);
    let sources = ready(3_480_000);
    record(
        key,
        RecordBody::Content {
            kind: ContentKind::TvSeries,
            parent: Some(parent.to_owned()),
            number: Some(number),
            title: Box::new(title),
            sources,
        },
    )
}

fn image(location: &str, orientation: Orientation, language: &str) -> NewImage {
    NewImage {
        location: location.to_owned(),
        orientation,
        language: tag(language),
        representative: false,
    }
}

/// All of its records.
pub(crate) fn catalog() -> Vec<Record> {
    let mut drama = LabelDoc::default();
    drama.titles.set(tag("en"), "Drama");
    drama.titles.set(tag("ko"), "드라마");
    let mut person = LabelDoc::default();
    person.titles.set(tag("en"), "Kim Doe");
    person.titles.set(tag("ko"), "김도");

    let mut show = title(&[
        ("ko", "항구의 불빛"),
        ("en", "Harbor Lights"),
        ("zh-hant", "港口之光"),
    ]);
    show.categories = vec!["cat-drama".to_owned()];
    show.tags = vec!["sea".to_owned()];
    show.credits = vec![("kim".to_owned(), Role::Cast)];
    show.images = vec![
        image("art:a.webp", Orientation::Portrait, "en"),
        image("art:b.webp", Orientation::Landscape, "ko"),
        image("art:c.webp", Orientation::Landscape, "en"),
    ];
    show.doc.original_language = Some(tag("ko"));
    show.doc.age_rating = Some("15".to_owned());
    show.doc.year = Some(2024);
    show.doc.date = Some("2024-03-01".to_owned());

    let mut film = title(&[("en", "The Long Tide"), ("es", "La marea larga")]);
    film.categories = vec!["cat-drama".to_owned()];
    film.doc.cue_points = vec![
        CuePoint {
            timecode: 600.5,
            kind: "AD".to_owned(),
            name: "mid-2".to_owned(),
            metadata: String::new(),
        },
        CuePoint {
            timecode: 30.0,
            kind: "AD".to_owned(),
            name: "mid-1".to_owned(),
            metadata: "x".to_owned(),
        },
    ];
    film.doc.ad_tag = Some("https://ads.example/vast".to_owned());
    film.doc.badges.top_right.set(tag("en"), "NEW");

    let season = |number: i64| RecordBody::Season {
        parent: "show".to_owned(),
        number,
        title: Box::new(title(&[("en", &format!("Season {number}"))])),
    };
    vec![
        record(
            "cat-drama",
            RecordBody::Label {
                kind: LabelKind::Category,
                order: 1,
                doc: drama,
            },
        ),
        record(
            "kim",
            RecordBody::Label {
                kind: LabelKind::Person,
                order: 0,
                doc: person,
            },
        ),
        record("show", RecordBody::Series(Box::new(show))),
        record("s1", season(1)),
        record("s2", season(2)),
        episode("e1", "s1", 1),
        episode("e2", "s1", 2),
        episode("e3", "s1", 3),
        episode("e4", "s2", 1),
        episode("e5", "s2", 2),
        record(
            "film",
            RecordBody::Content {
                kind: ContentKind::Movie,
                parent: None,
                number: None,
                title: Box::new(film),
                sources: ready(5_400_000),
            },
        ),
        movie("unplayable", title(&[("ja", "無題")])),
        record(
            "clip",
            RecordBody::Content {
                kind: ContentKind::Clip,
                parent: Some("s1".to_owned()),
                number: None,
                title: Box::new(title(&[("en", "Behind the lights")])),
                sources: None,
            },
        ),
    ]
}
