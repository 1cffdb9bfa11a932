//! AC-3 and E-AC-3 (ETSI TS 102 366): set-up boxes from sync frames, channels from boxes.

use crate::bits::BitReader;

/// Full-bandwidth channels by `acmod` (table 4.3).
const CHANNELS: [u32; 8] = [2, 1, 2, 3, 3, 4, 4, 5];
const RATES: [u32; 3] = [48000, 44100, 32000];

/// What a decoder must know before the first frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Setup {
    /// Payload of `dac3` or `dec3`.
    pub(crate) record: Vec<u8>,
    pub(crate) channels: u32,
    pub(crate) rate: u32,
    /// PCM samples one packet decodes to.
    pub(crate) frame: u32,
}

fn channels(acmod: u32, lfe: bool) -> u32 {
    CHANNELS.get(acmod as usize).copied().unwrap_or(2) + u32::from(lfe)
}

/// `dac3` (annex F.4) from an AC-3 sync frame.
pub(crate) fn ac3_setup(frame: &[u8]) -> Option<Setup> {
    let mut bits = BitReader::new(frame);
    if bits.bits(16)? != 0x0B77 {
        return None;
    }
    bits.skip(16);
    let (fscod, size_code, bsid, bsmod, acmod) = (
        bits.bits(2)?,
        bits.bits(6)?,
        bits.bits(5)?,
        bits.bits(3)?,
        bits.bits(3)?,
    );
    let rate = *RATES.get(fscod as usize)?;
    if bsid > 10 || size_code > 37 {
        return None;
    }
    if acmod & 1 == 1 && acmod != 1 {
        bits.skip(2);
    }
    if acmod & 4 != 0 {
        bits.skip(2);
    }
    if acmod == 2 {
        bits.skip(2);
    }
    let lfe = bits.bit()?;
    let word = (fscod << 22)
        | (bsid << 17)
        | (bsmod << 14)
        | (acmod << 11)
        | (u32::from(lfe) << 10)
        | ((size_code / 2) << 5);
    let record = word.to_be_bytes().get(1..)?.to_vec();
    Some(Setup {
        record,
        channels: channels(acmod, lfe),
        rate,
        frame: 1536,
    })
}

/// Channels and rate out of `dac3`.
pub(crate) fn parse_dac3(record: &[u8]) -> Option<(u32, u32)> {
    let mut bits = BitReader::new(record);
    let fscod = bits.bits(2)?;
    bits.skip(8);
    let (acmod, lfe) = (bits.bits(3)?, bits.bit()?);
    Some((channels(acmod, lfe), *RATES.get(fscod as usize)?))
}

/// One E-AC-3 frame header (annex E.1.2), as far as set-up needs it.
struct Frame {
    kind: u32,
    bytes: usize,
    fscod: u32,
    rate: u32,
    blocks: u32,
    acmod: u32,
    lfe: bool,
    bsid: u32,
}

fn eac3_frame(data: &[u8]) -> Option<Frame> {
    let mut bits = BitReader::new(data);
    if bits.bits(16)? != 0x0B77 {
        return None;
    }
    let kind = bits.bits(2)?;
    bits.skip(3);
    let words = bits.bits(11)? + 1;
    let fscod = bits.bits(2)?;
    let half = bits.bits(2)?;
    let (rate, blocks) = if fscod == 3 {
        (RATES.get(half as usize)? / 2, 6)
    } else {
        (
            *RATES.get(fscod as usize)?,
            *[1, 2, 3, 6].get(half as usize)?,
        )
    };
    let (acmod, lfe, bsid) = (bits.bits(3)?, bits.bit()?, bits.bits(5)?);
    (bsid > 10 && bsid <= 16).then_some(Frame {
        kind,
        bytes: words as usize * 2,
        fscod,
        rate,
        blocks,
        acmod,
        lfe,
        bsid,
    })
}

/// `dec3` (annex F.6) from the first packet, whose frames may be one independent substream and
/// its dependent ones.
pub(crate) fn eac3_setup(packet: &[u8]) -> Option<Setup> {
    let first = eac3_frame(packet)?;
    let (mut rest, mut bytes, mut dependents, mut extra, mut blocks) =
        (packet, 0usize, 0u32, 0u32, 0u32);
    while let Some(frame) = eac3_frame(rest) {
        if frame.kind == 1 {
            dependents += 1;
            // 7.1 is carried as 5.1 plus a dependent pair of back channels.
            extra = 2;
        } else {
            blocks += frame.blocks;
        }
        bytes += frame.bytes;
        let Some(next) = rest.get(frame.bytes..) else {
            break;
        };
        rest = next;
    }
    let frame = (blocks * 256).max(256);
    let kbps = u64::try_from(bytes)
        .ok()?
        .checked_mul(8 * u64::from(first.rate))?
        / u64::from(frame)
        / 1000;
    let kbps = u32::try_from(kbps).ok()?.min(0x1FFF);
    let head = u16::try_from(kbps << 3).ok()?;
    let mut record = head.to_be_bytes().to_vec();
    let body = (first.fscod << 30)
        | (first.bsid << 25)
        | (first.acmod << 17)
        | (u32::from(first.lfe) << 16);
    if dependents > 0 {
        // chan_loc, bit 1: left and right rear surround.
        let body = body | (dependents.min(15) << 9) | (1 << 1);
        record.extend_from_slice(&body.to_be_bytes());
    } else {
        record.extend_from_slice(body.to_be_bytes().get(..3)?);
    }
    Some(Setup {
        record,
        channels: channels(first.acmod, first.lfe) + extra,
        rate: first.rate,
        frame,
    })
}

/// Channels and rate out of `dec3`.
pub(crate) fn parse_dec3(record: &[u8]) -> Option<(u32, u32)> {
    let mut bits = BitReader::new(record);
    bits.skip(16);
    let fscod = bits.bits(2)?;
    bits.skip(5 + 1 + 1 + 3);
    let (acmod, lfe) = (bits.bits(3)?, bits.bit()?);
    bits.skip(3);
    let dependents = bits.bits(4)?;
    let extra = if dependents > 0 { 2 } else { 0 };
    Some((
        channels(acmod, lfe) + extra,
        RATES.get(fscod as usize).copied().unwrap_or(24000),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ac3_setup_from_a_sync_frame() {
        // 48 kHz, 448 kb/s, 5.1.
        let frame = [0x0B, 0x77, 0, 0, 0x1E, 0x40, 0xE1, 0x00];
        let setup = ac3_setup(&frame).expect("valid");
        assert_eq!((setup.channels, setup.rate, setup.frame), (6, 48000, 1536));
        assert_eq!(parse_dac3(&setup.record), Some((6, 48000)));
        assert_eq!(ac3_setup(&frame[..4]), None);
    }
}
