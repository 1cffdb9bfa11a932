//! NFO files: XML that media managers leave beside media. Total: anything gives facts or nothing.

use quick_xml::Reader;
use quick_xml::events::Event;

/// Largest file that is read, in bytes.
const MAX_BYTES: u64 = 1 << 20;
/// Longest text of one member, in characters; longer ones are cut.
const MAX_TEXT: usize = 20_000;
/// Most entries of one list.
const MAX_LIST: usize = 100;
/// Deepest nesting.
const MAX_DEPTH: usize = 32;

/// What an NFO file says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Nfo {
    /// Title.
    pub title: Option<String>,
    /// Title in the language the work was made in.
    pub original_title: Option<String>,
    /// Synopsis.
    pub plot: Option<String>,
    /// Year of release.
    pub year: Option<i32>,
    /// Day of release, `YYYY-MM-DD`.
    pub date: Option<String>,
    /// Rating label.
    pub age_rating: Option<String>,
    /// Genres.
    pub genres: Vec<String>,
    /// Tags.
    pub tags: Vec<String>,
    /// Actors in billing order.
    pub actors: Vec<String>,
    /// Directors.
    pub directors: Vec<String>,
    /// Writers.
    pub writers: Vec<String>,
    /// Season number.
    pub season: Option<i64>,
    /// Episode number.
    pub episode: Option<i64>,
}

/// Reads a file; none when it is too large or not there.
#[must_use]
pub fn read(path: &std::path::Path) -> Option<Nfo> {
    let meta = std::fs::metadata(path).ok()?;
    (meta.is_file() && meta.len() <= MAX_BYTES)
        .then(|| std::fs::read(path).ok())
        .flatten()
        .and_then(|bytes| parse(&bytes))
}

/// Parses the bytes of a file; none when it is not such XML (some NFO files only hold an address).
#[must_use]
pub fn parse(bytes: &[u8]) -> Option<Nfo> {
    let text = String::from_utf8_lossy(bytes);
    let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}'));
    let config = reader.config_mut();
    config.check_end_names = false;
    let mut nfo = Nfo::default();
    let mut path: Vec<String> = Vec::new();
    let mut content = String::new();
    let mut known_root = false;
    loop {
        match reader.read_event() {
            Ok(Event::Start(start)) => {
                let name = start.local_name().as_ref().to_lowercase();
                if path.is_empty() {
                    known_root = matches!(
                        name.as_str(),
                        "movie" | "tvshow" | "season" | "episodedetails" | "musicvideo"
                    );
                }
                path.push(name);
                content.clear();
                if path.len() > MAX_DEPTH {
                    break;
                }
            }
            Ok(Event::Text(piece)) => append(&mut content, &piece),
            Ok(Event::CData(piece)) => append(&mut content, &piece),
            Ok(Event::GeneralRef(entity)) => {
                let name: &str = &entity;
                let resolved = entity.resolve_char_ref().ok().flatten().map(String::from);
                let named = quick_xml::escape::resolve_predefined_entity(name).map(str::to_owned);
                append(&mut content, &resolved.or(named).unwrap_or_default());
            }
            Ok(Event::End(_)) => {
                let parts: Vec<&str> = path.iter().skip(1).map(String::as_str).collect();
                if known_root {
                    take(&mut nfo, &parts, content.trim());
                }
                content.clear();
                path.pop();
                if path.is_empty() {
                    break; // What follows the first root is not ours (double episodes hold several).
                }
            }
            Ok(Event::Eof) | Err(_) => break,
            Ok(_) => {}
        }
    }
    (known_root && nfo != Nfo::default()).then_some(nfo)
}

fn append(content: &mut String, piece: &str) {
    let left = MAX_TEXT.saturating_sub(content.chars().count());
    content.extend(piece.chars().filter(|c| *c != '\0').take(left));
}

fn take(nfo: &mut Nfo, path: &[&str], text: &str) {
    if text.is_empty() {
        return;
    }
    let own = || Some(text.to_owned());
    let push = |list: &mut Vec<String>| {
        if list.len() < MAX_LIST && text.chars().count() <= 500 {
            list.push(text.to_owned());
        }
    };
    match path {
        ["title"] if text.chars().count() <= 500 => nfo.title = own(),
        ["originaltitle"] if text.chars().count() <= 500 => nfo.original_title = own(),
        ["plot"] => nfo.plot = own(),
        ["outline"] if nfo.plot.is_none() => nfo.plot = own(),
        ["year"] => {
            nfo.year = text
                .parse()
                .ok()
                .filter(|year| (1800..=9999).contains(year));
        }
        ["premiered" | "aired" | "releasedate"]
            if marquee_domain::clock::parse_rfc3339(text).is_some() && text.len() == 10 =>
        {
            nfo.date = own();
        }
        ["mpaa" | "certification"] if text.chars().count() <= 40 => nfo.age_rating = own(),
        ["genre"] => push(&mut nfo.genres),
        ["tag"] => push(&mut nfo.tags),
        ["actor", "name"] => push(&mut nfo.actors),
        ["director"] => push(&mut nfo.directors),
        ["credits" | "writer"] => push(&mut nfo.writers),
        ["season" | "seasonnumber"] => {
            nfo.season = text.parse().ok().filter(|n| (0..=1_000_000).contains(n));
        }
        ["episode"] => nfo.episode = text.parse().ok().filter(|n| (0..=1_000_000).contains(n)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_film_is_read() {
        let nfo = parse(
            b"\xef\xbb\xbf<?xml version=\"1.0\"?><movie><title>Tom &amp; Ann&#233;</title><year>2020</year><plot><![CDATA[A <b>film</b>.]]></plot>\
              <genre>Drama</genre><genre>Sea</genre><actor><name>Kim Doe</name><role>Ann</role></actor><director>Lee Roe</director>\
              <premiered>2020-05-17</premiered><mpaa>15</mpaa></movie>",
        )
        .unwrap();
        assert_eq!(nfo.title.as_deref(), Some("Tom & Ann\u{e9}"));
        assert_eq!(nfo.plot.as_deref(), Some("A <b>film</b>."));
        assert_eq!(
            (nfo.year, nfo.date.as_deref()),
            (Some(2020), Some("2020-05-17"))
        );
        assert_eq!(
            (
                nfo.genres.len(),
                nfo.actors.as_slice(),
                nfo.directors.as_slice()
            ),
            (2, &["Kim Doe".to_owned()][..], &["Lee Roe".to_owned()][..])
        );
    }

    #[test]
    fn other_files_give_nothing() {
        for other in [
            &b"https://www.example.com/title/tt1"[..],
            b"",
            b"<html><title>x</title></html>",
            b"<movie></movie>",
            b"\xff\xfe\x00",
        ] {
            assert_eq!(parse(other), None);
        }
        let deep = "<movie>".repeat(10_000);
        assert_eq!(parse(deep.as_bytes()), None);
        // Entities that refer to themselves are not expanded at all.
        let bomb = b"<!DOCTYPE x [<!ENTITY a \"&a;&a;\">]><movie><title>&a;&a;x</title></movie>";
        assert_eq!(parse(bomb).unwrap().title.as_deref(), Some("x"));
    }

    proptest! {
        #[test]
        fn any_bytes_are_survived(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            let _ = parse(&bytes);
        }

        #[test]
        fn any_tags_are_survived(text in "(<(/)?(movie|title|plot|actor|name)>|[a-z&;<>]{0,5}){0,60}") {
            let _ = parse(text.as_bytes());
        }
    }
}
