//! Names for people: titles and years without the tags that releases carry.

use super::pattern;

pattern!(YEAR, r"[(\[]((?:18|19|20)\d{2})[)\]]");
pattern!(BARE_YEAR, r"(?:^|[ ._-])((?:19|20)\d{2})(?:[ ._-]|$)");
pattern!(BRACKETS, r"[\[【(][^\])】]*[\])】]");
// The first of these words ends the title of a release name.
pattern!(
    RELEASE_TAG,
    r"(?i)(?:^|[ ._\-\[(])(?:4320p|2160p|1440p|1080[pi]|720p|576p|540p|480p|360p|240p|4k|8k|uhd|hdr10?|dv|bluray|blu-ray|bdrip|brrip|web-?dl|webrip|web|hdtv|hdrip|dvdrip|dvd|remux|x26[45]|h\.?26[45]|hevc|avc|av1|aac|ac3|eac3|dts|flac|10bit|8bit|proper|repack|extended|unrated|multi|dual)(?:$|[ ._\-\])])"
);

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
pub(super) fn clean(text: &str) -> String {
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

/// The part of a media file's name that files beside it begin with: everything in front of its release tags.
#[must_use]
pub fn base(stem: &str) -> &str {
    let head = RELEASE_TAG
        .find(stem)
        .map_or(stem, |found| stem.get(..found.start()).unwrap_or(stem));
    let head = head.trim_end_matches([' ', '-', '.', '_', '[', '(']);
    if head.is_empty() { stem } else { head }
}

/// Whether two names differ in nothing but case, spaces and punctuation.
pub(super) fn same(a: &str, b: &str) -> bool {
    let plain = |text: &str| {
        text.chars()
            .filter(|c| c.is_alphanumeric())
            .flat_map(char::to_lowercase)
            .collect::<String>()
    };
    plain(a) == plain(b)
}
