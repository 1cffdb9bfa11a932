//! Stored pictures.

use axum::http::Method;

use crate::bench::Bench;

#[tokio::test]
async fn pictures_are_served_by_their_names_and_nothing_else_is() {
    let bench = Bench::new().await;
    let name = "0123456789abcdef0123456789abcdef";
    let art = bench.dir.path().join("art");
    std::fs::write(art.join(format!("{name}.webp")), b"picture").unwrap();
    std::fs::write(art.join(format!("{name}.txt")), b"text").unwrap();
    std::fs::write(art.join("secret.webp"), b"secret").unwrap();
    std::fs::write(bench.dir.path().join("outside.webp"), b"outside").unwrap();

    let path = format!("/art/{name}.webp");
    let answer = bench.ok(&path).await;
    assert_eq!(
        (answer.bytes(), answer.header("content-type")),
        (&b"picture"[..], "image/webp")
    );
    assert_eq!(
        answer.header("cache-control"),
        "public, max-age=31536000, immutable"
    );
    let etag = answer.header("etag").to_owned();
    assert_eq!(
        bench
            .call(Method::GET, &path, &[("if-none-match", &etag)])
            .await
            .status,
        304
    );
    assert_eq!(
        bench
            .call(Method::GET, &path, &[("range", "bytes=-3")])
            .await
            .bytes(),
        b"ure"
    );
    let head = bench.call(Method::HEAD, &path, &[]).await;
    assert_eq!(
        (
            head.status,
            head.header("content-length"),
            head.bytes().len()
        ),
        (200, "7", 0)
    );

    let upper = name.to_uppercase();
    for bad in [
        format!("{name}.txt"),
        format!("{name}.webp.part1"),
        format!("{name}.webp%00.png"),
        format!("{name}.png"),
        format!("{upper}.webp"),
        name.to_owned(),
        "secret.webp".to_owned(),
        "..%2foutside.webp".to_owned(),
        "..%5coutside.webp".to_owned(),
        "%2e%2e/outside.webp".to_owned(),
        "../outside.webp".to_owned(),
        "%2fetc%2fpasswd".to_owned(),
        format!("..%2fart%2f{name}.webp"),
        format!("{name}.webp/"),
        String::new(),
    ] {
        let answer = bench.get(&format!("/art/{bad}")).await;
        assert!(
            matches!(answer.status, 400 | 404),
            "{bad}: {}",
            answer.status
        );
    }
}
