//! The rules of RFC 8216 that our playlists are subject to.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use marquee_packager::{Index, TrackKind};

/// Checks every playlist written for a file, and that segments join without gaps.
pub(crate) fn check_folder(dir: &Path, index: &Index) {
    for track in index.tracks().iter().filter(|track| track.is_media()) {
        let dir = dir.join(format!("{}{}", track.letter(), track.id));
        let read = |name: &str| std::fs::read_to_string(dir.join(name)).expect("written before");
        let durations = media(&read("index.m3u8"), false);
        let exists = |name: String| {
            assert!(
                dir.join(&name).metadata().is_ok_and(|file| file.len() > 0),
                "{name}"
            );
        };
        (0..durations.len()).for_each(|n| exists(format!("{n}.m4s")));
        joined(&dir, durations.len());
        let total: f64 = durations.iter().sum();
        let samples: Vec<_> = track.samples().collect();
        let first = samples.iter().map(|sample| sample.pts()).min().unwrap_or(0);
        let last = samples
            .iter()
            .map(|sample| sample.pts() + i64::from(sample.duration))
            .max()
            .unwrap_or(0);
        let scale = f64::from(track.timescale);
        let span = (last - first) as f64 / scale;
        // A late start counts into the first segment, so the sum may be longer, never shorter.
        assert!(
            total > span - 0.01,
            "EXTINF add up to {total}, the track lasts {span}"
        );
        if matches!(track.kind, TrackKind::Video { .. }) {
            let keys = media(&read("iframes.m3u8"), true);
            assert_eq!(
                keys.len(),
                samples.iter().filter(|sample| sample.key).count()
            );
            (0..keys.len()).for_each(|n| exists(format!("k{n}.m4s")));
        }
    }
}

/// Each segment must be decoded exactly where the one before it ends: players leave gaps as they
/// find them.
fn joined(dir: &Path, segments: usize) {
    let mut expected: Option<u64> = None;
    for n in 0..segments {
        let data = std::fs::read(dir.join(format!("{n}.m4s"))).expect("written before");
        let (begin, length) = decode_span(&data);
        if let Some(expected) = expected {
            assert_eq!(begin, expected, "{}/{n}.m4s", dir.display());
        }
        expected = Some(begin + length);
    }
}

/// `tfdt`, and the sum of sample durations.
fn decode_span(segment: &[u8]) -> (u64, u64) {
    let word = |at: usize| u32::from_be_bytes(segment[at..at + 4].try_into().expect("four bytes"));
    let moof_end = word(0) as usize;
    let (mut begin, mut length, mut default) = (0, 0, 0);
    // moof, mfhd, then the content of the only traf.
    let mut at = 8 + word(8) as usize + 8;
    while at < moof_end {
        let (size, kind, flags) = (word(at) as usize, &segment[at + 4..at + 8], word(at + 8));
        match kind {
            b"tfhd" if flags & 8 != 0 => default = word(at + 16),
            b"tfdt" => begin = (u64::from(word(at + 12)) << 32) | u64::from(word(at + 16)),
            b"trun" => {
                let count = word(at + 12) as usize;
                let rows = at + 20 + if flags & 4 != 0 { 4 } else { 0 };
                let width = (flags & 0xF00).count_ones() as usize * 4;
                for row in 0..count {
                    let own = (flags & 0x100 != 0).then(|| word(rows + row * width));
                    length += u64::from(own.unwrap_or(default));
                }
            }
            _ => {}
        }
        at += size;
    }
    (begin, length)
}

/// Checks a media playlist; gives its durations.
pub(crate) fn media(playlist: &str, is_iframes: bool) -> Vec<f64> {
    let lines: Vec<&str> = playlist.lines().collect();
    assert_eq!(lines.first(), Some(&"#EXTM3U"), "4.3.1.1");
    assert_eq!(
        lines.last(),
        Some(&"#EXT-X-ENDLIST"),
        "a VOD playlist is complete"
    );
    let count = |tag: &str| lines.iter().filter(|line| line.starts_with(tag)).count();
    for tag in [
        "#EXT-X-VERSION:",
        "#EXT-X-TARGETDURATION:",
        "#EXT-X-PLAYLIST-TYPE:VOD",
        "#EXT-X-MAP:",
    ] {
        assert_eq!(count(tag), 1, "{tag}");
    }
    assert_eq!(count("#EXT-X-I-FRAMES-ONLY"), usize::from(is_iframes));
    let value = |tag: &str| {
        lines
            .iter()
            .find_map(|line| line.strip_prefix(tag))
            .expect("checked above")
    };
    let version: u32 = value("#EXT-X-VERSION:").parse().expect("a number");
    assert!(
        version >= 6,
        "EXT-X-MAP without I-FRAMES-ONLY needs version 6 (section 7)"
    );
    let target: f64 = value("#EXT-X-TARGETDURATION:")
        .parse::<u32>()
        .expect("an integer")
        .into();
    assert!(value("#EXT-X-MAP:").starts_with("URI=\""), "4.3.2.5");
    let mut durations = Vec::new();
    let mut pending = None;
    for line in &lines {
        if let Some(duration) = line.strip_prefix("#EXTINF:") {
            assert!(pending.is_none(), "two EXTINF for one segment");
            let duration: f64 = duration
                .split(',')
                .next()
                .and_then(|text| text.parse().ok())
                .expect("a duration");
            assert!(
                duration.round() <= target,
                "4.3.3.1: {duration} rounds above {target}"
            );
            pending = Some(duration);
        } else if !line.starts_with('#') {
            durations.push(pending.take().expect("every segment has EXTINF (4.3.2.1)"));
        }
    }
    assert!(!durations.is_empty(), "a playlist without segments");
    durations
}

