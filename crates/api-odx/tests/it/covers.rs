//! Covers, as an app sees them.

use marquee_catalog::record::{Body, NewImage, Outcome, Record};
use marquee_domain::LanguageTag;
use marquee_domain::catalog::Orientation;
use marquee_domain::home::{CoverKind, ItemKind, Landing, Slide};
use serde_json::{Value, json};

use crate::fixture::title;
use crate::harness::{NOW, TestApp};
use crate::home_fixture::{cover, named, of, screen, slide};

const SERVICE: &[(&str, &str)] = &[("service-name", "amasian")];

async fn app(records: Vec<Record>) -> TestApp {
    let app = TestApp::with_catalog().await;
    for records in [screen(), records] {
        let outcomes = app.import("amasian", records).await;
        assert!(
            outcomes.iter().all(|outcome| *outcome == Outcome::Added),
            "{outcomes:?}"
        );
    }
    app
}

async fn listed(app: &TestApp) -> Vec<(String, String, bool)> {
    let page = app.ok("listCovers", "/cover/", "en").await;
    let covers = page["results"].as_array().unwrap();
    let text = |cover: &Value, name: &str| cover[name].as_str().unwrap().to_owned();
    covers
        .iter()
        .map(|cover| {
            (
                text(cover, "slug"),
                text(cover, "type"),
                cover["enabled"] == true,
            )
        })
        .collect()
}

#[tokio::test]
async fn slides_open_everything_with_the_ids_of_what_it_sits_in() {
    let own = Slide {
        doc: title(&[("en", "Tonight"), ("pt", "Esta noite")]).doc,
        landing: Landing::Play,
        video: Some("https://v.example/a.mp4".to_owned()),
        ..slide(named("e1"))
    };
    let mut all = cover(
        "all",
        CoverKind::Home,
        0,
        vec![
            own,
            slide(of(ItemKind::Season, "harbor-lights-s2")),
            slide(named("show")),
            slide(named("nowhere")),
            slide(named("news-one")),
            slide(named("news-pack")),
        ],
    );
    if let Body::Cover { images, .. } = &mut all.body {
        images[0].push(NewImage {
            location: "art:wide.webp".to_owned(),
            orientation: Orientation::Landscape,
            language: LanguageTag::parse("en").unwrap(),
            representative: false,
        });
    }
    let app = app(vec![all]).await;
    let found = app.ok("getCover", "/cover/all/", "pt").await;
    assert_eq!(
        (&found["rolling_time"], &found["type"]),
        (&json!(7000), &json!("home"))
    );
    assert!(found.get("refresh_time").is_none());
    let slides = found["items"].as_array().unwrap();
    let kinds: Vec<(&str, i64)> = slides
        .iter()
        .map(|slide| {
            (
                slide["type"].as_str().unwrap(),
                slide["order"].as_i64().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        kinds,
        [
            ("content", 1),
            ("season", 2),
            ("series", 3),
            ("channel", 5),
            ("multichannel", 6)
        ]
    );
    let [content, season, series, channel, bundle] = &slides[..] else {
        panic!("five")
    };
    assert_eq!(content["title"], "Esta noite");
    assert_eq!(
        content["images"]["landscape"],
        "http://test.example/art/wide.webp"
    );
    assert_eq!(
        content["images"]["portrait"], "http://test.example/art/a.webp",
        "of its series"
    );
    assert_eq!(
        (
            &content["content_slug"],
            &content["content_type"],
            &content["season_slug"],
            &content["series_slug"]
        ),
        (
            &json!("harbor-lights-s1e1"),
            &json!("tv-series"),
            &json!("harbor-lights-s1"),
            &json!("harbor-lights")
        )
    );
    assert_eq!(
        (&content["landing_option"], &content["video"]),
        (&json!("play"), &json!("https://v.example/a.mp4"))
    );
    assert_eq!(
        (&season["season_slug"], &season["series_slug"]),
        (&json!("harbor-lights-s2"), &json!("harbor-lights"))
    );
    assert!(season.get("content_id").is_none() && season.get("content_type").is_none());
    assert_eq!(
        (&series["series_slug"], &series["season_id"]),
        (&json!("harbor-lights"), &Value::Null)
    );
    assert_eq!(series["landing_option"], "info");
    assert_eq!(
        (&channel["channel_slug"], &channel["multichannel_slug"]),
        (&json!("news-one"), &json!("news-pack"))
    );
    assert_eq!(
        (&bundle["multichannel_slug"], &bundle["title"]),
        (&json!("news-pack"), &json!("News pack"))
    );
}

#[tokio::test]
async fn one_cover_is_shown_at_home_and_those_of_nothing_are_not_listed() {
    let mut off = cover("off", CoverKind::Home, 0, vec![slide(named("film"))]);
    if let Body::Cover { doc, .. } = &mut off.body {
        doc.enabled = false;
    }
    let app = app(vec![
        off,
        cover("later", CoverKind::Home, 5, vec![slide(named("film"))]),
        cover("gone", CoverKind::Home, 0, vec![slide(named("nowhere"))]),
        cover(
            "harbor-lights",
            CoverKind::Series,
            9,
            vec![slide(named("show"))],
        ),
    ])
    .await;
    let listed = listed(&app).await;
    let expected = [
        ("off", "home", false),
        ("front", "home", true),
        ("later", "home", false),
        ("harbor-lights", "series", true),
    ];
    let expected = expected.map(|(slug, kind, on)| (slug.to_owned(), kind.to_owned(), on));
    assert_eq!(listed, expected);
    assert_eq!(
        app.ok("getCover", "/cover/off/", "en").await["enabled"],
        false
    );
    for slug in ["gone", "nothing"] {
        let path = format!("/cover/{slug}/");
        assert_eq!(
            app.fails("getCover", &path, SERVICE, 404).await,
            "NOT_FOUND"
        );
    }
    let page = app
        .ok("listCovers", "/cover/?page_size=2&page=2", "en")
        .await;
    assert_eq!(
        (&page["count"], &page["page_previous"]),
        (&json!(4), &json!(1))
    );
}

#[tokio::test]
async fn covers_follow_their_window_and_that_of_what_they_open() {
    let mut soon = cover("soon", CoverKind::Home, 0, vec![slide(named("film"))]);
    if let Body::Cover { doc, .. } = &mut soon.body {
        doc.publish_start = Some(NOW + 5000);
        doc.publish_end = Some(NOW + 9000);
    }
    let mut film = title(&[("en", "Soon")]);
    film.doc.publish_start = Some(NOW + 20_000);
    let app = app(vec![
        soon,
        crate::fixture::movie("soon-film", film),
        cover("late", CoverKind::Home, 9, vec![slide(named("soon-film"))]),
    ])
    .await;
    let slugs = async || -> Vec<String> {
        let listed = listed(&app).await;
        listed.into_iter().map(|(slug, ..)| slug).collect()
    };
    assert_eq!(slugs().await, ["front"]);
    app.clock.advance(5000);
    assert_eq!(
        slugs().await,
        ["soon", "front"],
        "a boundary ends the kept answer"
    );
    app.clock.advance(4000);
    assert_eq!(slugs().await, ["front"]);
    app.clock.advance(11_000);
    assert_eq!(
        slugs().await,
        ["front", "late"],
        "what it opens shows by now"
    );
    let removal = Record {
        key: "film".to_owned(),
        digest: 1,
        slug: None,
        body: Body::Removal,
    };
    app.import("amasian", vec![removal]).await;
    assert_eq!(slugs().await, ["late"], "what it opened is gone");
}
