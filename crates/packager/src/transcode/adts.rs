//! Splitting an ADTS stream (ISO/IEC 14496-3, 1.A.2) into raw AAC frames.

/// The raw frames of an ADTS stream, up to the first thing that is none.
pub(super) fn frames(mut stream: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        let (frame, rest) = split(stream)?;
        stream = rest;
        Some(frame)
    })
}

fn split(stream: &[u8]) -> Option<(&[u8], &[u8])> {
    let head = stream.first_chunk::<7>()?;
    let [sync, flags, _, high, middle, low, blocks] = *head;
    // Sync word, layer 0, one raw block per frame.
    if sync != 0xFF || flags & 0xF6 != 0xF0 || blocks & 3 != 0 {
        return None;
    }
    let length = (usize::from(high & 3) << 11) | (usize::from(middle) << 3) | usize::from(low >> 5);
    let header = if flags & 1 == 1 { 7 } else { 9 };
    let frame = stream.get(header..length)?;
    Some((frame, stream.get(length..)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_told_apart_and_damage_ends_them() {
        // Two frames of 3 and 1 bytes, the second with a checksum, then noise.
        let mut stream = vec![0xFF, 0xF1, 0x4C, 0x80, 0x01, 0x5F, 0xFC, 1, 2, 3];
        stream.extend([0xFF, 0xF0, 0x4C, 0x80, 0x01, 0x5F, 0xFC, 0xAB, 0xCD, 9]);
        stream.extend([0xFF, 0, 0, 0, 0, 0, 0, 0]);
        let found: Vec<&[u8]> = frames(&stream).collect();
        assert_eq!(found, [&[1, 2, 3][..], &[9][..]]);
        for cut in 0..stream.len() {
            assert!(frames(&stream[..cut]).count() <= 2);
        }
    }
}
