//! What a path says about the media in it: films, series, seasons and episodes as people who run
//! media servers name them. Pure functions of the path, relative to the scanned folder.
//!
//! Understood: `Title (2020)/Title (2020) - 1080p.mkv`, `Title.2020.1080p.BluRay.x264-GROUP.mkv`,
//! `Show/Season 01/S01E02 - Name.mkv`, `Show - 1x02.mkv`, `Show.2020.05.17.mkv`, `[Group] Show - 012.mkv`,
//! `쇼/시즌 1/1화.mp4`, `剧名/第1季/第2集.mkv`, `Serie/Temporada 1/…`, trailers and extras.

use std::sync::LazyLock;

use regex::Regex;

/// What a media file is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recognised {
    /// A film.
    Movie {
        /// Its title.
        title: String,
        /// Year of release.
        year: Option<i32>,
    },
    /// An episode.
    Episode {
        /// The series.
        show: String,
        /// Year in the name of the series.
        year: Option<i32>,
        /// Season, 0 for specials.
        season: i64,
        /// Number in the season.
        number: i64,
        /// Its own title, when the name has one.
        title: Option<String>,
        /// The day it was aired, when the name is made of it.
        date: Option<String>,
    },
    /// A trailer or another extra.
    Clip {
        /// Its title.
        title: String,
    },
}

macro_rules! pattern {
    ($name:ident, $regex:literal) => {
        static $name: LazyLock<Regex> =
            LazyLock::new(|| Regex::new($regex).expect("a constant pattern"));
    };
}

// `S01E02`, `s1.e2`, `S01E01E02`, `T1E2`; the first episode of a double one counts.
pattern!(
    SEASON_EPISODE,
    r"(?i)(?:^|[^\p{L}\p{N}])[st](\d{1,4})[ ._-]*ep?(\d{1,4})(?:[ ._-]*(?:-|e|ep)+\d{1,4})*(?:[^\p{L}\p{N}]|$)"
);
pattern!(
    CROSS,
    r"(?i)(?:^|[^\p{L}\p{N}])(\d{1,2})x(\d{1,3})(?:[^\p{L}\p{N}]|$)"
);
pattern!(
    WORDS,
    r"(?i)(?:season|temporada|staffel|saison|시즌)\s*(\d{1,3})\s*[,._ -]*\s*(?:episode|episodio|episódio|folge|ep\.?|제)?\s*(\d{1,4})\s*(?:화|회)?(?:[^\p{L}\p{N}]|$)"
);
pattern!(
    CJK_BOTH,
    r"第\s*(\d{1,3})\s*季\s*第\s*(\d{1,4})\s*[集话話回期]"
);
pattern!(
    CJK_EPISODE,
    r"(?:第|제)?\s*(\d{1,4})\s*(?:集|话|話|回|화|회)(?:[^\p{L}\p{N}]|$)"
);
pattern!(
    EPISODE,
    r"(?i)(?:^|[^\p{L}\p{N}])(?:e|ep|episode|episodio|episódio|capitulo|capítulo|folge)[ ._-]*(\d{1,4})(?:[^\p{L}\p{N}]|$)"
);
pattern!(
    DATE,
    r"(?:^|[^\d])((?:19|20)\d{2})[-._ ](0[1-9]|1[0-2])[-._ ](0[1-9]|[12]\d|3[01])(?:[^\d]|$)"
);
pattern!(
    ABSOLUTE,
    r"(?:^|\s)-\s(\d{1,4})(v\d)?(?:\s*(?:-\s.*|[\[(].*)|\s*)$"
);
pattern!(LEADING, r"^(\d{1,4})(v\d)?(?:[ ._-]+|$)");
pattern!(
    SEASON_FOLDER,
    r"(?i)^(?:season|series|temporada|staffel|saison|stagione|시즌|s)[ ._-]*(\d{1,4})(?:\s.*)?$"
);
pattern!(SEASON_FOLDER_CJK, r"^第\s*(\d{1,3})\s*[季部]");
pattern!(
    SPECIALS,
    r"(?i)^(?:specials?|especiales|especiais|스페셜|特别篇|特別篇|season 0+)$"
);
pattern!(
    EXTRAS_FOLDER,
    r"(?i)^(?:trailers?|extras?|featurettes?|behind the scenes|deleted scenes|interviews|scenes|shorts|clips|예고편|花絮)$"
);
pattern!(
    EXTRA_SUFFIX,
    r"(?i)[ ._-](?:trailer|featurette|behindthescenes|deleted|interview|scene|short|teaser|clip)\d*$"
);
pattern!(YEAR, r"[(\[]((?:18|19|20)\d{2})[)\]]");
pattern!(BARE_YEAR, r"(?:^|[ ._-])((?:19|20)\d{2})(?:[ ._-]|$)");
pattern!(BRACKETS, r"[\[【(][^\])】]*[\])】]");
// The first of these words ends the title of a release name.
pattern!(
    RELEASE_TAG,
    r"(?i)(?:^|[ ._\-\[(])(?:4320p|2160p|1440p|1080[pi]|720p|576p|540p|480p|360p|240p|4k|8k|uhd|hdr10?|dv|bluray|blu-ray|bdrip|brrip|web-?dl|webrip|web|hdtv|hdrip|dvdrip|dvd|remux|x26[45]|h\.?26[45]|hevc|avc|av1|aac|ac3|eac3|dts|flac|10bit|8bit|proper|repack|extended|unrated|multi|dual)(?:$|[ ._\-\])])"
);

