//! Stored pictures.

use axum::http::Method;
use marquee_domain::Visibility;
use marquee_http::link::PICTURE_WINDOW_MS;

use crate::bench::{Answer, Bench, NOW};

/// A picture of the demo, 640 by 360, put where stored ones are; returns its name.
async fn stored(bench: &Bench) -> String {
    let bytes = std::fs::read(crate::bench::demo_art("c-city.webp")).unwrap();
    let gallery = marquee_artwork::Gallery::folder(bench.dir.path().join("art"));
    gallery.take(bytes.into()).await.unwrap().name.to_string()
}

async fn accepting(bench: &Bench, path: &str, accept: &str) -> Answer {
    bench.call(Method::GET, path, &[("accept", accept)]).await
}

/// Width and height of a JPEG or of a lossy WebP, from its header.
fn size(bytes: &[u8]) -> (u32, u32) {
    let u16_at = |at: usize, le: bool| {
        let pair = [bytes[at], bytes[at + 1]];
        u32::from(if le {
            u16::from_le_bytes(pair)
        } else {
            u16::from_be_bytes(pair)
        })
    };
    if bytes.starts_with(b"RIFF") {
        let at = bytes
            .windows(3)
            .position(|part| part == [0x9d, 0x01, 0x2a])
            .unwrap();
        return (u16_at(at + 3, true) & 0x3fff, u16_at(at + 5, true) & 0x3fff);
    }
    let at = bytes
        .windows(2)
        .position(|part| part == [0xff, 0xc0])
        .unwrap();
    (u16_at(at + 7, false), u16_at(at + 5, false))
}

#[tokio::test]
async fn pictures_are_sent_in_fixed_widths_as_webp_or_jpeg() {
    let bench = Bench::new().await;
    let name = stored(&bench).await;
    let browser = "image/avif,image/webp,image/apng,image/*,*/*;q=0.8";
    for (path, wanted) in [
        (format!("/art/{name}"), (640, 360)),
        (format!("/art/{name}/160"), (160, 90)),
        (format!("/art/{name}/320"), (320, 180)),
        (format!("/art/{name}/480"), (480, 270)),
        (format!("/art/{name}/720"), (640, 360)),
        (format!("/art/{name}/1080"), (640, 360)),
        (format!("/art/{name}/1920"), (640, 360)),
    ] {
        let mut tags = Vec::new();
        for (accept, kind) in [(browser, "image/webp"), ("*/*", "image/jpeg")] {
            let answer = accepting(&bench, &path, accept).await;
            assert_eq!((answer.status, answer.header("content-type")), (200, kind));
            assert_eq!(size(answer.bytes()), wanted, "{path}");
            assert_eq!(answer.header("vary"), "Accept");
            assert_eq!(answer.header("access-control-allow-origin"), "*");
            let cached = "public, max-age=31536000, immutable";
            assert_eq!(answer.header("cache-control"), cached);
            let etag = answer.header("etag").to_owned();
            let headers = [("accept", accept), ("if-none-match", &*etag)];
            let again = bench.call(Method::GET, &path, &headers).await;
            assert_eq!((again.status, again.header("vary")), (304, "Accept"));
            let headers = [
                ("accept", accept),
                ("range", "bytes=-3"),
                ("if-range", &*etag),
            ];
            let end = bench.call(Method::GET, &path, &headers).await;
            assert_eq!((end.status, end.bytes().len()), (206, 3));
            assert!(answer.bytes().ends_with(end.bytes()));
            tags.push(etag);
        }
        assert_ne!(tags[0], tags[1], "two copies, one entity tag");
        // Whoever says nothing gets what everybody reads.
        assert_eq!(bench.ok(&path).await.header("content-type"), "image/jpeg");
    }
    for width in [
        "161",
        "0",
        "0160",
        "+160",
        "-1",
        "99999999999",
        "x",
        "160.webp",
        "160/",
        "160/2",
    ] {
        let answer = bench.get(&format!("/art/{name}/{width}")).await;
        assert_eq!(answer.status, 404, "{width}");
    }
}

#[tokio::test]
async fn pictures_for_members_open_by_a_pass_that_lapses() {
    let bench = Bench::new().await;
    let name = stored(&bench).await;
    let pass = bench.links.picture_pass(NOW);
    let media = bench.links.anonymous(marquee_domain::ContentId(1), 1, NOW);
    let with = |pass: &str| {
        [
            format!("/art/m/{pass}/{name}"),
            format!("/art/m/{pass}/{name}/320"),
            format!("/art/m/{pass}/placeholders?of={name}"),
        ]
    };
    let bare = [
        format!("/art/{name}"),
        format!("/art/{name}/320"),
        format!("/art/placeholders?of={name}"),
    ];
    // Whoever may see everything may use a pass, too: it came with answers of a members' service.
    for path in bare.iter().chain(&with(&pass)) {
        assert_eq!(bench.get(path).await.status, 200, "{path}");
    }
    bench.open(Visibility::Members).await;
    for path in &bare {
        let answer = bench.get(path).await;
        assert_eq!(
            (answer.status, answer.header("cache-control")),
            (403, "no-store")
        );
        assert_eq!(answer.bytes(), b"sign in to see pictures\n");
    }
    for path in with(&pass) {
        let answer = bench.ok(&path).await;
        assert!(
            answer
                .header("cache-control")
                .starts_with("private, max-age=")
        );
        let etag = answer.header("etag").to_owned();
        if !etag.is_empty() {
            let headers = [("if-none-match", &*etag)];
            let again = bench.call(Method::GET, &path, &headers).await;
            assert_eq!(again.status, 304);
        }
    }
    for wrong in [media.as_str(), "x", "%00", &pass[..20]] {
        for path in with(wrong) {
            assert_eq!(bench.get(&path).await.status, 403, "{path}");
        }
    }
    assert_eq!(
        bench.get(&format!("/art/m/{pass}/{name}/161")).await.status,
        404
    );
    assert_eq!(
        bench.get(&format!("/art/m/{pass}/x.webp")).await.status,
        404
    );
    assert_eq!(bench.get(&format!("/art/m/{pass}")).await.status, 404);
    bench.clock.advance(2 * PICTURE_WINDOW_MS);
    for path in with(&pass) {
        assert_eq!(bench.get(&path).await.status, 403, "{path}");
    }
    bench.open(Visibility::Public).await;
    for path in &bare {
        assert_eq!(bench.get(path).await.status, 200, "{path}");
    }
}

#[tokio::test]
async fn placeholders_come_many_at_a_time() {
    let bench = Bench::new().await;
    let name = stored(&bench).await;
    let missing = "0123456789abcdef0123456789abcdef.webp";
    let path = format!("/art/placeholders?of={name},{missing},..%2Fx,{name}");
    let answer = bench.ok(&path).await;
    assert_eq!(answer.header("content-type"), "application/json");
    let found: serde_json::Value = serde_json::from_slice(answer.bytes()).unwrap();
    let found = found.as_object().unwrap();
    assert_eq!(found.len(), 1);
    assert!(found[&name].as_str().unwrap().len() > 20);
    let many = vec![missing; 101].join(",");
    assert_eq!(
        bench
            .get(&format!("/art/placeholders?of={many}"))
            .await
            .status,
        400
    );
    assert_eq!(bench.get("/art/placeholders").await.status, 400);
    assert_eq!(bench.ok("/art/placeholders?of=").await.bytes(), b"{}");
}

#[tokio::test]
async fn what_an_earlier_version_took_in_unread_is_served_by_its_name_and_nothing_else_is() {
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
