//! Track entries (RFC 9559, 5.1.4) and the blocks collected for them.

use super::ebml::{Element, elements};
use super::ids;
use crate::codec::Colour;
use crate::language;

/// What a block says about one frame.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Frame {
    pub(crate) offset: u64,
    pub(crate) size: u32,
    /// In ticks of the segment's timestamp scale.
    pub(crate) time: i64,
    /// Position in its lace, from 0.
    pub(crate) lace: u8,
    /// Frames in its lace, less one.
    pub(crate) laced_with: u8,
    pub(crate) key: bool,
    /// BlockDuration in ticks; 0 when absent.
    pub(crate) duration: u32,
}

/// How stored frames become the frames of the codec.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// As they are.
    Plain,
    /// These bytes belong in front of each.
    Stripped(Vec<u8>),
    /// Each deflated by itself (zlib).
    Deflated,
    /// Not readable here; the reason.
    Refused(&'static str),
}

/// One track while its frames are collected.
#[derive(Debug)]
pub(crate) struct Draft {
    pub(crate) number: u64,
    pub(crate) kind: u64,
    pub(crate) codec_id: String,
    pub(crate) private: Vec<u8>,
    /// Nanoseconds per frame; 0 when absent.
    pub(crate) default_duration: u64,
    /// Nanoseconds.
    pub(crate) codec_delay: u64,
    pub(crate) language: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) is_default: bool,
    pub(crate) is_forced: bool,
    pub(crate) pixels: (u64, u64),
    pub(crate) display: (u64, u64),
    pub(crate) display_unit: u64,
    pub(crate) colour: Option<Colour>,
    pub(crate) channels: u64,
    pub(crate) rate: f64,
    /// Bits per sample of uncompressed sound; 0 when absent.
    pub(crate) bit_depth: u64,
    pub(crate) encoding: Encoding,
    pub(crate) frames: Vec<Frame>,
}

impl Draft {
    /// Whether frames are worth collecting: 1 video, 2 audio, 17 subtitles.
    pub(crate) fn is_wanted(&self) -> bool {
        matches!(self.kind, 1 | 2 | 17) && !matches!(self.encoding, Encoding::Refused(_))
    }
}

/// The entries of a `Tracks` element.
pub(crate) fn parse(body: &[u8]) -> Vec<Draft> {
    elements(body)
        .filter(|child| child.id == ids::TRACK_ENTRY)
        .map(|entry| draft(&entry))
        .collect()
}

fn draft(entry: &Element<'_>) -> Draft {
    let mut draft = Draft {
        number: 0,
        kind: 0,
        codec_id: String::new(),
        private: Vec::new(),
        default_duration: 0,
        codec_delay: 0,
        language: None,
        name: None,
        is_default: true,
        is_forced: false,
        pixels: (0, 0),
        display: (0, 0),
        display_unit: 0,
        colour: None,
        channels: 1,
        rate: 8000.0,
        bit_depth: 0,
        encoding: Encoding::Plain,
        frames: Vec::new(),
    };
    // Absent means English by rule (RFC 9559, 5.1.4.1.19).
    let (mut old_tag, mut new_tag) = ("eng".to_owned(), None);
    for child in entry.children() {
        match child.id {
            ids::TRACK_NUMBER => draft.number = child.uint(),
            ids::TRACK_TYPE => draft.kind = child.uint(),
            ids::FLAG_DEFAULT => draft.is_default = child.uint() != 0,
            ids::FLAG_FORCED => draft.is_forced = child.uint() != 0,
            ids::DEFAULT_DURATION => draft.default_duration = child.uint(),
            ids::NAME => draft.name = child.text(),
            ids::LANGUAGE => old_tag = child.text().unwrap_or_default(),
            ids::LANGUAGE_BCP47 => new_tag = child.text(),
            ids::CODEC_ID => draft.codec_id = child.text().unwrap_or_default(),
            ids::CODEC_PRIVATE => draft.private = child.body.to_vec(),
            ids::CODEC_DELAY => draft.codec_delay = child.uint(),
            ids::VIDEO => video(&mut draft, &child),
            ids::AUDIO => audio(&mut draft, &child),
            ids::CONTENT_ENCODINGS => draft.encoding = encoding(&child),
            _ => {}
        }
    }
    let tag = language::normalise(new_tag.as_deref().unwrap_or(&old_tag));
    draft.language = language::refine(tag, draft.name.as_deref());
    draft
}

fn video(draft: &mut Draft, video: &Element<'_>) {
    for child in video.children() {
        match child.id {
            ids::PIXEL_WIDTH => draft.pixels.0 = child.uint(),
            ids::PIXEL_HEIGHT => draft.pixels.1 = child.uint(),
            ids::DISPLAY_WIDTH => draft.display.0 = child.uint(),
            ids::DISPLAY_HEIGHT => draft.display.1 = child.uint(),
            ids::DISPLAY_UNIT => draft.display_unit = child.uint(),
            ids::COLOUR => draft.colour = Some(colour(&child)),
            _ => {}
        }
    }
}

fn colour(element: &Element<'_>) -> Colour {
    let mut colour = Colour {
        primaries: 2,
        transfer: 2,
        matrix: 2,
        full_range: false,
    };
    let small = |child: &Element<'_>| u16::try_from(child.uint()).unwrap_or(2);
    for child in element.children() {
        match child.id {
            ids::COLOUR_MATRIX => colour.matrix = small(&child),
            ids::COLOUR_TRANSFER => colour.transfer = small(&child),
            ids::COLOUR_PRIMARIES => colour.primaries = small(&child),
            ids::COLOUR_RANGE => colour.full_range = child.uint() == 2,
            _ => {}
        }
    }
    colour
}

fn audio(draft: &mut Draft, audio: &Element<'_>) {
    for child in audio.children() {
        match child.id {
            ids::SAMPLING_FREQUENCY => draft.rate = child.float(),
            ids::CHANNELS => draft.channels = child.uint(),
            ids::BIT_DEPTH => draft.bit_depth = child.uint(),
            _ => {}
        }
    }
}

fn encoding(encodings: &Element<'_>) -> Encoding {
    let mut found = Encoding::Plain;
    for encoding in encodings
        .children()
        .filter(|child| child.id == ids::CONTENT_ENCODING)
    {
        let (mut scope, mut kind, mut algorithm, mut settings) = (1, 0, 0, Vec::new());
        for child in encoding.children() {
            match child.id {
                ids::CONTENT_SCOPE => scope = child.uint(),
                ids::CONTENT_TYPE => kind = child.uint(),
                ids::CONTENT_COMPRESSION => {
                    for inner in child.children() {
                        match inner.id {
                            ids::COMPRESSION_ALGORITHM => algorithm = inner.uint(),
                            ids::COMPRESSION_SETTINGS => settings = inner.body.to_vec(),
                            _ => {}
                        }
                    }
                }
                _ => {}
            }
        }
        if scope & 1 == 0 {
            continue;
        }
        found = match (kind, algorithm, found) {
            (0, 3, Encoding::Plain) => Encoding::Stripped(settings),
            (0, 0, Encoding::Plain) => Encoding::Deflated,
            (0, _, _) => Encoding::Refused("its frames are compressed in an unsupported way"),
            _ => Encoding::Refused("it is encrypted"),
        };
    }
    found
}
