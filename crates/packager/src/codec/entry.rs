//! Sample entries (ISO/IEC 14496-12, 12.1.3 and 12.2.3), written afresh for every track.
//!
//! Copying the source's entry would carry QuickTime's older layouts, padding and private boxes
//! into a CMAF header that browsers check strictly; so only known children are taken over.

/// Appends a box: size, type, content.
pub(crate) fn put_box(out: &mut Vec<u8>, kind: [u8; 4], content: &[u8]) {
    // No box written here comes near 4 GiB: contents are headers, bounded by the probe's limits.
    let size = u32::try_from(content.len().saturating_add(8)).unwrap_or(u32::MAX);
    out.extend_from_slice(&size.to_be_bytes());
    out.extend_from_slice(&kind);
    out.extend_from_slice(content);
}

/// A child box: type and content.
pub(crate) type Child = ([u8; 4], Vec<u8>);

/// A VisualSampleEntry. Width and height are the coded ones.
pub(crate) fn video(kind: [u8; 4], width: u16, height: u16, children: &[Child]) -> Vec<u8> {
    let mut body = vec![0; 6];
    body.extend_from_slice(&1u16.to_be_bytes());
    body.extend_from_slice(&[0; 16]);
    body.extend_from_slice(&width.to_be_bytes());
    body.extend_from_slice(&height.to_be_bytes());
    // 72 dpi in both directions, then a reserved word and one picture per sample.
    body.extend_from_slice(&0x0048_0000u32.to_be_bytes());
    body.extend_from_slice(&0x0048_0000u32.to_be_bytes());
    body.extend_from_slice(&[0; 4]);
    body.extend_from_slice(&1u16.to_be_bytes());
    body.extend_from_slice(&[0; 32]);
    body.extend_from_slice(&24u16.to_be_bytes());
    body.extend_from_slice(&[0xFF, 0xFF]);
    finish(kind, body, children)
}

/// An AudioSampleEntry of version 0.
pub(crate) fn audio(kind: [u8; 4], channels: u32, rate: u32, children: &[Child]) -> Vec<u8> {
    let mut body = vec![0; 6];
    body.extend_from_slice(&1u16.to_be_bytes());
    body.extend_from_slice(&[0; 8]);
    body.extend_from_slice(&u16::try_from(channels).unwrap_or(2).to_be_bytes());
    body.extend_from_slice(&16u16.to_be_bytes());
    body.extend_from_slice(&[0; 4]);
    // 16.16 fixed point: rates of 65536 and above do not fit and are written as 0; the codec's
    // own record has them.
    let fixed = u16::try_from(rate).map_or(0, |rate| u32::from(rate) << 16);
    body.extend_from_slice(&fixed.to_be_bytes());
    finish(kind, body, children)
}

fn finish(kind: [u8; 4], mut body: Vec<u8>, children: &[Child]) -> Vec<u8> {
    for (kind, content) in children {
        put_box(&mut body, *kind, content);
    }
    let mut out = Vec::with_capacity(body.len() + 8);
    put_box(&mut out, kind, &body);
    out
}
