//! What others try: forms of their own, addresses that lead away, and texts that would rather be markup.

use crate::harness::{Browser, PASSWORD, Page, SAM, TestApp, cheap};

const PAGES: [&str; 7] = [
    "/sign-in",
    "/sign-up",
    "/forgot-password",
    "/reset-password?token=x",
    "/activate",
    "/end-session?token=x",
    "/undo-merge?token=x",
];

fn guarded(page: &Page, path: &str) {
    assert_eq!(
        page.header("content-security-policy"),
        "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'; form-action 'self'",
        "{path}"
    );
    for (name, value) in [
        ("x-frame-options", "DENY"),
        ("referrer-policy", "no-referrer"),
        ("x-content-type-options", "nosniff"),
        ("cache-control", "no-store"),
    ] {
        assert_eq!(page.header(name), value, "{name} of {path}");
    }
    let text = page.text();
    for bad in ["<script", "style=", "<style", "onclick", "javascript:"] {
        assert!(!text.contains(bad), "{bad} in {path}");
    }
}

#[tokio::test]
async fn every_answer_keeps_to_itself() {
    let app = TestApp::new().await;
    let mut browser = app.browser();
    for path in PAGES {
        let page = browser.get(path).await;
        guarded(&page, path);
        assert_eq!(page.header("strict-transport-security"), "", "{path}");
        let refused = app.browser().post(path, &[]).await;
        assert_eq!(refused.status, 403, "{path}");
        guarded(&refused, path);
        let other = browser.send("PUT", path, Vec::new()).await;
        assert_eq!(other.status, 405, "{path}");
        assert!(other.header("allow").contains("POST"), "{path}");
    }
    let away = browser.get("/sign-in/nothing").await;
    assert_eq!(away.status, 404);
}

#[tokio::test]
async fn with_https_cookies_are_for_this_host_alone() {
    let app = TestApp::with("https://tv.example", cheap()).await;
    app.person(SAM).await;
    let mut browser = app.browser();
    let page = browser.get("/sign-in").await;
    assert_eq!(page.header("strict-transport-security"), "max-age=31536000");
    let cookies = page.cookies().join("\n");
    assert!(cookies.starts_with("__Host-presession="), "{cookies}");
    assert!(
        cookies.ends_with("; Path=/; HttpOnly; Secure; SameSite=Lax"),
        "{cookies}"
    );
    let fields = [("email", SAM), ("password", PASSWORD)];
    let done = browser.post("/sign-in", &fields).await;
    done.leads_to("/");
    let cookies = done.cookies();
    let starts = |name: &str| cookies.iter().filter(|c| c.starts_with(name)).count();
    assert_eq!(starts("__Host-session="), 1);
    assert_eq!(starts("__Host-presession="), 1);
    assert_eq!(starts("refresh_token="), 1);
    assert_eq!(starts("signed_in=1;"), 1);
    for cookie in cookies {
        assert!(cookie.contains("; Secure; SameSite=Lax"), "{cookie}");
        let read_by_scripts = !cookie.contains("; HttpOnly");
        assert_eq!(
            read_by_scripts,
            cookie.starts_with("signed_in="),
            "{cookie}"
        );
    }
}

async fn tried(browser: &mut Browser<'_>) -> u16 {
    let fields = [("email", SAM), ("password", PASSWORD)];
    browser.post("/sign-in", &fields).await.status
}

#[tokio::test]
async fn forms_of_others_are_refused() {
    let app = TestApp::new().await;
    app.person(SAM).await;
    // No cookie at all.
    assert_eq!(tried(&mut app.browser()).await, 403);
    // A cookie, and no token, or half of one, or one of somebody else.
    let mut browser = app.browser();
    browser.get("/sign-in").await;
    let mut other = app.browser();
    other.get("/sign-in").await;
    let own = browser.token.clone();
    for token in ["", "x", &own[1..], &own.to_lowercase(), &other.token] {
        browser.token = token.to_owned();
        assert_eq!(tried(&mut browser).await, 403, "{token}");
    }
    // A cookie that is not of ours in shape, and two that differ.
    browser.token.clone_from(&own);
    let good = browser.cookies["presession"].clone();
    for bad in [
        "",
        "short",
        &format!("{good}x"),
        &good.replace(&good[..1], "!"),
    ] {
        browser.cookies.insert("presession".into(), bad.to_owned());
        assert_eq!(tried(&mut browser).await, 403, "{bad}");
    }
    let two = format!("{good}; presession={}", other.cookies["presession"]);
    browser.cookies.insert("presession".into(), two);
    assert_eq!(tried(&mut browser).await, 403);
    // What the browser says of where the form comes from.
    browser.cookies.insert("presession".into(), good);
    for (name, value, status) in [
        ("origin", "http://evil.example", 403),
        ("origin", "https://test.example", 403),
        ("origin", "http://test.example.evil.example", 403),
        ("sec-fetch-site", "cross-site", 403),
        ("sec-fetch-site", "same-site", 403),
        ("sec-fetch-site", "none", 303),
        ("sec-fetch-site", "same-origin", 303),
        ("origin", "http://test.example", 303),
        ("origin", "null", 303),
    ] {
        let mut browser = app.browser();
        browser.get("/sign-in").await;
        browser.headers.push((name, value.to_owned()));
        assert_eq!(tried(&mut browser).await, status, "{name}: {value}");
    }
    // At home, by an address that the platform does not know of.
    let mut phone = app.browser();
    phone.get("/sign-in").await;
    phone.headers.push(("host", "192.168.1.2:8080".to_owned()));
    phone
        .headers
        .push(("origin", "http://192.168.1.2:8080".to_owned()));
    assert_eq!(tried(&mut phone).await, 303);
}

