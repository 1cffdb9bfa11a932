//! Row groups, rows, covers, channels and bundles, one by one.

use axum::http::Method;
use marquee_storage::testing::{TestDb, on_both};
use serde_json::{Value, json};

use crate::harness::Operator;

on_both!(
    records_are_put_listed_and_taken_away,
    what_is_listed_can_be_put_back,
    faults_name_the_member,
    only_the_operator_may,
);

async fn screen(operator: &Operator) {
    let titles = json!({"en": "A", "ko": "가"});
    operator
        .put("row_group/g", &json!({"surface": "browser", "order": 1}))
        .await;
    operator
        .put("multichannel/m%2F1", &json!({"titles": titles}))
        .await;
    std::fs::write(
        operator
            .art
            .path()
            .join("0123456789abcdef0123456789abcdef.webp"),
        b"x",
    )
    .unwrap();
    for (path, record) in [
        (
            "row/items",
            json!({"group": "g", "titles": titles, "order": 1, "publish_start": "2020-01-01T00:00:00Z",
            "items": ["nowhere", {"type": "series", "slug": "show"}]}),
        ),
        (
            "row/query",
            json!({"group": "g", "titles": titles, "order": 2, "image_orientation": "portrait",
            "query": {"types": ["series"], "category": "c", "tag": "t", "language": "zh-hant", "order": "popularity", "limit": 9}}),
        ),
        (
            "row/near",
            json!({"group": "g", "titles": titles, "order": 3, "fill": "more_like_this", "of": "show", "enabled": false}),
        ),
        (
            "row/mine",
            json!({"group": "g", "titles": titles, "order": 4, "fill": "continue_watching"}),
        ),
        (
            "channel/c",
            json!({"titles": titles, "multichannel": "m/1", "status": "draft", "badges": {"top_left": {"en": "N"}},
            "logo": {"url": "https://x.example/l.png", "orientation": "landscape", "language": "en"}}),
        ),
        (
            "cover/front",
            json!({"type": "series", "slug": "show", "rolling_time": 2000, "refresh_time": 3000, "enabled": false,
            "publish_end": "2030-01-01T00:00:00Z", "titles": titles, "items": [
                {"target": {"type": "channel", "id": "c"}, "titles": titles, "descriptions": titles, "call_to_action": titles,
                    "title_image": {"url": "https://x.example/t.png"}, "video": "https://x.example/v.mp4", "landing_option": "play",
                    "images": [{"stored": "0123456789abcdef0123456789abcdef.webp", "orientation": "landscape", "language": "ko", "representative": true}]},
                {"target": "nowhere"}]}),
        ),
    ] {
        assert_eq!(
            operator.put(path, &record).await["outcome"],
            "added",
            "{path}"
        );
    }
}

