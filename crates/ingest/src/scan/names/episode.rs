//! Episode numbers and dates in names.

use super::clean::{clean, same, titled};
use super::{Recognised, pattern};

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

/// Recognises an episode: its number, and from the folders or what stands in front of the number, its show.
pub(super) fn episode(
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
