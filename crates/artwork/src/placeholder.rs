//! ThumbHash: some twenty-five bytes from which a client paints a blurred picture until the real one is there.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use image::DynamicImage;

use crate::decode::Pixels;
use crate::encode::resized;

/// Longest side of what is hashed, in pixels; the hash takes no more.
const SIDE: u32 = 100;

/// The ThumbHash of a picture, in base64 as its decoders take it.
pub(crate) fn placeholder(pixels: &Pixels) -> Option<String> {
    let image = &pixels.image;
    // Wanted is a width; a high picture has to be narrower for its height to fit.
    let width = if image.height() > image.width() {
        let (w, h) = (u64::from(image.width()), u64::from(image.height()));
        u32::try_from(w * u64::from(SIDE) / h).ok()?.max(1)
    } else {
        SIDE
    };
    let small = resized(pixels, width)?.into_srgb();
    let small = match small {
        // Strips keep a height above the limit when they are a pixel wide.
        small if small.height() > SIDE => small.thumbnail_exact(1, SIDE),
        small => small,
    };
    let rgba = DynamicImage::into_rgba8(small);
    let (width, height) = (rgba.width() as usize, rgba.height() as usize);
    let hash = thumbhash::rgba_to_thumb_hash(width, height, rgba.as_raw());
    Some(STANDARD.encode(hash))
}

/// Whether a text could be a placeholder: what lies beside a picture is read back from a disk.
pub(crate) fn is_placeholder(text: &str) -> bool {
    STANDARD
        .decode(text)
        .is_ok_and(|hash| (5..=64).contains(&hash.len()))
}
