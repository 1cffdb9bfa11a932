//! The original file.

use axum::http::Method;

use crate::bench::{Bench, demo};

#[tokio::test]
async fn the_original_comes_whole_and_in_ranges() {
    let bench = Bench::new().await;
    let film = bench.film(1, &["orbit-360.mp4"]).await;
    let path = format!("{}/original/0/Orbit%20(2020).mp4", bench.below(film));
    let bytes = std::fs::read(demo("orbit-360.mp4")).unwrap();
    let total = bytes.len();
    let whole = bench.ok(&path).await;
    assert!(whole.bytes() == bytes);
    assert_eq!(
        (whole.header("accept-ranges"), whole.header("content-type")),
        ("bytes", "video/mp4")
    );
    assert!(!whole.header("cache-control").contains("public"));
    let ask = async |range: &str| bench.call(Method::GET, &path, &[("range", range)]).await;

    let tail = ask("bytes=-500").await;
    assert_eq!((tail.status, tail.bytes()), (206, &bytes[total - 500..]));
    let middle = ask("bytes=300000-300099").await;
    assert_eq!(middle.bytes(), &bytes[300_000..300_100]);
    assert_eq!(middle.header("content-length"), "100");
    assert_eq!(ask(&format!("bytes={total}-")).await.status, 416);

    let several = ask(&format!("bytes=0-9, 1000-1099, {}-", total - 7)).await;
    assert_eq!(several.status, 206);
    let boundary = several
        .header("content-type")
        .strip_prefix("multipart/byteranges; boundary=")
        .unwrap()
        .to_owned();
    let mut expected = Vec::new();
    for range in [0..10, 1000..1100, total - 7..total] {
        expected.extend(format!("--{boundary}\r\ncontent-type: video/mp4\r\ncontent-range: bytes {}-{}/{total}\r\n\r\n", range.start, range.end - 1).into_bytes());
        expected.extend(&bytes[range]);
        expected.extend(b"\r\n");
    }
    expected.extend(format!("--{boundary}--\r\n").into_bytes());
    assert!(several.bytes() == expected);
    assert_eq!(several.header("content-length"), expected.len().to_string());
    // Some outside: the rest is sent. All outside: 416. Ever so many: not served one by one.
    assert_eq!(
        ask(&format!("bytes=0-9, {total}-")).await.bytes(),
        &bytes[..10]
    );
    assert_eq!(
        ask(&format!("bytes={total}-, {}-", total + 5)).await.status,
        416
    );
    let many: Vec<String> = (0..500).map(|n| format!("{0}-{0}", n * 2)).collect();
    let answer = ask(&format!("bytes={}", many.join(","))).await;
    assert!(matches!(answer.status, 200 | 416), "{}", answer.status);
    // Overlapping ranges must not be a way to make the answer larger than the file.
    let overlapping = ask("bytes=0-,0-,0-,0-").await;
    assert!(overlapping.bytes().len() <= total);
}

#[tokio::test]
async fn only_renditions_are_given_as_originals() {
    let bench = Bench::new().await;
    let film = bench.film(1, &["orbit-360.mp4", "orbit.en.vtt"]).await;
    let below = bench.below(film);
    assert_eq!(
        bench.get(&format!("{below}/original/0/x.mp4")).await.status,
        200
    );
    assert_eq!(
        bench.get(&format!("{below}/original/1/x.vtt")).await.status,
        404
    );
}
