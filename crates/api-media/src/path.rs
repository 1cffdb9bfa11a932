//! What a media path asks for, as a pure function.

/// A thing that can be asked for below a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked<'a> {
    /// `master.m3u8`.
    Multivariant,
    /// `f0-<revision>/v1/…`: something of a track of a rendition.
    Track {
        file: usize,
        revision: &'a str,
        track: u32,
        what: Piece,
    },
    /// `f0-<revision>/c1/…`: something of a track's sound made into AAC.
    Transcoded {
        file: usize,
        revision: &'a str,
        track: u32,
        what: Piece,
    },
    /// `s0-<revision>/…`: something of a side-car subtitle.
    SideCar {
        file: usize,
        revision: &'a str,
        what: Piece,
    },
    /// `original/0/name.mp4`.
    Original { file: usize },
}

/// A part of a track.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Piece {
    /// `index.m3u8`.
    Playlist,
    /// `iframes.m3u8`.
    KeyFrames,
    /// `init.mp4`.
    Init,
    /// `7.m4s`.
    Segment(u32),
    /// `k7.m4s`.
    KeyFrame(u32),
    /// `7.vtt`.
    Text(u32),
}

/// Reads a path.
pub(crate) fn parse(path: &str) -> Option<Asked<'_>> {
    if path == "master.m3u8" {
        return Some(Asked::Multivariant);
    }
    let (first, rest) = path.split_once('/')?;
    if first == "original" {
        let (file, _name) = rest.split_once('/')?;
        return Some(Asked::Original {
            file: number(file)? as usize,
        });
    }
    let (file, revision) = first.split_once('-')?;
    if let Some(file) = file.strip_prefix('s') {
        return Some(Asked::SideCar {
            file: number(file)? as usize,
            revision,
            what: piece(rest)?,
        });
    }
    let file = number(file.strip_prefix('f')?)? as usize;
    let (track, rest) = rest.split_once('/')?;
    if let Some(track) = track.strip_prefix('c') {
        return Some(Asked::Transcoded {
            file,
            revision,
            track: number(track)?,
            what: piece(rest)?,
        });
    }
    let track = number(track.strip_prefix(['v', 'a', 't'])?)?;
    Some(Asked::Track {
        file,
        revision,
        track,
        what: piece(rest)?,
    })
}

fn piece(name: &str) -> Option<Piece> {
    let (stem, extension) = name.split_once('.')?;
    match (stem, extension) {
        ("index", "m3u8") => Some(Piece::Playlist),
        ("iframes", "m3u8") => Some(Piece::KeyFrames),
        ("init", "mp4") => Some(Piece::Init),
        (stem, "m4s") => match stem.strip_prefix('k') {
            Some(stem) => number(stem).map(Piece::KeyFrame),
            None => number(stem).map(Piece::Segment),
        },
        (stem, "vtt") => number(stem).map(Piece::Text),
        _ => None,
    }
}

/// A number as we write it: digits only, no leading zero, so that each thing has one address.
fn number(text: &str) -> Option<u32> {
    let plain = text.bytes().all(|b| b.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    plain.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_thing_has_one_address() {
        let check =
            |path: &str, expected: Option<Asked<'_>>| assert_eq!(parse(path), expected, "{path}");
        check("master.m3u8", Some(Asked::Multivariant));
        check(
            "f0-ab/v1/index.m3u8",
            Some(Asked::Track {
                file: 0,
                revision: "ab",
                track: 1,
                what: Piece::Playlist,
            }),
        );
        check(
            "f2-ab/a10/7.m4s",
            Some(Asked::Track {
                file: 2,
                revision: "ab",
                track: 10,
                what: Piece::Segment(7),
            }),
        );
        check(
            "f2-ab/v1/k0.m4s",
            Some(Asked::Track {
                file: 2,
                revision: "ab",
                track: 1,
                what: Piece::KeyFrame(0),
            }),
        );
        check(
            "s1-ab/3.vtt",
            Some(Asked::SideCar {
                file: 1,
                revision: "ab",
                what: Piece::Text(3),
            }),
        );
        check(
            "f0-ab/c2/3.m4s",
            Some(Asked::Transcoded {
                file: 0,
                revision: "ab",
                track: 2,
                what: Piece::Segment(3),
            }),
        );
        check("original/0/film.mp4", Some(Asked::Original { file: 0 }));
        for bad in [
            "",
            "x",
            "f0-ab/v1/07.m4s",
            "f0/v1/7.m4s",
            "f0-ab/v1/../x",
            "f0-ab/v1/-1.m4s",
            "f0-ab/x1/1.m4s",
            "f99999999999-a/v1/1.m4s",
            "original/x/y",
            "f0-ab/v1/+1.m4s",
        ] {
            check(bad, None);
        }
    }
}