/// Whether a file is a sample that releases come with.
#[must_use]
pub fn is_sample(stem: &str) -> bool {
    let lower = stem.to_lowercase();
    lower == "sample"
        || lower.ends_with("-sample")
        || lower.ends_with(".sample")
        || lower.starts_with("sample-")
}

/// The part of a media file's name that files beside it begin with: everything in front of its release tags.
#[must_use]
pub fn base(stem: &str) -> &str {
    let head = RELEASE_TAG
        .find(stem)
        .map_or(stem, |found| stem.get(..found.start()).unwrap_or(stem));
    let head = head.trim_end_matches([' ', '-', '.', '_', '[', '(']);
    if head.is_empty() { stem } else { head }
}

/// The number of a season folder.
#[must_use]
pub fn season_folder(name: &str) -> Option<i64> {
    let name = name.trim();
    if SPECIALS.is_match(name) {
        return Some(0);
    }
    let found = SEASON_FOLDER
        .captures(name)
        .or_else(|| SEASON_FOLDER_CJK.captures(name))?;
    found.get(1)?.as_str().parse().ok()
}

/// Recognises a media file by the folders above it (outermost first) and its name without the extension.
#[must_use]
pub fn recognise(folders: &[&str], stem: &str) -> Recognised {
    let (parent, above) = folders
        .split_last()
        .map_or((None, folders), |(last, rest)| (Some(*last), rest));
    if let Some(found) = parent
        .filter(|parent| EXTRAS_FOLDER.is_match(parent))
        .map(|_| clean(stem))
    {
        let (owner, _) = titled(above.last().copied().unwrap_or_default());
        let title = if owner.is_empty() || found.contains(&owner) {
            found
        } else {
            format!("{owner}: {found}")
        };
        return Recognised::Clip { title };
    }
    if let Some(found) = EXTRA_SUFFIX.find(stem) {
        let (owner, _) = titled(stem.get(..found.start()).unwrap_or_default());
        let what = clean(found.as_str());
        return Recognised::Clip {
            title: format!("{owner}: {what}"),
        };
    }
    let in_season = parent.and_then(season_folder);
    let show_folder = if in_season.is_some() {
        above.last().copied()
    } else {
        None
    };
    episode(folders, stem, in_season, show_folder).unwrap_or_else(|| movie(parent, stem))
}

/// What an episode pattern found: season, number, where the match begins and ends, and a date.
struct Found {
    season: Option<i64>,
    number: i64,
    span: (usize, usize),
    date: Option<String>,
}

fn find_episode(stem: &str, in_season: bool) -> Option<Found> {
    for pattern in [&SEASON_EPISODE, &CROSS, &CJK_BOTH, &WORDS] {
        if let Some(found) = pattern.captures(stem) {
            let number = |n: usize| found.get(n).and_then(|m| m.as_str().parse::<i64>().ok());
            let whole = found.get(0)?;
            // A picture size such as 1920x1080 is no episode: the pattern allows two and three digits only.
            return Some(Found {
                season: number(1),
                number: number(2)?,
                span: (whole.start(), whole.end()),
                date: None,
            });
        }
    }
    if let Some(found) = DATE.captures(stem) {
        let part = |n: usize| found.get(n).map_or("", |m| m.as_str());
        let (year, month, day) = (part(1), part(2), part(3));
        let number = month.parse::<i64>().ok()? * 100 + day.parse::<i64>().ok()?;
        let span = (found.get(1)?.start(), found.get(3)?.end());
        return Some(Found {
            season: year.parse().ok(),
            number,
            span,
            date: Some(format!("{year}-{month}-{day}")),
        });
    }
    for pattern in [&*CJK_EPISODE, &*EPISODE] {
        if let Some(found) = pattern.captures(stem) {
            let whole = found.get(0)?;
            return Some(Found {
                season: None,
                number: found.get(1)?.as_str().parse().ok()?,
                span: (whole.start(), whole.end()),
                date: None,
            });
        }
    }
    let bare = if in_season {
        LEADING.captures(stem).or_else(|| ABSOLUTE.captures(stem))
    } else {
        ABSOLUTE.captures(stem)
    }?;
    let digits = bare.get(1)?;
    let number: i64 = digits.as_str().parse().ok()?;
    // "Blade Runner - 2049" and the like are titles with a year-like number, not episodes.
    if !in_season && number > 1900 {
        return None;
    }
    let end = bare.get(2).map_or(digits.end(), |version| version.end());
    Some(Found {
        season: None,
        number,
        span: (bare.get(0)?.start(), end),
        date: None,
    })
}

