//! From pixels to the bytes that are sent.

use std::io::Cursor;

use fast_image_resize::{FilterType, ResizeAlg, ResizeOptions, Resizer};
use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageFormat};
use webp::{Encoder, WebPConfig};

use crate::decode::Pixels;
use crate::name::Kind;
use crate::shape::fit;

/// What a client takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// WebP.
    Webp,
    /// What everybody takes: JPEG, or PNG where something shows through.
    Plain,
}

/// Quality of lossy copies, of 100.
const QUALITY: u8 = 80;
/// How hard the WebP encoder tries, of 6. One step up saves four percent and takes twice as long.
const EFFORT: i32 = 2;

/// A copy in this width; the pixels as they are where they are narrower.
pub(crate) fn resized(pixels: &Pixels, wanted: u32) -> Option<Pixels> {
    let image = &pixels.image;
    let (width, height) = fit(image.width(), image.height(), wanted);
    if (width, height) == (image.width(), image.height()) {
        return Some(pixels.with(image.clone()));
    }
    let mut smaller = DynamicImage::new(width, height, image.color());
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3));
    Resizer::new().resize(image, &mut smaller, &options).ok()?;
    Some(pixels.with(smaller))
}

/// The bytes of a picture, and what they are.
pub(crate) fn encode(image: &DynamicImage, format: Format) -> Option<(Vec<u8>, Kind)> {
    match (format, image) {
        (Format::Webp, _) => Some((webp(image)?, Kind::Webp)),
        (Format::Plain, DynamicImage::ImageRgba8(_)) => {
            let mut bytes = Cursor::new(Vec::new());
            image.write_to(&mut bytes, ImageFormat::Png).ok()?;
            Some((bytes.into_inner(), Kind::Png))
        }
        (Format::Plain, _) => {
            let mut bytes = Vec::new();
            JpegEncoder::new_with_quality(&mut bytes, QUALITY)
                .encode_image(image)
                .ok()?;
            Some((bytes, Kind::Jpeg))
        }
    }
}

/// libwebp, because the WebP encoder in Rust is lossless only: ten times as many bytes.
fn webp(image: &DynamicImage) -> Option<Vec<u8>> {
    let (width, height) = (image.width(), image.height());
    let encoder = if image.color().has_alpha() {
        Encoder::from_rgba(image.as_bytes(), width, height)
    } else {
        Encoder::from_rgb(image.as_bytes(), width, height)
    };
    let mut config = WebPConfig::new().ok()?;
    config.quality = f32::from(QUALITY);
    config.method = EFFORT;
    Some(encoder.encode_advanced(&config).ok()?.to_vec())
}
