//! Pictures that records name by address, fetched from a server on this machine that the operator allows by name.

use marquee_artwork::Gallery;
use marquee_domain::catalog::LabelKind;
use marquee_egress::{Allowed, Egress};
use marquee_ingest::fetch::{Fetching, fetch_pictures};
use marquee_ingest::{NoProgress, Report};
use marquee_storage::testing::{TestDb, on_both};
use marquee_storage::{jobs, pictures};

use crate::bench::{Bench, NOW, demo};
use crate::server::{Server, found, moved};

on_both!(
    pictures_named_by_address_are_fetched_in_the_background,
    what_cannot_be_had_is_reported_and_tried_again,
    canaries_hear_nothing
);

const MINUTE: i64 = 60_000;

fn picture(name: &str) -> Vec<u8> {
    std::fs::read(demo("art").join(name)).unwrap()
}

/// Fetches what is due, through a client for which the operator has allowed `localhost`.
async fn fetch(bench: &Bench) -> Report {
    let egress = Egress::new(Allowed::new(&["localhost".to_owned()])).unwrap();
    let gallery = Gallery::folder(bench.art());
    let fetching = Fetching {
        egress: &egress,
        gallery: &gallery,
    };
    fetch_pictures(bench.db(), &bench.clock, fetching, 1000, &NoProgress)
        .await
        .unwrap()
}

/// The fetching jobs that wait, by when they are due.
async fn waiting(bench: &Bench) -> Vec<i64> {
    let mut unit = bench.db().begin().await.unwrap();
    let mut times = Vec::new();
    while let Some(job) = jobs::claim(&mut unit, i64::MAX, 0).await.unwrap() {
        assert_eq!(job.kind, pictures::JOB);
        times.push(job.created_at);
        jobs::finish(&mut unit, job.id, "", 0).await.unwrap();
    }
    unit.save().await.unwrap();
    times
}

async fn locations(bench: &Bench, key: &str) -> Vec<(i64, String)> {
    let film = bench.content(key).await.unwrap();
    let images = film.doc.images.into_iter();
    images.map(|image| (image.id, image.location)).collect()
}

