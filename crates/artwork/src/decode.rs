//! From bytes to pixels: upright, eight bits a channel, at most as much memory as allowed.

use std::io::Cursor;

use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageReader, Limits};
use moxcms::{ColorProfile, DataColorSpace, Layout, TransformOptions};

use crate::door::Fault;
use crate::name::Kind;

/// Greatest width or height, in pixels.
pub(crate) const MAX_SIDE: u32 = 16_384;
/// Most pixels. An 8K picture has 33 million.
pub(crate) const MAX_PIXELS: u64 = 50_000_000;
/// Most memory that a decoder takes for itself, in bytes: all pixels at eight bytes.
const MAX_MEMORY: u64 = MAX_PIXELS * 8;

/// What the header says.
pub(crate) struct Header {
    /// As it is seen, turned the right way up.
    pub(crate) width: u32,
    /// The same.
    pub(crate) height: u32,
}

/// A picture as pixels, with what its colours mean.
pub(crate) struct Pixels {
    /// RGB, or RGBA where something shows through.
    pub(crate) image: DynamicImage,
    profile: Option<Vec<u8>>,
}

/// A decoder that keeps to the bounds, with the way that the picture has to be turned.
fn decoder(bytes: &[u8], kind: Kind) -> Result<(impl ImageDecoder + '_, Orientation), Fault> {
    let mut reader = ImageReader::with_format(Cursor::new(bytes), kind.format());
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(MAX_MEMORY);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|error| match error {
        image::ImageError::Limits(_) => Fault::TooManyPixels,
        _ => Fault::Damaged,
    })?;
    let (width, height) = decoder.dimensions();
    if width == 0 || height == 0 {
        return Err(Fault::Damaged);
    }
    let pixels = u64::from(width) * u64::from(height);
    if width > MAX_SIDE || height > MAX_SIDE || pixels > MAX_PIXELS {
        return Err(Fault::TooManyPixels);
    }
    // A picture whose metadata cannot be read is shown as it lies.
    let turn = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    Ok((decoder, turn))
}

/// Reads the header alone, and refuses what is too large before anything is decoded.
pub(crate) fn header(bytes: &[u8], kind: Kind) -> Result<Header, Fault> {
    let (decoder, turn) = decoder(bytes, kind)?;
    let (width, height) = decoder.dimensions();
    let aside = matches!(
        turn,
        Orientation::Rotate90
            | Orientation::Rotate270
            | Orientation::Rotate90FlipH
            | Orientation::Rotate270FlipH
    );
    let (width, height) = if aside {
        (height, width)
    } else {
        (width, height)
    };
    Ok(Header { width, height })
}

/// Decodes a picture; of one that moves, its first frame.
pub(crate) fn decode(bytes: &[u8], kind: Kind) -> Result<Pixels, Fault> {
    let (mut decoder, turn) = decoder(bytes, kind)?;
    let profile = decoder.icc_profile().ok().flatten();
    let image = DynamicImage::from_decoder(decoder).map_err(|error| match error {
        image::ImageError::Limits(_) => Fault::TooManyPixels,
        _ => Fault::Damaged,
    })?;
    let mut image = match image {
        image if !image.color().has_alpha() => DynamicImage::ImageRgb8(image.into_rgb8()),
        image => {
            let image = image.into_rgba8();
            // What only could have been transparent is sent without it.
            if image.pixels().all(|pixel| pixel.0[3] == u8::MAX) {
                DynamicImage::ImageRgb8(DynamicImage::ImageRgba8(image).into_rgb8())
            } else {
                DynamicImage::ImageRgba8(image)
            }
        }
    };
    image.apply_orientation(turn);
    Ok(Pixels { image, profile })
}

impl Pixels {
    /// The same picture, other pixels.
    pub(crate) fn with(&self, image: DynamicImage) -> Self {
        Self {
            image,
            profile: self.profile.clone(),
        }
    }

    /// The pixels in sRGB, which is what everybody takes pictures without a profile for. A profile that makes no sense
    /// is as good as none; one of printing inks was used up by the decoder.
    pub(crate) fn into_srgb(self) -> DynamicImage {
        let meant = self
            .profile
            .and_then(|profile| ColorProfile::new_from_slice(&profile).ok())
            .filter(|profile| profile.color_space == DataColorSpace::Rgb);
        match meant {
            Some(profile) => converted(&self.image, &profile).unwrap_or(self.image),
            None => self.image,
        }
    }
}

fn converted(image: &DynamicImage, profile: &ColorProfile) -> Option<DynamicImage> {
    let layout = if image.color().has_alpha() {
        Layout::Rgba
    } else {
        Layout::Rgb
    };
    let srgb = ColorProfile::new_srgb();
    let transform = profile
        .create_transform_8bit(layout, &srgb, layout, TransformOptions::default())
        .ok()?;
    let from = image.as_bytes();
    let mut to = vec![0; from.len()];
    transform.transform(from, &mut to).ok()?;
    let (width, height) = (image.width(), image.height());
    if image.color().has_alpha() {
        image::RgbaImage::from_raw(width, height, to).map(DynamicImage::ImageRgba8)
    } else {
        image::RgbImage::from_raw(width, height, to).map(DynamicImage::ImageRgb8)
    }
}