#[tokio::test]
async fn a_form_from_before_signing_in_is_not_good_afterwards() {
    let app = TestApp::new().await;
    app.person(SAM).await;
    let mut browser = app.browser();
    browser.get("/sign-in").await;
    let before = browser.token.clone();
    assert_eq!(tried(&mut browser).await, 303);
    browser.token = before;
    assert_eq!(browser.post("/sign-out", &[]).await.status, 403);
    assert!(browser.cookie("session").is_some());
}

#[tokio::test]
async fn bodies_are_bounded_and_of_one_kind() {
    let app = TestApp::new().await;
    let mut browser = app.browser();
    browser.get("/sign-in").await;
    let long = "x".repeat(20_000);
    let large = browser.post("/sign-in", &[("email", &long)]).await;
    assert_eq!(large.status, 413);
    for kind in [
        "",
        "application/json",
        "text/plain",
        "multipart/form-data; boundary=x",
    ] {
        browser.headers.push(("content-type", kind.to_owned()));
        let body = format!("form={}", browser.token).into_bytes();
        assert_eq!(
            browser.send("POST", "/sign-in", body).await.status,
            415,
            "{kind}"
        );
        browser.headers.pop();
    }
    for body in [&b"%"[..], b"%zz=%", b"&&&==&", b"\xff\xfe\x00", b"form"] {
        let kind = "application/x-www-form-urlencoded".to_owned();
        browser.headers.push(("content-type", kind));
        assert_eq!(
            browser.send("POST", "/sign-in", body.to_vec()).await.status,
            403
        );
        browser.headers.pop();
    }
}

#[tokio::test]
async fn nobody_is_sent_away() {
    let app = TestApp::new().await;
    app.person(SAM).await;
    for next in [
        "https%3A%2F%2Fevil.example",
        "%2F%2Fevil.example",
        "%2F%5Cevil.example",
        "%5C%5Cevil.example",
        "%2F%09%2Fevil.example",
        "%2F.%2F%2Fevil.example",
        "%2F%0D%0ASet-Cookie%3A%20a%3Db",
        "javascript%3Aalert(1)",
        "%2Fa%00",
        "%FF",
        "",
    ] {
        let mut browser = app.browser();
        let done = browser.sign_in(&format!("/sign-in?next={next}")).await;
        done.leads_to("/");
        assert_eq!(done.headers.get_all("location").iter().count(), 1);
        let home = browser.get(&format!("/sign-in?next={next}")).await;
        assert!(!home.text().contains("evil"), "{next}");
    }
    // Twice: the first counts, wherever it is read.
    let mut browser = app.browser();
    let path = "/sign-in?next=%2Ffind&next=%2F%2Fevil.example";
    browser.sign_in(path).await.leads_to("/find");
}

#[tokio::test]
async fn hostile_texts_stay_texts() {
    let app = TestApp::new().await;
    app.person(SAM).await;
    let hostile = "\"><script>alert(1)</script>'&";
    let mut browser = app.browser();
    browser.get("/sign-in").await;
    for path in ["/sign-in", "/sign-up", "/forgot-password"] {
        let page = browser
            .post(path, &[("email", hostile), ("password", hostile)])
            .await;
        guarded(&page, path);
        page.says("&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;");
    }
    let query = "%22%3E%3Cscript%3Ealert(1)%3C/script%3E";
    for path in [
        format!("/reset-password?token={query}"),
        format!("/sign-in?next=/{query}&lang={query}"),
        format!("/end-session?token={query}"),
        format!("/undo-merge?token={query}"),
        format!("/sign-up?lang=ko&next={query}&token={query}&code={query}"),
    ] {
        guarded(&browser.get(&path).await, &path);
    }
    browser.sign_in("/sign-in").await;
    let path = format!("/activate?code={query}");
    let page = browser.get(&path).await;
    guarded(&page, &path);
    page.says("&lt;script&gt;");
}
