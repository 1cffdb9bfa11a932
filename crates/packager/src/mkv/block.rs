//! Blocks (RFC 9559, 10): track number, time, flags and the three kinds of lacing.

use super::ebml;
use crate::bits::Cursor;

/// Bytes of a block looked at: enough for the header and the sizes of a full lace of usual audio
/// frames.
pub(crate) const HEAD: u64 = 2048;

/// A block's header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Block {
    pub(crate) track: u64,
    /// Relative to the cluster.
    pub(crate) time: i16,
    /// Only meaningful in a SimpleBlock.
    pub(crate) key: bool,
    /// Bytes before the first frame.
    pub(crate) header: u64,
    /// Sizes of the frames, in order.
    pub(crate) frames: Vec<u64>,
}

/// Reads the head of a block of `size` bytes. `None` when it contradicts itself.
pub(crate) fn parse(head: &[u8], size: u64) -> Option<Block> {
    let mut cursor = Cursor::new(head);
    let (track, _) = ebml::number(&mut cursor)?;
    let time = cursor.u16()?.cast_signed();
    let flags = cursor.u8()?;
    let consumed = |cursor: &Cursor<'_>| (head.len() - cursor.rest().len()) as u64;
    let lacing = (flags >> 1) & 3;
    let frames = if lacing == 0 {
        vec![size.checked_sub(consumed(&cursor))?]
    } else {
        let count = usize::from(cursor.u8()?) + 1;
        let mut sizes = match lacing {
            1 => xiph(&mut cursor, count)?,
            3 => differences(&mut cursor, count)?,
            _ => Vec::new(),
        };
        let rest = size.checked_sub(consumed(&cursor))?;
        if lacing == 2 {
            let each = rest / count as u64;
            sizes = vec![each; count];
        } else {
            let used = sizes
                .iter()
                .try_fold(0u64, |sum, size| sum.checked_add(*size))?;
            sizes.push(rest.checked_sub(used)?);
        }
        sizes
    };
    Some(Block {
        track,
        time,
        key: flags & 0x80 != 0,
        header: consumed(&cursor),
        frames,
    })
}

/// Sizes of all but the last frame, each as a sum of bytes ending with one below 255.
fn xiph(cursor: &mut Cursor<'_>, count: usize) -> Option<Vec<u64>> {
    let mut sizes = Vec::with_capacity(count);
    for _ in 1..count {
        let mut size = 0u64;
        loop {
            let byte = cursor.u8()?;
            size += u64::from(byte);
            if byte != 255 {
                break;
            }
        }
        sizes.push(size);
    }
    Some(sizes)
}

/// Sizes of all but the last frame, the first as a number, then differences.
fn differences(cursor: &mut Cursor<'_>, count: usize) -> Option<Vec<u64>> {
    let mut sizes: Vec<u64> = Vec::with_capacity(count);
    for _ in 1..count {
        let size = match sizes.last() {
            None => ebml::number(cursor)?.0,
            Some(last) => last.checked_add_signed(ebml::signed(cursor)?)?,
        };
        sizes.push(size);
    }
    Some(sizes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(head: &[u8], size: u64, frames: &[u64]) {
        let block = parse(head, size).expect("a sound block");
        assert_eq!(
            (block.track, block.time, block.frames.as_slice()),
            (1, 5, frames)
        );
        assert_eq!(block.header + frames.iter().sum::<u64>(), size);
    }

    #[test]
    fn every_kind_of_lacing() {
        check(&[0x81, 0, 5, 0x80], 104, &[100]);
        check(&[0x81, 0, 5, 0x84, 3], 405, &[100, 100, 100, 100]);
        check(&[0x81, 0, 5, 0x82, 2, 255, 45, 10], 328, &[300, 10, 10]);
        check(
            &[0x81, 0, 5, 0x86, 2, 0x41, 0x2C, 0xBF - 60],
            848,
            &[300, 240, 300],
        );
    }

    #[test]
    fn laces_larger_than_their_block_are_refused() {
        assert_eq!(parse(&[0x81, 0, 5, 0x82, 2, 255, 45, 10], 20), None);
        assert_eq!(parse(&[0x81, 0], 20), None);
        assert_eq!(parse(&[0x81, 0, 5, 0x80], 3), None);
    }
}