/// Attributes of a tag (4.2): quoted strings, or anything up to a comma.
pub(crate) fn attributes(line: &str) -> BTreeMap<String, String> {
    let mut rest = line.split_once(':').map_or("", |(_, rest)| rest);
    let mut found = BTreeMap::new();
    while !rest.is_empty() {
        let (name, after) = rest.split_once('=').expect("a name and a value");
        assert!(
            name.bytes()
                .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'-'),
            "{name}"
        );
        let (value, after) = match after.strip_prefix('"') {
            Some(quoted) => {
                let (value, after) = quoted.split_once('"').expect("a closing quote");
                (
                    format!("\"{value}"),
                    after.strip_prefix(',').unwrap_or(after),
                )
            }
            None => {
                let (value, after) = after.split_once(',').unwrap_or((after, ""));
                (value.to_owned(), after)
            }
        };
        assert!(
            found.insert(name.to_owned(), value).is_none(),
            "{name} twice (4.2)"
        );
        rest = after;
    }
    found
}

/// Checks a multivariant playlist; gives every address in it.
pub(crate) fn multivariant(playlist: &str) -> Vec<String> {
    let lines: Vec<&str> = playlist.lines().collect();
    assert_eq!(lines.first(), Some(&"#EXTM3U"));
    let mut addresses = Vec::new();
    let mut groups: BTreeMap<(String, String), Vec<BTreeMap<String, String>>> = BTreeMap::new();
    for line in lines
        .iter()
        .filter(|line| line.starts_with("#EXT-X-MEDIA:"))
    {
        let media = attributes(line);
        for required in ["TYPE", "GROUP-ID", "NAME"] {
            assert!(
                media.contains_key(required),
                "4.3.4.1: {required} in {line}"
            );
        }
        if media["TYPE"] == "AUDIO" {
            assert!(media.contains_key("CHANNELS"), "{line}");
        }
        if media.get("DEFAULT").is_some_and(|value| value == "YES") {
            assert_eq!(
                media.get("AUTOSELECT").map(String::as_str),
                Some("YES"),
                "4.3.4.1: {line}"
            );
        }
        assert!(
            media["TYPE"] == "SUBTITLES" || !media.contains_key("FORCED"),
            "4.3.4.1: {line}"
        );
        addresses.extend(
            media
                .get("URI")
                .map(|uri| uri.trim_start_matches('"').to_owned()),
        );
        groups
            .entry((media["TYPE"].clone(), media["GROUP-ID"].clone()))
            .or_default()
            .push(media);
    }
    for (id, members) in &groups {
        let names: BTreeSet<_> = members.iter().map(|member| &member["NAME"]).collect();
        assert_eq!(names.len(), members.len(), "4.3.4.1.1: names in {id:?}");
        let defaults = members
            .iter()
            .filter(|member| member.get("DEFAULT").is_some_and(|value| value == "YES"))
            .count();
        assert!(defaults <= 1, "4.3.4.1.1: defaults in {id:?}");
    }
    let mut variants = 0;
    for (at, line) in lines.iter().enumerate() {
        let is_iframe = line.starts_with("#EXT-X-I-FRAME-STREAM-INF:");
        if !is_iframe && !line.starts_with("#EXT-X-STREAM-INF:") {
            continue;
        }
        let stream = attributes(line);
        let number = |name: &str| stream[name].parse::<u64>().expect("a decimal integer");
        assert!(number("BANDWIDTH") >= number("AVERAGE-BANDWIDTH"), "{line}");
        assert!(stream["CODECS"].len() > 4, "{line}");
        for kind in ["AUDIO", "SUBTITLES"] {
            if let Some(id) = stream.get(kind) {
                assert!(
                    groups.contains_key(&(kind.to_owned(), id.clone())),
                    "4.3.4.2: {kind} in {line}"
                );
            }
        }
        if is_iframe {
            addresses.push(stream["URI"].trim_start_matches('"').to_owned());
        } else {
            variants += 1;
            let address = lines
                .get(at + 1)
                .filter(|next| !next.starts_with('#'))
                .expect("4.3.4.2: an address follows");
            addresses.push((*address).to_owned());
        }
    }
    assert!(variants > 0, "no variant");
    addresses
}
