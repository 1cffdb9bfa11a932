//! Names as people write them, and what they say.

use super::*;
use proptest::prelude::*;

fn path(path: &str) -> Recognised {
    let mut parts: Vec<&str> = path.split('/').collect();
    let file = parts.pop().unwrap();
    recognise(&parts, file.rsplit_once('.').unwrap().0)
}

fn movie(input: &str, title: &str, year: Option<i32>) {
    assert_eq!(
        path(input),
        Recognised::Movie {
            title: title.into(),
            year
        },
        "{input}"
    );
}

fn episode(input: &str, show: &str, season: i64, number: i64, title: Option<&str>) {
    match path(input) {
        Recognised::Episode {
            show: s,
            season: a,
            number: b,
            title: t,
            ..
        } => {
            assert_eq!(
                (s.as_str(), a, b, t.as_deref()),
                (show, season, number, title),
                "{input}"
            );
        }
        other => panic!("{input}: {other:?}"),
    }
}

#[test]
fn films() {
    movie(
        "Harbor Lights (2020)/Harbor Lights (2020).mkv",
        "Harbor Lights",
        Some(2020),
    );
    movie(
        "Harbor Lights (2020)/Harbor Lights (2020) - 1080p.mkv",
        "Harbor Lights",
        Some(2020),
    );
    movie("Harbor Lights (2020)/film.mkv", "Harbor Lights", Some(2020));
    movie(
        "Harbor.Lights.2020.1080p.BluRay.x264-GRP.mkv",
        "Harbor Lights",
        Some(2020),
    );
    movie("Harbor_Lights_720p.mp4", "Harbor Lights", None);
    movie("1917 (2019).mkv", "1917", Some(2019));
    movie("2012.mkv", "2012", None);
    movie(
        "Blade Runner 2049 (2017) [2160p].mkv",
        "Blade Runner 2049",
        Some(2017),
    );
    movie("Dr. Night.mp4", "Dr. Night", None);
    movie("기생충 (2019)/기생충.mkv", "기생충", Some(2019));
    movie("流浪地球 (2019).mp4", "流浪地球", Some(2019));
    movie("[1080p].mp4", "[1080p]", None);
}

#[test]
fn episodes() {
    episode(
        "Harbor Lights/Season 01/S01E02.mkv",
        "Harbor Lights",
        1,
        2,
        None,
    );
    episode(
        "Harbor Lights/Season 01/Harbor Lights - S01E02 - Low Tide.mkv",
        "Harbor Lights",
        1,
        2,
        Some("Low Tide"),
    );
    episode(
        "Harbor Lights (2020)/Season 2/2x03 - High Water [1080p].mkv",
        "Harbor Lights",
        2,
        3,
        Some("High Water"),
    );
    episode(
        "Harbor.Lights.S03E04.The.Pier.1080p.WEB.mkv",
        "Harbor Lights",
        3,
        4,
        Some("The Pier"),
    );
    episode(
        "Harbor Lights/Harbor Lights - S01E01-E02 - Double.mkv",
        "Harbor Lights",
        1,
        1,
        Some("Double"),
    );
    episode(
        "Harbor Lights/Specials/S00E01 - Making Of.mkv",
        "Harbor Lights",
        0,
        1,
        Some("Making Of"),
    );
    episode(
        "Harbor Lights/Season 1/03 - Fog.mkv",
        "Harbor Lights",
        1,
        3,
        Some("Fog"),
    );
    episode(
        "Harbor Lights/Season 1/Episode 7.mp4",
        "Harbor Lights",
        1,
        7,
        None,
    );
    episode(
        "[Group] Sky Garden - 012 [1080p].mkv",
        "Sky Garden",
        1,
        12,
        None,
    );
    episode(
        "Sky Garden/[Group] Sky Garden - 12v2 (720p).mkv",
        "Sky Garden",
        1,
        12,
        None,
    );
    episode("항구의 불빛/시즌 2/3화.mp4", "항구의 불빛", 2, 3, None);
    episode(
        "항구의 불빛/제3화 안개.mp4",
        "항구의 불빛",
        1,
        3,
        Some("안개"),
    );
    episode("港口之光/第2季/第05集.mkv", "港口之光", 2, 5, None);
    episode("港口之光/第1季第2集.mkv", "港口之光", 1, 2, None);
    episode(
        "Luces del puerto/Temporada 1/T1E4 - Niebla.mkv",
        "Luces del puerto",
        1,
        4,
        Some("Niebla"),
    );
    episode(
        "downloads/Harbor Lights S01E05.mkv",
        "Harbor Lights",
        1,
        5,
        None,
    );
    episode(
        "Daily Talk/Daily Talk 2020-05-17 Guest.mkv",
        "Daily Talk",
        2020,
        517,
        Some("Guest"),
    );
    episode(
        "Daily.Talk.2020.05.17.720p.WEB.mkv",
        "Daily Talk",
        2020,
        517,
        None,
    );
}

#[test]
fn extras() {
    assert_eq!(
        path("Harbor Lights (2020)/Trailers/Teaser.mp4"),
        Recognised::Clip {
            title: "Harbor Lights: Teaser".into()
        }
    );
    assert_eq!(
        path("Harbor Lights (2020)/Harbor Lights (2020)-trailer.mp4"),
        Recognised::Clip {
            title: "Harbor Lights: trailer".into()
        }
    );
    assert!(is_sample("sample") && is_sample("film-sample") && !is_sample("sampler"));
}

proptest! {
    #[test]
    fn any_name_is_recognised_as_something_with_a_title(folders in prop::collection::vec(".{0,20}", 0..3), stem in ".{1,40}") {
        let folders: Vec<&str> = folders.iter().map(String::as_str).collect();
        match recognise(&folders, &stem) {
            Recognised::Movie { title, .. } | Recognised::Clip { title } => prop_assert!(!title.trim().is_empty() || stem.trim().is_empty()),
            Recognised::Episode { show, .. } => prop_assert!(!show.is_empty()),
        }
    }
}
