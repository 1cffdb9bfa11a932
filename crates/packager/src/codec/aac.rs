//! AAC and its relatives in MPEG-4 descriptors: `esds` (ISO/IEC 14496-14, 5.6) and the
//! AudioSpecificConfig (ISO/IEC 14496-3, 1.6.2.1).

use crate::bits::{BitReader, Cursor};

/// Sampling frequencies by index (ISO/IEC 14496-3, table 1.18).
const RATES: [u32; 13] = [
    96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350,
];

/// What an `esds` says about its elementary stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Esds<'a> {
    /// objectTypeIndication: 0x40 MPEG-4 audio, 0x6B MP3, ...
    pub(crate) object: u8,
    /// DecoderSpecificInfo; empty when there is none.
    pub(crate) specific: &'a [u8],
}

/// Reads the payload of an `esds` box, its full-box header included.
pub(crate) fn parse_esds(payload: &[u8]) -> Option<Esds<'_>> {
    let mut cursor = Cursor::new(payload);
    cursor.skip(4)?;
    let (tag, es) = descriptor(&mut cursor)?;
    let mut config = if tag == 3 {
        let mut es = Cursor::new(es);
        es.skip(2)?;
        let flags = es.u8()?;
        if flags & 0x80 != 0 {
            es.skip(2)?;
        }
        if flags & 0x40 != 0 {
            let length = es.u8()?;
            es.skip(length.into())?;
        }
        if flags & 0x20 != 0 {
            es.skip(2)?;
        }
        let (tag, config) = descriptor(&mut es)?;
        (tag == 4).then_some(Cursor::new(config))?
    } else {
        (tag == 4).then_some(Cursor::new(es))?
    };
    let object = config.u8()?;
    config.skip(12)?;
    let specific = descriptor(&mut config)
        .filter(|(tag, _)| *tag == 5)
        .map_or(&[][..], |(_, bytes)| bytes);
    Some(Esds { object, specific })
}

/// One descriptor: tag, length in up to four 7-bit groups, and as much content as there is.
fn descriptor<'a>(cursor: &mut Cursor<'a>) -> Option<(u8, &'a [u8])> {
    let tag = cursor.u8()?;
    let mut length = 0usize;
    for _ in 0..4 {
        let byte = cursor.u8()?;
        length = (length << 7) | usize::from(byte & 0x7F);
        if byte & 0x80 == 0 {
            break;
        }
    }
    let there = length.min(cursor.rest().len());
    Some((tag, cursor.take(there)?))
}

/// Writes an `esds` payload, full-box header included.
pub(crate) fn write_esds(object: u8, specific: &[u8]) -> Vec<u8> {
    let mut config = vec![object, 0x15, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    if !specific.is_empty() {
        write_descriptor(&mut config, 5, specific);
    }
    let mut es = vec![0, 0, 0];
    write_descriptor(&mut es, 4, &config);
    write_descriptor(&mut es, 6, &[2]);
    let mut out = vec![0; 4];
    write_descriptor(&mut out, 3, &es);
    out
}

fn write_descriptor(out: &mut Vec<u8>, tag: u8, content: &[u8]) {
    let length = content.len();
    let group = |shift: usize| u8::try_from((length >> shift) & 0x7F).unwrap_or(0);
    out.extend([
        tag,
        group(21) | 0x80,
        group(14) | 0x80,
        group(7) | 0x80,
        group(0),
    ]);
    out.extend_from_slice(content);
}

/// The facts of an AudioSpecificConfig.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct AudioConfig {
    /// Audio object type: 2 AAC-LC, 5 HE-AAC, 29 HE-AAC v2, 34 MP3, 42 xHE-AAC.
    pub(crate) object: u8,
    /// Samples per second as decoded by the core.
    pub(crate) core_rate: u32,
    /// Samples per second after spectral band replication.
    pub(crate) rate: u32,
    /// 0 when a program config element has it.
    pub(crate) channels: u32,
    /// Core samples per frame.
    pub(crate) frame: u32,
}

/// Reads an AudioSpecificConfig.
pub(crate) fn parse_config(specific: &[u8]) -> Option<AudioConfig> {
    let mut bits = BitReader::new(specific);
    let mut object = object_type(&mut bits)?;
    let core_rate = rate(&mut bits)?;
    let channels = bits.bits(4)?;
    let mut decoded = core_rate;
    let named = object;
    if matches!(object, 5 | 29) {
        decoded = rate(&mut bits)?;
        object = object_type(&mut bits)?;
    }
    let short = matches!(object, 1..=4 | 6 | 7 | 17 | 19 | 20..=23) && bits.bit().unwrap_or(false);
    let channels = match channels {
        7 => 8,
        11 => 7,
        12 | 14 => 8,
        other => other,
    };
    Some(AudioConfig {
        object: named,
        core_rate,
        rate: decoded,
        channels,
        frame: if short { 960 } else { 1024 },
    })
}

fn object_type(bits: &mut BitReader<'_>) -> Option<u8> {
    let short = bits.bits(5)?;
    let object = if short == 31 {
        bits.bits(6)? + 32
    } else {
        short
    };
    u8::try_from(object).ok()
}

fn rate(bits: &mut BitReader<'_>) -> Option<u32> {
    let index = bits.bits(4)?;
    if index == 15 {
        bits.bits(24)
    } else {
        RATES.get(index as usize).copied()
    }
}

/// An AAC-LC config for streams that only name their profile (Matroska `A_AAC/MPEG4/LC`).
pub(crate) fn make_config(sample_rate: u32, channels: u32) -> Option<Vec<u8>> {
    let index = RATES.iter().position(|rate| *rate == sample_rate)?;
    let word = (2u16 << 11)
        | (u16::try_from(index).ok()? << 7)
        | (u16::try_from(channels).ok()?.min(15) << 3);
    Some(word.to_be_bytes().to_vec())
}

/// The RFC 6381 string of an `mp4a` entry; `None` when nothing we package.
pub(crate) fn string(esds: &Esds<'_>) -> Option<String> {
    match esds.object {
        0x40 => {
            let config = parse_config(esds.specific)?;
            matches!(config.object, 1..=5 | 29 | 34 | 42)
                .then(|| format!("mp4a.40.{}", config.object))
        }
        0x66..=0x69 | 0x6B => Some(format!("mp4a.{:02X}", esds.object)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn esds_round_trips() {
        let esds = write_esds(0x40, &[0x12, 0x10]);
        let parsed = parse_esds(&esds).expect("our own");
        assert_eq!(
            parsed,
            Esds {
                object: 0x40,
                specific: &[0x12, 0x10]
            }
        );
        assert_eq!(string(&parsed).as_deref(), Some("mp4a.40.2"));
        let config = parse_config(parsed.specific).expect("valid");
        assert_eq!(
            (config.rate, config.channels, config.frame),
            (44100, 2, 1024)
        );
    }

    #[test]
    fn explicit_sbr_keeps_its_own_name_and_rate() {
        // HE-AAC: object 5, 22050 Hz core, stereo, 44100 Hz extension, LC.
        let config = parse_config(&[0x2B, 0x92, 0x08, 0x00]).expect("valid");
        assert_eq!(
            (config.object, config.core_rate, config.rate),
            (5, 22050, 44100)
        );
    }
}
