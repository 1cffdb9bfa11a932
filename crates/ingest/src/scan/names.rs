//! What a path says about the media in it: films, series, seasons and episodes as people who run
//! media servers name them. Pure functions of the path, relative to the scanned folder.
//!
//! Understood: `Title (2020)/Title (2020) - 1080p.mkv`, `Title.2020.1080p.BluRay.x264-GROUP.mkv`,
//! `Show/Season 01/S01E02 - Name.mkv`, `Show - 1x02.mkv`, `Show.2020.05.17.mkv`, `[Group] Show - 012.mkv`,
//! `쇼/시즌 1/1화.mp4`, `剧名/第1季/第2集.mkv`, `Serie/Temporada 1/…`, trailers and extras.

mod clean;
mod episode;
#[cfg(test)]
mod tests;

pub use self::clean::{base, titled};

use self::clean::clean;
use self::episode::episode;

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

/// A pattern that is compiled when it is first needed.
macro_rules! pattern {
    ($name:ident, $regex:literal) => {
        static $name: std::sync::LazyLock<regex::Regex> =
            std::sync::LazyLock::new(|| regex::Regex::new($regex).expect("a constant pattern"));
    };
}
use pattern;

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

/// Whether a file is a sample that releases come with.
#[must_use]
pub fn is_sample(stem: &str) -> bool {
    let lower = stem.to_lowercase();
    lower == "sample"
        || lower.ends_with("-sample")
        || lower.ends_with(".sample")
        || lower.starts_with("sample-")
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
