//! Bad records: each is named with its line, its member and the reason; the good ones beside it come in.

use marquee_ingest::catalog;
use marquee_storage::testing::{TestDb, on_both};

use crate::bench::Bench;

on_both!(
    every_member_of_a_wrong_type_is_named,
    bad_lines_do_not_stop_the_good_ones,
    a_key_twice_in_one_file_is_reported_with_the_first_line,
    a_slug_twice_is_reported,
    byte_order_marks_and_carriage_returns_are_nothing_special,
    paths_cannot_leave_the_folder_of_the_catalog,
    a_rejected_record_leaves_nothing_behind,
);

async fn every_member_of_a_wrong_type_is_named(test: TestDb) {
    let bench = Bench::new(test).await;
    let movie =
        |member: &str| format!(r#"{{"id":"a","kind":"movie","titles":{{"en":"A"}},{member}}}"#);
    for (line, field) in [
        (r#"{"kind":"movie","titles":{"en":"A"}}"#.to_owned(), "id"),
        (
            r#"{"id":7,"kind":"movie","titles":{"en":"A"}}"#.to_owned(),
            "id",
        ),
        (
            r#"{"id":"  ","kind":"movie","titles":{"en":"A"}}"#.to_owned(),
            "id",
        ),
        (
            format!(
                r#"{{"id":"{}","kind":"movie","titles":{{"en":"A"}}}}"#,
                "x".repeat(201)
            ),
            "id",
        ),
        (
            r#"{"id":"a\u0000b","kind":"movie","titles":{"en":"A"}}"#.to_owned(),
            "id",
        ),
        (r#"{"id":"a","titles":{"en":"A"}}"#.to_owned(), "kind"),
        (
            r#"{"id":"a","kind":"film","titles":{"en":"A"}}"#.to_owned(),
            "kind",
        ),
        (
            r#"{"id":"a","kind":["movie"],"titles":{"en":"A"}}"#.to_owned(),
            "kind",
        ),
        (r#"{"id":"a","kind":"movie"}"#.to_owned(), "titles"),
        (
            r#"{"id":"a","kind":"movie","titles":{"en":"  "}}"#.to_owned(),
            "titles",
        ),
        (
            r#"{"id":"a","kind":"movie","titles":["A"]}"#.to_owned(),
            "titles",
        ),
        (
            r#"{"id":"a","kind":"movie","titles":{"not a tag!":"A"}}"#.to_owned(),
            "titles.not a tag!",
        ),
        (
            r#"{"id":"a","kind":"movie","titles":{"en":7}}"#.to_owned(),
            "titles.en",
        ),
        (
            r#"{"id":"a","kind":"season","number":1,"titles":{"en":"A"}}"#.to_owned(),
            "parent",
        ),
        (
            r#"{"id":"a","kind":"season","parent":"s","number":"one","titles":{"en":"A"}}"#
                .to_owned(),
            "number",
        ),
        (
            r#"{"id":"a","kind":"episode","number":1,"titles":{"en":"A"}}"#.to_owned(),
            "parent",
        ),
        (
            r#"{"id":"a","kind":"episode","parent":7,"titles":{"en":"A"}}"#.to_owned(),
            "parent",
        ),
        (movie(r#""year":"2020""#), "year"),
        (movie(r#""year":20.5"#), "year"),
        (movie(r#""year":99999"#), "year"),
        (movie(r#""runtime_s":-1"#), "runtime_s"),
        (movie(r#""runtime_min":"90""#), "runtime_min"),
        (movie(r#""date":"2024-02-31""#), "date"),
        (movie(r#""date":"yesterday""#), "date"),
        (movie(r#""publish_start":"soon""#), "publish_start"),
        (movie(r#""publish_end":7"#), "publish_end"),
        (movie(r#""status":"hidden""#), "status"),
        (movie(r#""slug":"a b""#), "slug"),
        (movie(r#""slug":"../x""#), "slug"),
        (movie(r#""slug":7"#), "slug"),
        (movie(r#""categories":"drama""#), "categories"),
        (movie(r#""categories":[7]"#), "categories[0]"),
        (movie(r#""tags":[null]"#), "tags[0]"),
        (movie(r#""cast":[7]"#), "cast[0]"),
        (movie(r#""cast":[{"role":"cast"}]"#), "cast[0]"),
        (
            movie(r#""cast":[{"person":"x","role":"boss"}]"#),
            "cast[0].role",
        ),
        (movie(r#""directors":{}"#), "directors"),
        (movie(r#""subtitles":["not a tag!"]"#), "subtitles"),
        (
            movie(r#""original_language":"not a tag!""#),
            "original_language",
        ),
        (movie(r#""dubbing_mode":"yes""#), "dubbing_mode"),
        (movie(r#""badges":[]"#), "badges"),
        (
            movie(r#""cue_points":[{"name":"x"}]"#),
            "cue_points[0].timecode",
        ),
        (movie(r#""cue_points":[{"timecode":"1"}]"#), "timecode"),
        (movie(r#""ad_tag":"javascript:alert(1)""#), "ad_tag"),
        (
            movie(r#""images":[{"url":"file:///etc/passwd"}]"#),
            "images[0].url",
        ),
        (movie(r#""images":[{}]"#), "images[0]"),
        (movie(r#""images":["x"]"#), "images[0]"),
        (movie(r#""media":[{"url":"magnet:?xt=1"}]"#), "media[0].url"),
        (
            movie(r#""media":[{"url":"http://h/a","path":"b"}]"#),
            "media[0]",
        ),
        (
            movie(r#""media":[{"url":"http://h/a"},{"url":"http://h/a"}]"#),
            "media[1]",
        ),
        (movie(r#""media":{"url":"http://h/a"}"#), "media"),
        (movie(r#""aliases":["x"]"#), "aliases"),
        (movie(r#""deleted":"yes""#), "deleted"),
        (movie(r#""surprise":1"#), "surprise"),
        (
            movie(&format!(r#""synopses":{{"en":"{}"}}"#, "x".repeat(20_001))),
            "synopses.en",
        ),
        (
            movie(&format!(r#""tags":[{}]"#, vec!["\"x\""; 501].join(","))),
            "tags",
        ),
    ] {
        let (at, reason) = bench.refused(line.as_bytes()).await;
        assert_eq!(
            at.as_deref(),
            Some(field),
            "{reason}: {}",
            &line[..line.len().min(200)]
        );
        assert!(reason.len() > 5 && reason.len() < 400, "{reason}");
    }
    assert!(bench.keys("contents").await.is_empty());
}

async fn bad_lines_do_not_stop_the_good_ones(test: TestDb) {
    let bench = Bench::new(test).await;
    let good = |n: u32| {
        format!(r#"{{"id":"g{n}","kind":"movie","titles":{{"en":"Good {n}"}}}}"#).into_bytes()
    };
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let long = format!(
        r#"{{"id":"long","kind":"movie","titles":{{"en":"{}"}}}}"#,
        "x".repeat(10 << 20)
    );
    let lines: Vec<Vec<u8>> = vec![
        good(1),
        b"not json".to_vec(),
        b"[1,2]".to_vec(),
        br#"{"id":"half","kind":"mov"#.to_vec(),
        b"{\"id\":\"\xff\xfe\",\"kind\":\"movie\",\"titles\":{\"en\":\"A\"}}".to_vec(),
        br#"{"id":"surrogate","kind":"movie","titles":{"en":"\ud800"}}"#.to_vec(),
        long.into_bytes(),
        good(2),
        deep.into_bytes(),
        b"   ".to_vec(),
        Vec::new(),
        good(3),
        b"\0\0\0".to_vec(),
        br#"{"id":"tail","kind":"movie","titles":{"en":"A"}} extra"#.to_vec(),
        good(4),
    ];
    let report = bench.counts(lines.join(&b'\n'), [4, 0, 0, 0, 9]).await;
    let at: Vec<u64> = report.rejected.iter().filter_map(|r| r.line).collect();
    assert_eq!(at, [2, 3, 4, 5, 6, 7, 9, 13, 14]);
    assert!(
        report.rejected[5].reason.contains("longer than"),
        "{}",
        report.rejected[5]
    );
    assert!(report.rejected.iter().all(|r| r.reason.len() < 300));
    assert_eq!(bench.keys("contents").await.len(), 4);
}

async fn a_key_twice_in_one_file_is_reported_with_the_first_line(test: TestDb) {
    let bench = Bench::new(test).await;
    let mut lines = vec![r#"{"id":"a","kind":"movie","titles":{"en":"First"}}"#.to_owned()];
    lines.push(r#"{"id":"a","kind":"movie","titles":{"en":"Second"}}"#.to_owned());
    lines.extend(
        (0..300)
            .map(|n| format!(r#"{{"id":"m{n}","kind":"movie","titles":{{"en":"Movie {n}"}}}}"#)),
    );
    lines.push(r#"{"id":"a","kind":"series","titles":{"en":"Third"}}"#.to_owned());
    let report = bench.counts(lines.join("\n"), [301, 0, 0, 0, 2]).await;
    let said: Vec<String> = report.rejected.iter().map(ToString::to_string).collect();
    assert_eq!(
        said,
        [
            "in.jsonl:2 a [id]: line 1 has this id already",
            "in.jsonl:303 a [id]: line 1 has this id already"
        ]
    );
    let stored = bench.content("a").await.unwrap();
    assert!(stored.doc.titles.iter().any(|(_, title)| title == "First"));
}

async fn a_slug_twice_is_reported(test: TestDb) {
    let bench = Bench::new(test).await;
    let report = bench
        .counts(
            r#"{"id":"a","kind":"movie","slug":"tide","titles":{"en":"A"}}
{"id":"b","kind":"movie","slug":"tide","titles":{"en":"B"}}
{"id":"c","kind":"series","slug":"tide","titles":{"en":"C"}}
{"id":"d","kind":"tag","slug":"tide","titles":{"en":"D"}}
{"id":"e","kind":"tag","slug":"tide","titles":{"en":"E"}}"#,
            [3, 0, 0, 0, 2],
        )
        .await;
    assert_eq!(
        report.rejected[0].to_string(),
        r#"in.jsonl:5 e [slug]: "tide" is the slug of another tag"#
            .replace("5 e", "2 b")
            .replace("another tag", "another content")
    );
    // A later file runs into it just the same.
    let (field, _) = bench
        .refused(br#"{"id":"z","kind":"movie","slug":"tide","titles":{"en":"Z"}}"#)
        .await;
    assert_eq!(field.as_deref(), Some("slug"));
}

async fn byte_order_marks_and_carriage_returns_are_nothing_special(test: TestDb) {
    let bench = Bench::new(test).await;
    let unix = "{\"id\":\"a\",\"kind\":\"movie\",\"titles\":{\"en\":\"A\"}}\n{\"id\":\"b\",\"kind\":\"movie\",\"titles\":{\"en\":\"B\"}}\n";
    let windows = format!("\u{feff}{}\r\n", unix.replace('\n', "\r\n"));
    bench.counts(windows, [2, 0, 0, 0, 0]).await;
    bench.counts(unix, [0, 0, 2, 0, 0]).await;
    bench.counts(unix.trim_end(), [0, 0, 2, 0, 0]).await;
    bench.counts("", [0; 5]).await;
    bench.counts("\u{feff}", [0; 5]).await;
    bench.counts("\n\r\n \n", [0; 5]).await;
}

async fn paths_cannot_leave_the_folder_of_the_catalog(test: TestDb) {
    let bench = Bench::new(test).await;
    let secret = bench.dir.path().join("secret.mp4");
    std::fs::write(&secret, b"x").unwrap();
    std::os::unix::fs::symlink(&secret, bench.base().join("link.mp4")).unwrap();
    std::os::unix::fs::symlink(bench.dir.path(), bench.base().join("out")).unwrap();
    std::fs::create_dir(bench.base().join("sub")).unwrap();
    std::fs::write(bench.base().join("inside.mp4"), b"x").unwrap();
    for path in [
        "../secret.mp4",
        "sub/../../secret.mp4",
        "link.mp4",
        "out/secret.mp4",
        "/etc/passwd",
        secret.to_str().unwrap(),
        "nowhere.mp4",
        "file:///etc/passwd",
        "..",
    ] {
        for (list, kind) in [
            ("media", "media"),
            ("subtitle_files", "subtitle_files"),
            ("images", "images"),
        ] {
            let line = format!(
                r#"{{"id":"a","kind":"movie","titles":{{"en":"A"}},"{list}":[{{"path":{path:?}}}]}}"#
            );
            let (field, reason) = bench.refused(line.as_bytes()).await;
            assert_eq!(
                field.as_deref(),
                Some(format!("{kind}[0].path").as_str()),
                "{path}"
            );
            assert!(
                !reason.contains("secret") || path.contains("secret"),
                "{reason}"
            );
        }
    }
    let line =
        r#"{"id":"a","kind":"movie","titles":{"en":"A"},"media":[{"path":"sub/../inside.mp4"}]}"#;
    bench.counts(line, [1, 0, 0, 0, 0]).await;
    // Without a folder there are no paths at all.
    let options = catalog::Options {
        base: None,
        ..bench.options()
    };
    let line = r#"{"id":"b","kind":"movie","titles":{"en":"B"},"media":[{"path":"inside.mp4"}]}"#;
    assert_eq!(bench.import_with(line, options).await.rejected_count, 1);
}

async fn a_rejected_record_leaves_nothing_behind(test: TestDb) {
    let bench = Bench::new(test).await;
    bench
        .counts(
            r#"{"id":"a","kind":"movie","slug":"tide","titles":{"en":"A"},"tags":["one"]}"#,
            [1, 0, 0, 0, 0],
        )
        .await;
    let before = bench.essence().await;
    for line in [
        r#"{"id":"a","kind":"movie","titles":{"en":"Changed"},"tags":["two"],"year":"x"}"#,
        r#"{"id":"e","kind":"episode","parent":"nowhere","number":1,"titles":{"en":"E"},"tags":["three"],"cast":["Kim"]}"#,
    ] {
        bench.counts(line, [0, 0, 0, 0, 1]).await;
        assert_eq!(bench.essence().await, before, "{line}");
    }
}
