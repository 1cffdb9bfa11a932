//! Subtitles and captions: files and tracks in, WebVTT out.
//!
//! Styling is reduced to what WebVTT players agree on: bold, italic, underline and the place on
//! the screen. What cannot be read is left out cue by cue; a file is refused only as a whole.

mod ass;
mod charset;
mod markup;
mod sami;
mod srt;
mod track;
mod vtt;
mod write;

pub use track::track_cues;
pub use write::{SEGMENT_MS, playlist, segment, segment_at, whole};

/// One caption: shown from `start_ms` until `end_ms`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Cue {
    /// Milliseconds after presentation zero.
    pub start_ms: u64,
    /// Milliseconds after presentation zero; after the start.
    pub end_ms: u64,
    /// WebVTT cue settings, such as `line:0`; may be empty.
    pub settings: String,
    /// WebVTT cue text, escaped, without blank lines.
    pub payload: String,
}

/// How a subtitle file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TextFormat {
    /// W3C WebVTT.
    WebVtt,
    /// SubRip.
    SubRip,
    /// SubStation Alpha, plain or advanced.
    Ass,
    /// Microsoft SAMI.
    Sami,
}

impl TextFormat {
    /// The format a file name's extension stands for.
    #[must_use]
    pub fn from_extension(extension: &str) -> Option<Self> {
        match extension.to_ascii_lowercase().as_str() {
            "vtt" => Some(Self::WebVtt),
            "srt" => Some(Self::SubRip),
            "ass" | "ssa" => Some(Self::Ass),
            "smi" | "sami" => Some(Self::Sami),
            _ => None,
        }
    }
}

/// Why text could not be read.
#[derive(Debug, thiserror::Error)]
pub enum TextError {
    /// The bytes are not in the format they should be in.
    #[error("this is not a subtitle file of its kind")]
    NotText,
    /// The track is not text, or does not exist.
    #[error("there is no such text track")]
    NoTrack,
    /// More text than allowed.
    #[error("the subtitles are larger than this server allows")]
    TooLarge,
    /// The source itself failed.
    #[error("the subtitles could not be read")]
    Io(#[source] std::io::Error),
}

/// The cues of a subtitle file, in order of their start. The character set is told by a byte
/// order mark, by being valid UTF-8, or by what the characters would be.
///
/// # Errors
/// `NotText` when nothing in it is a subtitle file of that format.
pub fn parse(bytes: &[u8], format: TextFormat) -> Result<Vec<Cue>, TextError> {
    parse_in(bytes, format, None)
}

/// [`parse`], with the language the file is said to be in: `ko` makes CP949 the first guess for
/// bytes that are not UTF-8, `zh` GB18030, `zh-hant` Big5, `ja` Shift_JIS, and so on.
///
/// # Errors
/// As [`parse`].
pub fn parse_in(
    bytes: &[u8],
    format: TextFormat,
    language: Option<&str>,
) -> Result<Vec<Cue>, TextError> {
    let text = charset::decode(bytes, language);
    let mut cues = match format {
        TextFormat::WebVtt => vtt::parse(&text)?,
        TextFormat::SubRip => srt::parse(&text),
        TextFormat::Ass => ass::parse(&text),
        TextFormat::Sami => sami::parse(&text, language),
    };
    cues.retain(|cue| cue.end_ms > cue.start_ms && !cue.payload.is_empty());
    // A file with characters but without a single cue is something else, unless it says itself
    // that it is WebVTT.
    if cues.is_empty()
        && format != TextFormat::WebVtt
        && !text.trim().is_empty()
        && !has_signature(&text, format)
    {
        return Err(TextError::NotText);
    }
    cues.sort_by_key(|cue| (cue.start_ms, cue.end_ms));
    Ok(cues)
}

fn has_signature(text: &str, format: TextFormat) -> bool {
    match format {
        TextFormat::Ass => {
            text.contains("[Script Info]") || text.contains("[Events]") || text.contains("Format:")
        }
        TextFormat::Sami => text.to_ascii_lowercase().contains("<sami"),
        TextFormat::SubRip | TextFormat::WebVtt => text.contains("-->"),
    }
}

/// A time such as `1:02:03.5`, `02:03,500` or `00:00:02`, in milliseconds. Digits beyond the third decimal
/// are cut; there may be up to two colons, and at least `least_colons`.
fn time(text: &str, least_colons: usize) -> Option<u64> {
    let (clock, fraction) = match text.split_once(['.', ',']) {
        Some((clock, fraction)) => (clock, fraction),
        None => (text, "0"),
    };
    let digits = |part: &str| {
        (!part.is_empty() && part.len() <= 6 && part.bytes().all(|byte| byte.is_ascii_digit()))
            .then_some(())
    };
    let mut seconds = 0u64;
    let mut parts = 0;
    for part in clock.split(':') {
        digits(part)?;
        seconds = seconds.checked_mul(60)?.checked_add(part.parse().ok()?)?;
        parts += 1;
    }
    digits(fraction)?;
    let millis: u64 = fraction
        .bytes()
        .chain(*b"00")
        .take(3)
        .fold(0, |sum, digit| sum * 10 + u64::from(digit - b'0'));
    (parts > least_colons && parts <= 3).then_some(seconds * 1000 + millis)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_every_shape() {
        let cases = [
            ("00:00:01,234", Some(1234)),
            ("1:02:03.5", Some(3_723_500)),
            ("02:03.250", Some(123_250)),
            ("00:00:02", Some(2000)),
            ("-00:00:02,345", None),
            ("1:2:3:4", None),
            ("", None),
            ("::", None),
            ("99999999999999999999:00", None),
        ];
        for (text, expected) in cases {
            assert_eq!(time(text, 1), expected, "{text}");
        }
    }
}
