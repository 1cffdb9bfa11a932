//! Lists: filters, orders, pages.

use crate::harness::TestApp;

const SERVICE: &[(&str, &str)] = &[("service-name", "amasian")];

async fn slugs(app: &TestApp, query: &str) -> Vec<String> {
    let result = app
        .ok("listContent", &format!("/content/{query}"), "en")
        .await;
    let items = result["results"].as_array().unwrap();
    items
        .iter()
        .map(|item| {
            item["data"]["info"]["content_slug"]
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect()
}

#[tokio::test]
async fn contents_are_filtered_and_ordered() {
    let app = TestApp::with_catalog().await;
    assert_eq!(slugs(&app, "").await.len(), 8);
    assert_eq!(
        slugs(&app, "?season_slug=harbor-lights-s1&types=tv-series").await,
        [
            "harbor-lights-s1e1",
            "harbor-lights-s1e2",
            "harbor-lights-s1e3"
        ]
    );
    assert_eq!(
        slugs(&app, "?season_slug=harbor-lights-s2&order=newest").await,
        ["harbor-lights-s2e2", "harbor-lights-s2e1"]
    );
    assert_eq!(slugs(&app, "?types=clip").await, ["behind-the-lights"]);
    assert_eq!(slugs(&app, "?types=clip,movie").await.len(), 3);
    assert_eq!(
        slugs(&app, "?types=opera").await,
        [""; 0],
        "unknown values match nothing"
    );
    assert_eq!(
        slugs(&app, "?types=").await.len(),
        8,
        "an empty value is no filter"
    );
    assert_eq!(slugs(&app, "?category=no-such").await, [""; 0]);
    assert_eq!(
        slugs(&app, "?category=drama&types=movie").await,
        ["the-long-tide"]
    );
    assert_eq!(
        slugs(&app, "?category=drama").await.len(),
        7,
        "episodes appear under the categories of their series"
    );
    assert_eq!(
        slugs(&app, "?search=MAREA").await,
        ["the-long-tide"],
        "titles of every language, case-blind"
    );
    assert_eq!(slugs(&app, "?search=%25").await, [""; 0]);
    assert_eq!(
        slugs(&app, "?season_id=1&season_slug=harbor-lights-s2").await,
        [""; 0],
        "filters that disagree"
    );
    assert_eq!(slugs(&app, "?season_id=999").await, [""; 0]);
    assert_eq!(slugs(&app, "?order=popularity").await.len(), 8);
}

#[tokio::test]
async fn pages_link_to_each_other() {
    let app = TestApp::with_catalog().await;
    let page = app
        .ok(
            "listContent",
            "/content/?page_size=3&page=2&types=tv-series,clip,movie&x=%20y",
            "en",
        )
        .await;
    assert_eq!(
        (
            page["count"].as_i64(),
            page["page_next"].as_i64(),
            page["page_previous"].as_i64()
        ),
        (Some(8), Some(3), Some(1))
    );
    assert_eq!(
        page["next"],
        "http://test.example/odx/api/v4/content/?page_size=3&types=tv-series%2Cclip%2Cmovie&x=+y&page=3"
    );
    assert_eq!(page["results"].as_array().unwrap().len(), 3);
    let last = app
        .ok("listContent", "/content/?page_size=3&page=3", "en")
        .await;
    assert!(last["next"].is_null() && last["results"].as_array().unwrap().len() == 2);
    assert_eq!(
        app.fails("listContent", "/content/?page_size=3&page=4", SERVICE, 404)
            .await,
        "PAGE_NOT_FOUND"
    );
    let empty = app.ok("listContent", "/content/?types=opera", "en").await;
    assert_eq!(
        (
            empty["count"].as_i64(),
            empty["results"].as_array().unwrap().len()
        ),
        (Some(0), 0)
    );
    assert_eq!(
        app.fails("listContent", "/content/?types=opera&page=2", SERVICE, 404)
            .await,
        "PAGE_NOT_FOUND"
    );
}

#[tokio::test]
async fn bad_pages_are_named() {
    let app = TestApp::with_catalog().await;
    for (query, field) in [
        ("page=0", "page"),
        ("page=-1", "page"),
        ("page=x", "page"),
        ("page=", "page"),
        ("page=1.5", "page"),
        ("page=99999999999999999999", "page"),
        ("page_size=0", "page_size"),
        ("page_size=101", "page_size"),
        ("page_size=%2B5", "page_size"),
        ("season_id=x", "season_id"),
        ("order=oldest", "order"),
    ] {
        let path = format!("/content/?{query}");
        assert_eq!(
            app.fails("listContent", &path, SERVICE, 400).await,
            "VALIDATION_ERROR",
            "{query}"
        );
        let body = app.get_with(&path, &[]).await.json();
        assert!(
            body["messages"][field]["title"].is_string(),
            "{query}: {body}"
        );
    }
    let both = app
        .get_with("/content/?page=0&page_size=0", &[])
        .await
        .json();
    assert!(
        both["messages"]["page"].is_object() && both["messages"]["page_size"].is_object(),
        "every field at fault: {both}"
    );
}

#[tokio::test]
async fn seasons_series_and_categories_are_listed() {
    let app = TestApp::with_catalog().await;
    let seasons = app.ok("listSeasons", "/season/?series_id=1", "en").await;
    assert_eq!(
        seasons["results"][1]["data"]["info"]["season_slug"],
        "harbor-lights-s2"
    );
    assert_eq!(
        seasons["results"][0]["data"]["info"]["total_content_count"],
        4
    );
    assert_eq!(
        app.ok("listSeasons", "/season/?category=drama", "en").await["count"],
        2
    );
    assert_eq!(
        app.ok("listSeasons", "/season/?search=season%202", "en")
            .await["count"],
        1
    );
    let series = app
        .ok("listSeries", "/series/?search=%ED%95%AD%EA%B5%AC", "en")
        .await;
    assert_eq!(
        series["results"][0]["data"]["info"]["total_number_of_seasons"],
        2
    );
    assert_eq!(
        series["results"][0]["data"]["view"]["title"],
        "Harbor Lights"
    );
    assert_eq!(
        app.ok("listSeries", "/series/?category=drama", "en").await["count"],
        1
    );
    let category = app
        .ok("listCategoryContents", "/category/drama/contents/", "en")
        .await;
    let kinds: Vec<&str> = category["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["type"].as_str().unwrap())
        .collect();
    assert_eq!(category["count"], 2);
    assert!(
        kinds.contains(&"series") && kinds.contains(&"content"),
        "{kinds:?}"
    );
    assert_eq!(
        app.fails(
            "listCategoryContents",
            "/category/none/contents/",
            SERVICE,
            404
        )
        .await,
        "NOT_FOUND"
    );
    let categories = app.ok("listCategories", "/category/", "ko").await;
    assert_eq!(categories["results"][0]["title"], "드라마");
}

#[tokio::test]
async fn badges_and_their_old_name_are_equal() {
    let app = TestApp::with_catalog().await;
    let list = app.ok("listContent", "/content/?search=long", "ko").await;
    let view = &list["results"][0]["data"]["view"];
    assert_eq!(view["badges"]["top_right"], "NEW");
    assert_eq!(view["badge"], view["badges"]);
}
