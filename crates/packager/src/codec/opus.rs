//! Opus, FLAC and MP3: small records that travel between Matroska and sample entries.

use crate::bits::{BitReader, Cursor};

/// `dOps` (Encapsulation of Opus in ISOBMFF, 4.3.2) from an `OpusHead` (RFC 7845, 5.1): the same
/// fields, big-endian instead of little-endian.
pub(crate) fn dops_from_head(head: &[u8]) -> Option<Vec<u8>> {
    let mut cursor = Cursor::new(head);
    if cursor.take(8)? != b"OpusHead" {
        return None;
    }
    cursor.u8()?;
    let channels = cursor.u8()?;
    let skip = cursor.u16()?.swap_bytes();
    let rate = cursor.u32()?.swap_bytes();
    let gain = cursor.u16()?.swap_bytes();
    let family = cursor.u8()?;
    let mut out = vec![0, channels];
    out.extend_from_slice(&skip.to_be_bytes());
    out.extend_from_slice(&rate.to_be_bytes());
    out.extend_from_slice(&gain.to_be_bytes());
    out.push(family);
    if family != 0 {
        out.extend_from_slice(cursor.take(2 + usize::from(channels))?);
    }
    Some(out)
}

/// A `dOps` whose input rate, which is for information only, agrees with the sample entry's:
/// browsers refuse the track otherwise.
pub(crate) fn with_entry_rate(mut record: Vec<u8>) -> Vec<u8> {
    if let Some(rate) = record.get_mut(4..8) {
        rate.copy_from_slice(&48_000u32.to_be_bytes());
    }
    record
}

/// Channels out of `dOps`.
pub(crate) fn parse_dops(record: &[u8]) -> Option<u32> {
    record
        .get(1)
        .map(|channels| u32::from(*channels))
        .filter(|channels| *channels > 0)
}

/// STREAMINFO facts (RFC 9639, 8.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct StreamInfo {
    pub(crate) rate: u32,
    pub(crate) channels: u32,
    /// Samples per frame, when all frames have the same.
    pub(crate) block: Option<u32>,
}

fn stream_info(block: &[u8]) -> Option<StreamInfo> {
    let mut bits = BitReader::new(block);
    let (least, most) = (bits.bits(16)?, bits.bits(16)?);
    bits.skip(48);
    let (rate, channels) = (bits.bits(20)?, bits.bits(3)? + 1);
    (rate > 0).then_some(StreamInfo {
        rate,
        channels,
        block: (least == most && least > 0).then_some(most),
    })
}

/// `dfLa` (Encapsulation of FLAC in ISOBMFF, 3.3.2), full-box header included, from the `fLaC`
/// header that Matroska stores.
pub(crate) fn dfla_from_head(head: &[u8]) -> Option<(Vec<u8>, StreamInfo)> {
    let blocks = head.strip_prefix(b"fLaC").unwrap_or(head);
    let mut cursor = Cursor::new(blocks);
    let kind = cursor.u8()?;
    let length = cursor.u24()?;
    if kind & 0x7F != 0 || length != 34 {
        return None;
    }
    let info = cursor.take(34)?;
    let facts = stream_info(info)?;
    // Only STREAMINFO is needed to decode; pictures and tags would only make every start slower.
    let mut out = vec![0, 0, 0, 0, 0x80, 0, 0, 34];
    out.extend_from_slice(info);
    Some((out, facts))
}

/// Facts out of a `dfLa` payload, full-box header included.
pub(crate) fn parse_dfla(record: &[u8]) -> Option<StreamInfo> {
    dfla_from_head(record.get(4..)?).map(|(_, facts)| facts)
}

/// Samples per second and per frame of an MPEG audio header (ISO/IEC 11172-3, 2.4.1.3), layer 3
/// only.
pub(crate) fn mp3_frame(header: &[u8]) -> Option<(u32, u32)> {
    let mut bits = BitReader::new(header);
    if bits.bits(11)? != 0x7FF {
        return None;
    }
    let (version, layer) = (bits.bits(2)?, bits.bits(2)?);
    bits.skip(1 + 4);
    let rate = *[44100u32, 48000, 32000].get(bits.bits(2)? as usize)?;
    match (version, layer) {
        (3, 1) => Some((rate, 1152)),
        (2, 1) => Some((rate / 2, 576)),
        (0, 1) => Some((rate / 4, 576)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opus_head_turns_its_numbers_around() {
        let head = b"OpusHead\x01\x02\x38\x01\x80\xBB\x00\x00\x00\x00\x00";
        let dops = dops_from_head(head).expect("valid");
        assert_eq!(dops, [0, 2, 0x01, 0x38, 0, 0, 0xBB, 0x80, 0, 0, 0]);
        assert_eq!(parse_dops(&dops), Some(2));
    }

    #[test]
    fn mp3_headers_give_rate_and_length() {
        assert_eq!(mp3_frame(&[0xFF, 0xFB, 0x90, 0x64]), Some((44100, 1152)));
        assert_eq!(mp3_frame(&[0xFF, 0xFD, 0x90, 0x64]), None);
    }
}