async fn pictures_named_by_address_are_fetched_in_the_background(test: TestDb) {
    let bench = Bench::new(test).await;
    let server = Server::start(|path| match path {
        "/far" => moved("/near"),
        "/near" | "/a" => found(&picture("c-city.webp")),
        _ => found(&picture("c-dawn.webp")),
    })
    .await;
    let at = |path: &str| server.named("localhost", path);
    let film = format!(
        r#"{{"id":"f","kind":"movie","titles":{{"en":"F"}},"images":[{{"url":"{}"}},{{"url":"{}","orientation":"landscape"}},{{"url":"{}"}}]}}"#,
        at("/a"),
        at("/b"),
        at("/far")
    );
    let person = format!(
        r#"{{"id":"p","kind":"person","names":{{"en":"P"}},"image":{{"url":"{}"}}}}"#,
        at("/b")
    );
    bench
        .counts(format!("{film}\n{person}"), [2, 0, 0, 0, 0])
        .await;
    // The import waited for nothing, and what names the pictures names them by address.
    assert_eq!(server.requests().len(), 0);
    let before = locations(&bench, "f").await;
    assert!(
        before
            .iter()
            .all(|(_, location)| location.starts_with("http"))
    );
    assert_eq!(waiting(&bench).await, [NOW]);

    let report = fetch(&bench).await;
    assert_eq!((report.added, report.rejected_count), (3, 0), "{report:#?}");
    let after = locations(&bench, "f").await;
    let ids = |list: &[(i64, String)]| list.iter().map(|(id, _)| *id).collect::<Vec<_>>();
    assert_eq!(ids(&after), ids(&before));
    // Two addresses, the same bytes: one picture.
    assert!(after[0].1.starts_with("art:") && after[0].1 == after[2].1 && after[0].1 != after[1].1);
    let stored = std::fs::read_dir(bench.art()).unwrap().count();
    assert_eq!(stored, 4, "two pictures with their placeholders");
    let person = bench.label(LabelKind::Person, "p").await.unwrap();
    assert_eq!(person.doc.image.as_deref(), Some(&*after[1].1));
    assert!(waiting(&bench).await.is_empty());

    // Nothing is fetched twice, whoever names it, and the pictures of a changed record keep their ids.
    let asked = server.requests().len();
    bench.counts(&*film, [0, 0, 1, 0, 0]).await;
    let changed = film.replace(r#"{"en":"F"}"#, r#"{"en":"F","ko":"에프"}"#);
    bench.counts(&*changed, [0, 1, 0, 0, 0]).await;
    assert_eq!(locations(&bench, "f").await, after);
    let other = changed.replace(r#""id":"f""#, r#""id":"g""#);
    bench.counts(other, [1, 0, 0, 0, 0]).await;
    assert_eq!(locations(&bench, "g").await[0].1, after[0].1);
    assert!(waiting(&bench).await.is_empty());
    assert_eq!(
        (fetch(&bench).await, server.requests().len()),
        (Report::default(), asked)
    );
}

async fn what_cannot_be_had_is_reported_and_tried_again(test: TestDb) {
    let bench = Bench::new(test).await;
    let server = Server::start(|path| match path {
        "/missing" => b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n".to_vec(),
        "/drawing" => found(b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>"),
        "/page" => found(b"<!doctype html>"),
        "/cut" => found(&picture("c-city.webp")[..500]),
        "/large" => b"HTTP/1.1 200 OK\r\ncontent-length: 99999999\r\n\r\n"
            .iter()
            .copied()
            .chain(std::iter::repeat_n(0, 21 << 20))
            .collect(),
        _ => moved("/around"),
    })
    .await;
    let paths = ["/missing", "/drawing", "/page", "/cut", "/large", "/around"];
    let images: Vec<String> = paths
        .iter()
        .map(|path| format!(r#"{{"url":"{}"}}"#, server.named("localhost", path)))
        .collect();
    let record = format!(
        r#"{{"id":"f","kind":"movie","titles":{{"en":"F"}},"images":[{}]}}"#,
        images.join(",")
    );
    bench.counts(&*record, [1, 0, 0, 0, 0]).await;
    waiting(&bench).await;
    let report = fetch(&bench).await;
    assert_eq!((report.added, report.rejected_count), (0, 6));
    for (path, reason) in paths.iter().zip([
        "the other server answered 404",
        "SVG",
        "not JPEG, PNG, WebP or GIF",
        "damaged",
        "too large",
        "redirects too often",
    ]) {
        let found = report.rejected.iter().find(|it| it.path.ends_with(path));
        let found = &found.unwrap().reason;
        assert!(
            found.contains(reason) && found.ends_with("; it is tried again in 1 min"),
            "{found}"
        );
    }
    assert_eq!(std::fs::read_dir(bench.art()).unwrap().count(), 0);
    // Later and later, then no more; a job waits for each time.
    let mut last = NOW;
    for minutes in [1, 5, 30, 120, 720] {
        assert_eq!(waiting(&bench).await, [last + minutes * MINUTE]);
        bench.clock.advance(minutes * MINUTE - 1);
        assert_eq!(fetch(&bench).await, Report::default(), "{minutes}");
        waiting(&bench).await;
        bench.clock.advance(1);
        let report = fetch(&bench).await;
        assert_eq!(report.rejected_count, 6, "{minutes}");
        let given_up = report.rejected[0].reason.ends_with("it is not tried again");
        assert_eq!(given_up, minutes == 720);
        last += minutes * MINUTE;
    }
    assert!(waiting(&bench).await.is_empty());
    // A record that names them again asks again.
    let changed = record.replace(r#"{"en":"F"}"#, r#"{"en":"G"}"#);
    bench.counts(changed, [0, 1, 0, 0, 0]).await;
    assert_eq!(waiting(&bench).await.len(), 1);
    assert_eq!(fetch(&bench).await.rejected_count, 6);
}

/// Addresses planted wherever records take pictures: what listens inside hears nothing.
async fn canaries_hear_nothing(test: TestDb) {
    let bench = Bench::new(test).await;
    let mut canaries = Vec::new();
    for place in ["127.0.0.1:0", "[::1]:0"] {
        canaries.push(Server::at(place, |_| found(&picture("c-city.webp"))).await);
    }
    let (four, six) = (canaries[0].address.port(), canaries[1].address.port());
    let mut inside = vec![
        format!("http://[::1]:{six}/"),
        format!("http://[0:0::1]:{six}/"),
    ];
    for host in [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "0",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "a.localhost",
        "127。0。0。1",
        "①②⑦.⓪.⓪.①",
    ] {
        inside.push(format!("http://{host}:{four}/"));
    }
    // Beside the allowed name, one that leads here too, and a user name that looks like an allowed host.
    inside.push(format!("http://localhost@127.0.0.1:{four}/"));
    inside.push(format!("http://localhost:{four}@127.0.0.1:{four}/"));
    let places = inside.clone();
    let door = Server::start(move |path| {
        let index: usize = path[1..].parse().unwrap();
        moved(&places[index])
    })
    .await;
    let mut planted = inside.clone();
    planted.extend((0..inside.len()).map(|n| door.named("localhost", &format!("/{n}"))));

    let mut records = vec![
        r#"{"id":"c:a","kind":"category","titles":{"en":"A"}}"#.to_owned(),
        r#"{"id":"s","kind":"series","titles":{"en":"S"}}"#.to_owned(),
    ];
    for (n, address) in planted.iter().enumerate() {
        let image = format!(
            r#"{{"url":{},"orientation":"landscape"}}"#,
            serde_json::json!(address)
        );
        let titles = r#""titles":{"en":"T"}"#;
        records.push(format!(
            r#"{{"id":"m{n}","kind":"movie",{titles},"images":[{image}]}}"#
        ));
        records.push(format!(
            r#"{{"id":"ch{n}","kind":"channel",{titles},"logo":{image}}}"#
        ));
        records.push(format!(
            r#"{{"id":"b{n}","kind":"multichannel",{titles},"logo":{image}}}"#
        ));
        records.push(format!(
            r#"{{"id":"p{n}","kind":"person","names":{{"en":"P"}},"image":{image}}}"#
        ));
        records.push(format!(
            r#"{{"id":"v{n}","kind":"cover","type":"home","slug":"v{n}","items":[{{"target":"s","title_image":{image},"images":[{image}]}}]}}"#
        ));
    }
    let report = bench.import(records.join("\n")).await;
    assert_eq!(report.rejected_count, 0, "{:#?}", report.rejected);
    let report = fetch(&bench).await;
    // Each address once, however many name it.
    let counts = (report.added, report.rejected_count);
    assert_eq!(counts, (0, planted.len() as u64), "{report:#?}");
    for rejection in &report.rejected {
        let refused = [
            "does not lead to the public internet",
            "carries a user name",
            // A header holds ASCII only.
            "redirects to nowhere",
        ];
        let known = refused
            .iter()
            .any(|reason| rejection.reason.contains(reason));
        assert!(known, "{rejection}");
    }
    for canary in &canaries {
        assert_eq!(canary.connections(), 0, "a canary was reached");
    }
    assert_eq!(door.requests().len(), inside.len());
}
