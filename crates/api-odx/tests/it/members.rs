//! A service for members.

use axum::http::Method;
use marquee_domain::{Clock, Visibility};
use marquee_http::link::Links;
use marquee_storage::services;
use serde_json::json;

use crate::harness::{LINK_SECRET, TestApp};

#[tokio::test]
async fn pictures_of_a_members_service_have_a_pass_in_their_addresses() {
    let app = TestApp::with_catalog().await;
    let session = app.sign_up("sam@example.com", &[]).await;
    let series = (Method::GET, "/series/harbor-lights/");
    let poster = async || {
        let answer = app
            .post("getSeries", series.clone(), &session.bearer(), json!({}))
            .await;
        let url = answer.json()["result"]["posters"][0]["url"].clone();
        let url = url.as_str().unwrap().to_owned();
        url.strip_prefix("http://test.example/art/")
            .unwrap()
            .to_owned()
    };
    assert_eq!(poster().await, "a.webp");
    let mut unit = app.test.db.begin().await.unwrap();
    let service = services::find_by_name(&mut app.test.db.reader(), "amasian").await;
    let service = service.unwrap().unwrap().id;
    services::set_visibility(&mut unit, service, Visibility::Members)
        .await
        .unwrap();
    unit.save().await.unwrap();
    let address = poster().await;
    let [members, pass, name] = address.split('/').collect::<Vec<_>>()[..] else {
        panic!("{address}")
    };
    assert_eq!((members, name), ("m", "a.webp"));
    let now = app.clock.now();
    assert_eq!(
        Links::new(LINK_SECRET).check_picture_pass(pass, now),
        Ok(())
    );
}