fn episode(
    folders: &[&str],
    stem: &str,
    in_season: Option<i64>,
    show_folder: Option<&str>,
) -> Option<Recognised> {
    let found = find_episode(stem, in_season.is_some())?;
    let before = stem.get(..found.span.0).unwrap_or_default();
    let after = stem.get(found.span.1..).unwrap_or_default();
    let (named, named_year) = titled(before);
    let folder = show_folder.or_else(|| folders.last().copied().filter(|_| in_season.is_none()));
    let (mut show, mut year) = folder.map(titled).unwrap_or_default();
    // Without a folder of its own, or in one that holds many shows, the name in front tells.
    let shared_folder = in_season.is_none() && !named.is_empty() && !same(&named, &show);
    if show.is_empty() || shared_folder {
        (show, year) = (named, named_year);
    }
    if show.is_empty() {
        return None;
    }
    let title = clean(after);
    Some(Recognised::Episode {
        show,
        year,
        season: found.season.or(in_season).unwrap_or(1),
        number: found.number,
        title: Some(title).filter(|title| !title.is_empty()),
        date: found.date,
    })
}

fn same(a: &str, b: &str) -> bool {
    let plain = |text: &str| {
        text.chars()
            .filter(|c| c.is_alphanumeric())
            .flat_map(char::to_lowercase)
            .collect::<String>()
    };
    plain(a) == plain(b)
}

fn movie(parent: Option<&str>, stem: &str) -> Recognised {
    let (title, year) = titled(stem);
    // `Title (2020)/film.mkv`: a folder with a year knows better than a file without one.
    if (year.is_none() || title.is_empty())
        && let Some((folder, Some(folder_year))) = parent.map(titled)
        && !folder.is_empty()
    {
        return Recognised::Movie {
            title: folder,
            year: Some(folder_year),
        };
    }
    let title = if title.is_empty() {
        stem.trim().to_owned()
    } else {
        title
    };
    Recognised::Movie { title, year }
}

/// Title and year of a name such as `Title (2020) [1080p]` or `Title.2020.1080p.WEB`.
#[must_use]
pub fn titled(name: &str) -> (String, Option<i32>) {
    let year_of = |text: &str| text.parse::<i32>().ok();
    if let Some(found) = YEAR.captures(name) {
        let at = found.get(0).map_or(0, |m| m.start());
        let title = clean(name.get(..at).unwrap_or_default());
        if !title.is_empty() {
            return (title, found.get(1).and_then(|m| year_of(m.as_str())));
        }
    }
    let tag = RELEASE_TAG.find(name).map_or(name.len(), |m| m.start());
    let head = name.get(..tag).unwrap_or(name);
    // A bare year counts only in front of release tags, and not as the whole title ("1917", "2012").
    if tag < name.len()
        && let Some(found) = BARE_YEAR.captures_iter(head).last()
    {
        let at = found.get(1).map_or(0, |m| m.start());
        let title = clean(head.get(..at).unwrap_or_default());
        if !title.is_empty() {
            return (title, found.get(1).and_then(|m| year_of(m.as_str())));
        }
    }
    (clean(name), None)
}

/// A name for people: brackets and release tags gone, dots and underscores to spaces.
fn clean(text: &str) -> String {
    let text = BRACKETS.replace_all(text, " ");
    let tag = RELEASE_TAG.find(&text).map_or(text.len(), |m| m.start());
    let text = text.get(..tag).unwrap_or(&text);
    // Dots stand for spaces only in names without spaces; "Dr. Strange" keeps its own.
    let dotted = !text.trim().contains(' ');
    let spaced: String = text
        .chars()
        .map(|c| {
            if c == '_' || (dotted && c == '.') {
                ' '
            } else {
                c
            }
        })
        .collect();
    let words: Vec<&str> = spaced.split_whitespace().collect();
    words
        .join(" ")
        .trim_matches(|c: char| matches!(c, '-' | '–' | '.' | ',' | ' '))
        .to_owned()
}

#[cfg(test)]
mod tests {
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
}
