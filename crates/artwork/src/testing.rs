//! Pictures for tests.

use std::io::Cursor;

use bytes::Bytes;
use image::codecs::gif::GifEncoder;
use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::{DynamicImage, Frame, ImageEncoder, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};

pub(crate) const RED: Rgb<u8> = Rgb([200, 30, 40]);
pub(crate) const BLUE: Rgb<u8> = Rgb([20, 60, 200]);

/// A picture whose left half is red and whose right half is blue.
pub(crate) fn halves(width: u32, height: u32) -> DynamicImage {
    let pixel = |x, _| if x < width / 2 { RED } else { BLUE };
    RgbImage::from_fn(width, height, pixel).into()
}

/// The same with its right half seen through.
pub(crate) fn half_clear(width: u32, height: u32) -> DynamicImage {
    let pixel = |x, _| {
        if x < width / 2 {
            Rgba([200, 30, 40, 255])
        } else {
            Rgba([0, 0, 0, 0])
        }
    };
    RgbaImage::from_fn(width, height, pixel).into()
}

pub(crate) fn written(image: &DynamicImage, format: ImageFormat) -> Bytes {
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, format).unwrap();
    bytes.into_inner().into()
}

pub(crate) fn jpeg(image: &DynamicImage) -> Bytes {
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, 95)
        .encode_image(image)
        .unwrap();
    bytes.into()
}

/// A PNG that says what its colours mean.
pub(crate) fn png_with_profile(image: &DynamicImage, profile: Vec<u8>) -> Bytes {
    let mut bytes = Vec::new();
    let mut encoder = PngEncoder::new(&mut bytes);
    encoder.set_icc_profile(profile).unwrap();
    let (width, height) = (image.width(), image.height());
    encoder
        .write_image(image.as_bytes(), width, height, image.color().into())
        .unwrap();
    bytes.into()
}

/// A GIF that moves: first red, then blue.
pub(crate) fn moving_gif(width: u32, height: u32) -> Bytes {
    let mut bytes = Vec::new();
    {
        let mut encoder = GifEncoder::new(&mut bytes);
        for Rgb([r, g, b]) in [RED, BLUE] {
            let frame = RgbaImage::from_pixel(width, height, Rgba([r, g, b, 255]));
            encoder.encode_frame(Frame::new(frame)).unwrap();
        }
    }
    bytes.into()
}

/// A JPEG that says in its EXIF data which way up it is, 1 to 8.
pub(crate) fn turned(jpeg: &[u8], orientation: u8) -> Bytes {
    let mut exif = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
    exif.extend([orientation, 0, 0, 0, 0, 0, 0]);
    let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
    let mut bytes = jpeg[..2].to_vec();
    bytes.extend([0xff, 0xe1]);
    bytes.extend(length);
    bytes.extend(exif);
    bytes.extend(&jpeg[2..]);
    bytes.into()
}

/// A PNG whose header promises so many pixels, with next to nothing behind it.
pub(crate) fn promising_png(width: u32, height: u32) -> Bytes {
    let mut bytes = written(&halves(4, 4), ImageFormat::Png).to_vec();
    bytes[16..20].copy_from_slice(&width.to_be_bytes());
    bytes[20..24].copy_from_slice(&height.to_be_bytes());
    let sum = crc(&bytes[12..29]);
    bytes[29..33].copy_from_slice(&sum.to_be_bytes());
    bytes.into()
}

/// A JPEG whose header promises so many pixels.
pub(crate) fn promising_jpeg(width: u16, height: u16) -> Bytes {
    let mut bytes = jpeg(&halves(16, 16)).to_vec();
    let at = bytes
        .windows(2)
        .position(|pair| pair == [0xff, 0xc0])
        .unwrap();
    bytes[at + 5..at + 7].copy_from_slice(&height.to_be_bytes());
    bytes[at + 7..at + 9].copy_from_slice(&width.to_be_bytes());
    bytes.into()
}

/// The check sum of PNG chunks.
fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| {
            (sum >> 1) ^ (0xedb8_8320 & (sum & 1).wrapping_neg())
        })
    })
}

/// A picture that other programs made, of those in `tests/pictures`, 48 by 32 pixels each.
pub(crate) fn made(name: &str) -> Bytes {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/pictures");
    std::fs::read(format!("{folder}/{name}")).unwrap().into()
}

/// Whether a pixel is about of a colour.
pub(crate) fn is_about(found: Rgb<u8>, wanted: Rgb<u8>) -> bool {
    let near = |(a, b): (&u8, &u8)| a.abs_diff(*b) < 24;
    found.0.iter().zip(&wanted.0).all(near)
}
