//! VP9: the `vpcC` record (VP Codec ISO Media File Format Binding, section 2) and its string.

use super::Colour;
use crate::bits::{BitReader, Cursor};

/// The fields of `vpcC`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Vp9 {
    pub(crate) profile: u8,
    pub(crate) level: u8,
    pub(crate) depth: u8,
    pub(crate) chroma: u8,
    pub(crate) colour: Colour,
}

impl Vp9 {
    /// From the payload of a `vpcC` box, its full-box header included.
    pub(crate) fn parse(vpcc: &[u8]) -> Option<Self> {
        let mut cursor = Cursor::new(vpcc);
        cursor.skip(4)?;
        let (profile, level, packed) = (cursor.u8()?, cursor.u8()?, cursor.u8()?);
        let colour = Colour {
            primaries: cursor.u8()?.into(),
            transfer: cursor.u8()?.into(),
            matrix: cursor.u8()?.into(),
            full_range: packed & 1 == 1,
        };
        Some(Self {
            profile,
            level,
            depth: packed >> 4,
            chroma: (packed >> 1) & 7,
            colour,
        })
    }

    /// From the uncompressed header of a key frame (VP9 bitstream specification, 6.2), for
    /// WebM, which carries no record. The level follows from the picture size.
    pub(crate) fn from_key_frame(
        frame: &[u8],
        width: u32,
        height: u32,
        rate: Option<f64>,
        colour: Option<Colour>,
    ) -> Option<Self> {
        let mut bits = BitReader::new(frame);
        if bits.bits(2)? != 2 {
            return None;
        }
        let (low, high) = (bits.bit()?, bits.bit()?);
        let profile = u8::from(low) | (u8::from(high) << 1);
        if profile == 3 {
            bits.bit()?;
        }
        let (show_existing, inter) = (bits.bit()?, bits.bit()?);
        bits.skip(2);
        if show_existing || inter || bits.bits(24)? != 0x0049_8342 {
            return None;
        }
        let depth = if profile >= 2 {
            if bits.bit()? { 12 } else { 10 }
        } else {
            8
        };
        let space = bits.bits(3)?;
        let mut full_range = space == 7;
        // 4:2:0 with colocated samples unless the odd profiles say otherwise.
        let mut chroma = if space == 7 { 3 } else { 1 };
        if space != 7 {
            full_range = bits.bit()?;
            if profile & 1 == 1 {
                chroma = match (bits.bit()?, bits.bit()?) {
                    (true, false) => 2,
                    (false, false) => 3,
                    _ => 1,
                };
            }
        }
        let unspecified = Colour {
            primaries: 2,
            transfer: 2,
            matrix: 2,
            full_range,
        };
        let colour = Colour {
            full_range,
            ..colour.unwrap_or(unspecified)
        };
        Some(Self {
            profile,
            level: level(width, height, rate.unwrap_or(30.0)),
            depth,
            chroma,
            colour,
        })
    }

    /// The payload of a `vpcC` box, its full-box header included.
    pub(crate) fn record(&self) -> Vec<u8> {
        let byte = |value: u16| u8::try_from(value).unwrap_or(2);
        let packed = (self.depth << 4) | (self.chroma << 1) | u8::from(self.colour.full_range);
        let c = self.colour;
        let mut out = vec![1, 0, 0, 0, self.profile, self.level, packed];
        out.extend([byte(c.primaries), byte(c.transfer), byte(c.matrix), 0, 0]);
        out
    }

    /// `vp09.PP.LL.DD`, with the optional fields when the picture is not plain.
    pub(crate) fn string(&self) -> String {
        let (profile, level, depth) = (self.profile, self.level, self.depth);
        let mut text = format!("vp09.{profile:02}.{level:02}.{depth:02}");
        if self.chroma > 1 || !self.colour.is_plain() {
            use std::fmt::Write as _;
            let c = self.colour;
            let full = u8::from(c.full_range);
            let _ = write!(
                text,
                ".{:02}.{:02}.{:02}.{:02}.{full:02}",
                self.chroma, c.primaries, c.transfer, c.matrix
            );
        }
        text
    }
}

/// The lowest level whose picture size and sample rate suffice (VP9 levels, as webmproject lists
/// them).
fn level(width: u32, height: u32, rate: f64) -> u8 {
    const LEVELS: [(u8, u64, f64); 13] = [
        (10, 36_864, 829_440.0),
        (11, 73_728, 2_764_800.0),
        (20, 122_880, 4_608_000.0),
        (21, 245_760, 9_216_000.0),
        (30, 552_960, 20_736_000.0),
        (31, 983_040, 36_864_000.0),
        (40, 2_228_224, 83_558_400.0),
        (41, 2_228_224, 160_432_128.0),
        (50, 8_912_896, 311_951_360.0),
        (51, 8_912_896, 588_251_136.0),
        (52, 8_912_896, 1_176_502_272.0),
        (60, 35_651_584, 1_176_502_272.0),
        (61, 35_651_584, 2_353_004_544.0),
    ];
    let size = u64::from(width) * u64::from(height);
    #[expect(
        clippy::cast_precision_loss,
        reason = "pictures are far smaller than 2^52 pixels"
    )]
    let samples = size as f64 * rate;
    let fits = LEVELS
        .iter()
        .find(|(_, most, per_second)| size <= *most && samples <= *per_second);
    fits.map_or(62, |(level, ..)| *level)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn record_and_string_round_trip() {
        let colour = Colour {
            primaries: 2,
            transfer: 2,
            matrix: 2,
            full_range: false,
        };
        let vp9 = Vp9 {
            profile: 0,
            level: 30,
            depth: 8,
            chroma: 1,
            colour,
        };
        assert_eq!(Vp9::parse(&vp9.record()), Some(vp9));
        assert_eq!(vp9.string(), "vp09.00.30.08");
    }
}
