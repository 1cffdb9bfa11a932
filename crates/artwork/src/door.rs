//! The door: what pictures have to be to come in.

use std::time::Duration;

use bytes::Bytes;

use crate::decode::{MAX_SIDE, decode, header};
use crate::name::{Kind, PictureName};
use crate::placeholder::placeholder;
use crate::thread::{Lost, within};

/// Largest picture file, in bytes.
pub const MAX_BYTES: usize = 20 << 20;

/// Longest time that looking at one picture takes.
pub(crate) const MAX_TIME: Duration = Duration::from_secs(20);

/// Why a picture does not come in. Sentences are fit for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// More bytes than allowed, or none.
    #[error("the picture is not a file of at most {} MiB", MAX_BYTES >> 20)]
    Bytes,
    /// Drawings can carry scripts and addresses.
    #[error("the picture is SVG, which is not taken because it can carry scripts")]
    Svg,
    /// Another kind of file, whatever it is called.
    #[error("the picture is not JPEG, PNG, WebP or GIF")]
    Kind,
    /// Too large to decode.
    #[error(
        "the picture has more than {MAX_SIDE} pixels on a side, or more than 50 million in all"
    )]
    TooManyPixels,
    /// It cannot be decoded to its end.
    #[error("the picture is damaged")]
    Damaged,
    /// Decoding took too long.
    #[error("the picture takes too long to decode")]
    TooSlow,
}

/// A picture that may come in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// The name of its bytes.
    pub name: PictureName,
    /// Width as it is seen, in pixels.
    pub width: u32,
    /// Height as it is seen, in pixels.
    pub height: u32,
    /// Its ThumbHash in base64.
    pub placeholder: String,
}

/// Looks at all of a picture. Blocking, for at most twenty seconds.
///
/// # Errors
/// When it may not come in.
pub fn look(bytes: &Bytes) -> Result<Seen, Fault> {
    look_within(bytes, MAX_TIME)
}

fn look_within(bytes: &Bytes, time: Duration) -> Result<Seen, Fault> {
    if bytes.is_empty() || bytes.len() > MAX_BYTES {
        return Err(Fault::Bytes);
    }
    let kind = Kind::of(bytes).ok_or_else(|| {
        if is_svg(bytes) {
            Fault::Svg
        } else {
            Fault::Kind
        }
    })?;
    let shared = bytes.clone();
    within(time, move || examine(&shared, kind)).map_err(|lost| match lost {
        Lost::TooLong => Fault::TooSlow,
        Lost::Broken => Fault::Damaged,
    })?
}

/// What [`look`] does on its thread; also what is fuzzed.
fn examine(bytes: &[u8], kind: Kind) -> Result<Seen, Fault> {
    let header = header(bytes, kind)?;
    if kind == Kind::Jpeg && !jpeg_ends(bytes) {
        return Err(Fault::Damaged);
    }
    let pixels = decode(bytes, kind)?;
    let placeholder = placeholder(&pixels).ok_or(Fault::Damaged)?;
    Ok(Seen {
        name: PictureName::of(bytes, kind),
        width: header.width,
        height: header.height,
        placeholder,
    })
}

/// Whether a JPEG goes on to its end: the decoder paints what is missing grey, and says nothing.
fn jpeg_ends(bytes: &[u8]) -> bool {
    let mut at = 2;
    // Segments up to the first scan: an end inside one of them is that of an embedded preview.
    while let Some(&[0xff, marker]) = bytes.get(at..at + 2) {
        match marker {
            0xda => {
                let scans = bytes.get(at + 2..).unwrap_or_default();
                return scans.windows(2).any(|pair| pair == [0xff, 0xd9]);
            }
            // Fill bytes, and markers that stand alone.
            0xff => at += 1,
            0x01 | 0xd0..=0xd8 => at += 2,
            _ => {
                let Some(&[high, low]) = bytes.get(at + 2..at + 4) else {
                    return false;
                };
                at += 2 + usize::from(u16::from_be_bytes([high, low]));
            }
        }
    }
    false
}

/// Whether bytes look like markup; only the message depends on it.
fn is_svg(bytes: &[u8]) -> bool {
    let start = String::from_utf8_lossy(bytes.get(..4096.min(bytes.len())).unwrap_or_default());
    let start = start.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    start.starts_with('<') && start.to_ascii_lowercase().contains("<svg")
}

/// Looks at any bytes without bounds on time, and makes copies of what comes in: the function that is fuzzed.
pub fn exercise(bytes: &[u8]) {
    if bytes.len() > MAX_BYTES {
        return;
    }
    let Some(kind) = Kind::of(bytes) else { return };
    // Small ones find as much, and sooner.
    if header(bytes, kind).is_ok_and(|h| u64::from(h.width) * u64::from(h.height) > 1 << 20) {
        return;
    }
    let Ok(seen) = examine(bytes, kind) else {
        return;
    };
    assert!(
        seen.width >= 1 && seen.height >= 1,
        "an empty picture came in"
    );
    let Ok(pixels) = decode(bytes, kind) else {
        unreachable!("what came in is decoded again");
    };
    assert_eq!(
        (pixels.image.width(), pixels.image.height()),
        (seen.width, seen.height)
    );
    for format in [crate::Format::Webp, crate::Format::Plain] {
        let copy = crate::encode::resized(&pixels, crate::WIDTHS[0]);
        let copy = copy.and_then(|copy| crate::encode::encode(&copy.into_srgb(), format));
        let Some((bytes, kind)) = copy else {
            unreachable!("there is a copy of what came in");
        };
        assert!(header(&bytes, kind).is_ok(), "a copy cannot be read");
    }
}

#[cfg(test)]
mod tests;
