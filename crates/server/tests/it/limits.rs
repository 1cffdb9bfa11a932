//! The limit on catalog reads, as a client behind a proxy meets it.

use crate::binary::{Answer, Server, folder, marquee, movies, run};

fn read(server: &Server, client: Option<&str>, query: &str) -> Answer {
    let mut headers = vec![("service-name", "amasian"), ("accept-language", "ko")];
    headers.extend(client.map(|client| ("x-forwarded-for", client)));
    server.call(
        "GET",
        &format!("/odx/api/v4/content/?{query}"),
        &headers,
        b"",
    )
}

#[test]
fn one_client_reads_so_much_and_others_go_on() {
    let dir = folder();
    std::fs::write(dir.path().join("movies.jsonl"), movies("m", 3)).unwrap();
    run(dir.path(), &["import", "catalog", "movies.jsonl"]);
    let mut command = marquee(dir.path());
    command
        .env("MARQUEE_TRUSTED_PROXIES", "127.0.0.1")
        .env("MARQUEE_LIMITS__RATES__CATALOG_READS", "20/1h");
    let server = Server::with(command);
    let client = Some("203.0.113.9");
    // The same words again are a hot answer, other words are not: both count.
    for n in 0..20 {
        let query = if n % 2 == 0 {
            "page=1".to_owned()
        } else {
            format!("page_size={n}")
        };
        assert_eq!(read(&server, client, &query).status, 200, "{n}");
    }
    for query in ["page=1", "page_size=50"] {
        let slow = read(&server, client, query);
        assert_eq!(slow.status, 429);
        let wait: u64 = slow.headers["retry-after"].parse().unwrap();
        assert!((1..=180).contains(&wait), "{wait}");
        assert_eq!(slow.json()["code"], "RATE_LIMITED");
        assert!(
            slow.json()["title"]
                .as_str()
                .unwrap()
                .contains("요청이 너무 많습니다")
        );
        assert!(slow.headers.contains_key("x-request-id"));
        assert_eq!(slow.headers["cache-control"], "no-store");
    }
    assert_eq!(read(&server, Some("203.0.113.10"), "page=1").status, 200);
    // Media, pages and this machine itself are not counted.
    for _ in 0..30 {
        assert_eq!(read(&server, None, "page=1").status, 200);
        let headers = [("x-forwarded-for", "203.0.113.9")];
        assert_eq!(server.call("GET", "/", &headers, b"").status, 200);
    }
}

#[test]
fn the_limit_can_be_switched_off() {
    let dir = folder();
    let mut command = marquee(dir.path());
    command
        .env("MARQUEE_TRUSTED_PROXIES", "127.0.0.1")
        .env("MARQUEE_LIMITS__RATES__CATALOG_READS", "off");
    let server = Server::with(command);
    for _ in 0..50 {
        assert_eq!(read(&server, Some("203.0.113.9"), "page=1").status, 200);
    }
}