async fn records_are_put_listed_and_taken_away(test: TestDb) {
    let operator = Operator::new(test).await;
    screen(&operator).await;
    let rows = operator.list("row").await;
    let ids: Vec<&str> = rows.iter().map(|row| row["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["items", "query", "near", "mine"]);
    assert_eq!(rows[0]["group"], "g");
    assert_eq!(
        rows[0]["items"],
        json!(["nowhere", {"type": "series", "id": "show"}])
    );
    assert_eq!(rows[2]["enabled"], false);
    let record = json!({"group": "g", "titles": {"en": "B"}, "items": ["nowhere", "c"]});
    let stored = operator.put("row/items", &record).await;
    assert_eq!(stored["outcome"], "updated");
    assert_eq!(stored["notes"][0]["field"], "items[0]", "{stored}");
    assert!(
        stored["notes"][1]["reason"]
            .as_str()
            .unwrap()
            .contains("channel"),
        "{stored}"
    );
    assert_eq!(
        operator.put("row/items", &record).await["outcome"],
        "unchanged"
    );
    assert_eq!(operator.list("channel").await[0]["multichannel"], "m/1");
    for (path, status) in [
        ("/records/channel/items", 404),
        ("/records/row/items", 204),
        ("/records/row/items", 404),
        ("/records/multichannel/m%2F1", 204),
        ("/records/row_group/g", 204),
        ("/records/cover/front", 204),
        ("/records/channel/c", 204),
        ("/records/series/show", 404),
    ] {
        let (found, body) = operator.call(Method::DELETE, path, None).await;
        assert_eq!(found, status, "{path}: {body}");
    }
    for kind in ["row_group", "row", "cover", "channel", "multichannel"] {
        assert!(operator.list(kind).await.is_empty(), "{kind}");
    }
}

async fn what_is_listed_can_be_put_back(test: TestDb) {
    let operator = Operator::new(test).await;
    screen(&operator).await;
    for kind in ["multichannel", "channel", "row_group", "row", "cover"] {
        let before = operator.list(kind).await;
        assert!(!before.is_empty());
        for record in &before {
            let id = record["id"].as_str().unwrap().replace('/', "%2F");
            operator.put(&format!("{kind}/{id}"), record).await;
        }
        assert_eq!(operator.list(kind).await, before);
        // As a catalog file they make the same in another service.
        let lines: Vec<String> = before.iter().map(Value::to_string).collect();
        let token = operator.call(Method::GET, "/status", None).await;
        assert_eq!(token.0, 200);
        for (line, record) in lines.iter().zip(&before) {
            let id = record["id"].as_str().unwrap().replace('/', "%2F");
            let path = format!("/records/{kind}/{id}?service=club");
            let record: Value = serde_json::from_str(line).unwrap();
            let (status, body) = operator.call(Method::PUT, &path, Some(&record)).await;
            assert_eq!(status, 200, "{body}");
        }
        let path = format!("/records/{kind}?service=club");
        let (_, copied) = operator.call(Method::GET, &path, None).await;
        assert_eq!(copied["results"], json!(before));
    }
}

async fn faults_name_the_member(test: TestDb) {
    let operator = Operator::new(test).await;
    for (path, record, begins) in [
        (
            "row/r",
            json!({"group": "nowhere", "titles": {"en": "R"}, "fill": "favorites"}),
            "group: ",
        ),
        (
            "row/r",
            json!({"group": "g", "titles": {"en": "R"}, "fill": "magic"}),
            "fill: ",
        ),
        (
            "row/r",
            json!({"id": "other"}),
            "id: the address says \"r\"",
        ),
        ("row/r", json!({"kind": "movie"}), "kind: "),
        ("row/r", json!({"deleted": true}), "deleted: "),
        (
            "cover/c",
            json!({"items": [{"target": "x", "images": [{"path": "/etc/passwd"}]}]}),
            "items[0].images[0].path: ",
        ),
        (
            "channel/c",
            json!({"titles": {"en": "a\u{0}"}}),
            "titles.en: ",
        ),
        ("channel/c", json!({"surprise": 1}), "titles: "),
    ] {
        let path = format!("/records/{path}");
        let (status, body) = operator.call(Method::PUT, &path, Some(&record)).await;
        assert_eq!(
            (status, &body["code"]),
            (400, &json!("VALIDATION_ERROR")),
            "{record}"
        );
        let title = body["title"].as_str().unwrap();
        assert!(title.starts_with(begins), "{record}: {title}");
    }
    for body in ["", "{", "[]", "7", "\"x\""] {
        let bearer = "Bearer none";
        let (status, _) = operator
            .send(
                Method::PUT,
                "/records/row/r",
                Some(bearer),
                Some(body.to_owned()),
            )
            .await;
        assert_eq!(status, 401, "who is asking comes first");
    }
    let (status, _) = operator
        .call(Method::PUT, "/records/row/r", Some(&json!([])))
        .await;
    assert!((400..500).contains(&status), "{status}");
    let (status, _) = operator
        .call(Method::GET, "/records/row?service=nowhere", None)
        .await;
    assert_eq!(status, 400);
    let path = format!("/records/channel/{}", "x".repeat(201));
    let record = json!({"titles": {"en": "C"}});
    assert_eq!(
        operator.call(Method::PUT, &path, Some(&record)).await.0,
        400
    );
    assert!(operator.list("channel").await.is_empty());
}

async fn only_the_operator_may(test: TestDb) {
    let operator = Operator::new(test).await;
    for (method, path) in [
        (Method::GET, "/records/row"),
        (Method::PUT, "/records/row/r"),
        (Method::DELETE, "/records/row/r"),
        (Method::GET, "/records/nothing"),
        (Method::POST, "/records/row"),
    ] {
        for bearer in [None, Some("Bearer x"), Some("Basic x")] {
            let body = Some("{}".to_owned());
            let (status, body) = operator.send(method.clone(), path, bearer, body).await;
            assert_eq!(status, 401, "{method} {path}");
            assert_eq!(body["code"], "OPERATOR_TOKEN_REQUIRED");
        }
    }
    assert_eq!(
        operator.call(Method::GET, "/records/nothing", None).await.0,
        404
    );
    assert!(operator.test.db.catalog_version() > 0);
}
