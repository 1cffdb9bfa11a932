//! Codec strings of H.264, HEVC and AV1 from their configuration records.

use std::fmt::Write as _;

use super::Colour;
use crate::bits::Cursor;

/// `avc1.PPCCLL` (RFC 6381, 3.3) from an AVCDecoderConfigurationRecord (ISO/IEC 14496-15, 5.3.3).
pub(crate) fn avc_string(fourcc: &str, avcc: &[u8]) -> Option<String> {
    let mut cursor = Cursor::new(avcc);
    let version = cursor.u8()?;
    let (profile, constraints, level) = (cursor.u8()?, cursor.u8()?, cursor.u8()?);
    // Lengths of NAL units must be 1, 2 or 4 bytes, and a parameter set has to follow.
    let length_size = (cursor.u8()? & 3) + 1;
    cursor.u8()?;
    (version == 1 && length_size != 3)
        .then(|| format!("{fourcc}.{profile:02X}{constraints:02X}{level:02X}"))
}

/// Whether an AVC record has a sequence parameter set; without, they come in band (`avc3`).
pub(crate) fn avc_has_sets(avcc: &[u8]) -> bool {
    avcc.get(5).is_some_and(|count| count & 0x1F > 0)
}

/// Whether an HEVC record has parameter sets; without, they come in band (`hev1`).
pub(crate) fn hevc_has_sets(hvcc: &[u8]) -> bool {
    hvcc.get(22).is_some_and(|arrays| *arrays > 0)
}

/// `hvc1.2.4.L93.B0` (ISO/IEC 14496-15, annex E.3) from an HEVCDecoderConfigurationRecord.
pub(crate) fn hevc_string(fourcc: &str, hvcc: &[u8]) -> Option<String> {
    let mut cursor = Cursor::new(hvcc);
    cursor.u8()?;
    let head = cursor.u8()?;
    let (space, tier, profile) = (head >> 6, (head >> 5) & 1, head & 0x1F);
    let compatibility = cursor.u32()?.reverse_bits();
    let constraints = cursor.take(6)?;
    let level = cursor.u8()?;
    let space = match space {
        1 => "A",
        2 => "B",
        3 => "C",
        _ => "",
    };
    let tier = if tier == 1 { 'H' } else { 'L' };
    let mut text = format!("{fourcc}.{space}{profile}.{compatibility:X}.{tier}{level}");
    let used = constraints
        .iter()
        .rposition(|byte| *byte != 0)
        .map_or(0, |last| last + 1);
    for byte in constraints.iter().take(used) {
        let _ = write!(text, ".{byte:X}");
    }
    Some(text)
}

/// `av01.0.05M.08` from an AV1CodecConfigurationRecord (AV1 in ISOBMFF, sections 2.3 and 5). The
/// optional fields are written when the picture is not plain 4:2:0 BT.709.
pub(crate) fn av1_string(av1c: &[u8], colour: Option<Colour>) -> Option<String> {
    let mut cursor = Cursor::new(av1c);
    let marker = cursor.u8()?;
    let second = cursor.u8()?;
    let third = cursor.u8()?;
    if marker != 0x81 {
        return None;
    }
    let (profile, level) = (second >> 5, second & 0x1F);
    let tier = if third & 0x80 != 0 { 'H' } else { 'M' };
    let depth = match (third & 0x40 != 0, third & 0x20 != 0) {
        (true, true) => 12,
        (true, false) => 10,
        _ => 8,
    };
    let mono = (third >> 4) & 1;
    let (sub_x, sub_y, position) = ((third >> 3) & 1, (third >> 2) & 1, third & 3);
    let mut text = format!("av01.{profile}.{level:02}{tier}.{depth:02}");
    let plain_chroma = mono == 0 && sub_x == 1 && sub_y == 1;
    let colour = colour.filter(|colour| !colour.is_plain());
    if !plain_chroma || colour.is_some() {
        let position = if sub_x == 1 && sub_y == 1 {
            position
        } else {
            0
        };
        let _ = write!(text, ".{mono}.{sub_x}{sub_y}{position}");
        let unspecified = Colour {
            primaries: 1,
            transfer: 1,
            matrix: 1,
            full_range: false,
        };
        let colour = colour.unwrap_or(unspecified);
        let full = u8::from(colour.full_range);
        let _ = write!(
            text,
            ".{:02}.{:02}.{:02}.{full}",
            colour.primaries, colour.transfer, colour.matrix
        );
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn avc_is_profile_constraints_level() {
        let record = [1, 0x64, 0x00, 0x1F, 0xFF, 0xE1];
        assert_eq!(avc_string("avc1", &record).as_deref(), Some("avc1.64001F"));
        assert_eq!(avc_string("avc1", &record[..3]), None);
    }

    #[test]
    fn hevc_leaves_trailing_zero_constraints_out() {
        let record = [1, 0x02, 0x20, 0, 0, 0, 0xB0, 0, 0, 0, 0, 0, 93];
        assert_eq!(
            hevc_string("hvc1", &record).as_deref(),
            Some("hvc1.2.4.L93.B0")
        );
    }

    #[test]
    fn av1_writes_colour_only_when_it_matters() {
        let record = [0x81, 0x05, 0x0C, 0];
        assert_eq!(av1_string(&record, None).as_deref(), Some("av01.0.05M.08"));
        let hdr = Colour {
            primaries: 9,
            transfer: 16,
            matrix: 9,
            full_range: false,
        };
        let ten = [0x81, 0x08, 0x4E, 0];
        assert_eq!(
            av1_string(&ten, Some(hdr)).as_deref(),
            Some("av01.0.08M.10.0.112.09.16.09.0")
        );
    }
}
