use image::{DynamicImage, ImageFormat, Rgb};
use moxcms::ColorProfile;
use proptest::prelude::*;

use super::*;
use crate::copies::copied;
use crate::encode::Format;
use crate::testing::*;

/// Looks at a picture and returns a copy of it as it is sent, which is no larger here.
fn seen(bytes: &Bytes) -> (Seen, DynamicImage) {
    let seen = look(bytes).unwrap();
    let (copy, _) = copied(bytes, seen.name.kind(), 1920, Format::Plain).unwrap();
    (seen, image::load_from_memory(&copy).unwrap())
}

#[track_caller]
fn is_halves(bytes: &Bytes, left: Rgb<u8>, right: Rgb<u8>) {
    let (seen, copy) = seen(bytes);
    assert_eq!((seen.width, seen.height), (copy.width(), copy.height()));
    let copy = copy.into_rgb8();
    let (w, h) = copy.dimensions();
    for (x, wanted) in [(w / 4, left), (w - w / 4, right)] {
        let found = *copy.get_pixel(x, h / 2);
        assert!(is_about(found, wanted), "{found:?}, not {wanted:?}");
    }
}

#[test]
fn every_kind_comes_in_under_the_hash_of_its_bytes() {
    let image = halves(64, 32);
    for (bytes, kind) in [
        (jpeg(&image), Kind::Jpeg),
        (written(&image, ImageFormat::Png), Kind::Png),
        (written(&image, ImageFormat::WebP), Kind::Webp),
        (written(&image, ImageFormat::Gif), Kind::Gif),
    ] {
        let seen = look(&bytes).unwrap();
        assert_eq!(seen.name, PictureName::of(&bytes, kind));
        assert_eq!((seen.width, seen.height), (64, 32));
        assert!(crate::placeholder::is_placeholder(&seen.placeholder));
        is_halves(&bytes, RED, BLUE);
    }
}

#[test]
fn what_was_cut_off_is_refused_wherever_it_was_cut() {
    let image = halves(64, 64);
    let exif = turned(&jpeg(&image), 1);
    for whole in [
        jpeg(&image),
        exif,
        made("progressive.jpg"),
        written(&image, ImageFormat::Png),
        written(&image, ImageFormat::WebP),
    ] {
        for kept in (0..whole.len() - 20).step_by(7) {
            let fault = look(&whole.slice(..kept));
            assert!(fault.is_err(), "{kept} of {} bytes", whole.len());
        }
    }
}

#[test]
fn too_many_pixels_are_refused_by_the_header() {
    let before = std::time::Instant::now();
    for bytes in [
        promising_png(50_000, 50_000),
        promising_png(u32::MAX >> 1, 1),
        promising_png(16_385, 16),
        promising_png(16_000, 16_000),
        promising_jpeg(50_000, 50_000),
        promising_jpeg(65_535, 65_535),
        promising_jpeg(16_000, 16_000),
    ] {
        assert_eq!(look(&bytes), Err(Fault::TooManyPixels));
    }
    // Nothing was decoded, nor memory cleared for it.
    assert!(before.elapsed() < Duration::from_secs(1));
    assert_eq!(look(&promising_png(0, 16)), Err(Fault::Damaged));
    assert_eq!(look(&promising_jpeg(16, 0)), Err(Fault::Damaged));
}

#[test]
fn other_files_are_refused_whatever_they_are_called() {
    for (bytes, fault) in [
        (&b""[..], Fault::Bytes),
        (b"\n<?xml version=\"1.0\"?><svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>", Fault::Svg),
        (b"\xef\xbb\xbf<svg onload=\"fetch('http://127.0.0.1/')\"/>", Fault::Svg),
        (b"<!DOCTYPE html><title>JPEG</title>", Fault::Kind),
        (b"\0\0\0\x20ftypavif\0\0\0\0avifmif1miafMA1B", Fault::Kind),
        (b"BM\x3a\0\0\0\0\0\0\0\x36\0\0\0", Fault::Kind),
        (b"II*\0\x08\0\0\0", Fault::Kind),
        (b"\x1f\x8b\x08\0", Fault::Kind),
        (b"%PDF-1.7", Fault::Kind),
        (b"\xff\xd8\xff", Fault::Damaged),
        (b"\x89PNG\r\n\x1a\n", Fault::Damaged),
        (b"RIFF\xff\xff\xff\xffWEBPVP8 ", Fault::Damaged),
        (b"GIF89a", Fault::Damaged),
    ] {
        assert_eq!(look(&Bytes::from_static(bytes)), Err(fault), "{bytes:?}");
    }
    assert_eq!(look(&vec![0; MAX_BYTES + 1].into()), Err(Fault::Bytes));
}

#[test]
fn of_what_moves_the_first_frame_is_shown() {
    let gif = moving_gif(16, 16);
    is_halves(&gif, RED, RED);
    let (seen, copy) = seen(&made("animated.webp"));
    assert_eq!((seen.width, seen.height), (48, 32));
    let found = copy.into_rgb8();
    let red = *found.get_pixel(24, 16);
    assert!(red.0[0] > 200 && red.0[2] < 60, "{red:?}");
}

#[test]
fn what_is_two_things_at_once_is_sent_as_a_picture_only() {
    let image = halves(32, 32);
    let script = b"<script>alert(1)</script><svg onload=alert(1)>";
    let mut behind = jpeg(&image).to_vec();
    behind.extend(script);
    // Inside, in a comment.
    let whole = jpeg(&image);
    let mut inside = whole[..2].to_vec();
    inside.extend([0xff, 0xfe]);
    inside.extend(u16::try_from(script.len() + 2).unwrap().to_be_bytes());
    inside.extend(script);
    inside.extend(&whole[2..]);
    let mut zip = written(&image, ImageFormat::Png).to_vec();
    zip.extend(b"PK\x03\x04");
    zip.extend(script);
    for bytes in [behind, inside, zip] {
        let bytes = Bytes::from(bytes);
        is_halves(&bytes, RED, BLUE);
        let kind = Kind::of(&bytes).unwrap();
        for format in [Format::Webp, Format::Plain] {
            let (copy, _) = copied(&bytes, kind, 320, format).unwrap();
            assert!(!copy.windows(7).any(|part| part == b"<script"));
        }
    }
}

#[test]
fn progressive_inked_and_deep_pictures_are_read() {
    is_halves(&made("progressive.jpg"), RED, Rgb([20, 60, 110]));
    for inked in ["cmyk.jpg", "ycck.jpg"] {
        is_halves(&made(inked), Rgb([255, 0, 0]), Rgb([0, 255, 255]));
    }
    let deep = DynamicImage::ImageRgb16(halves(32, 32).into_rgb16());
    is_halves(&written(&deep, ImageFormat::Png), RED, BLUE);
    let grey = DynamicImage::ImageLuma16(halves(32, 32).into_luma16());
    let wanted = |half: Rgb<u8>| {
        let grey = DynamicImage::from(image::RgbImage::from_pixel(1, 1, half)).into_luma8();
        Rgb([grey.get_pixel(0, 0).0[0]; 3])
    };
    is_halves(&written(&grey, ImageFormat::Png), wanted(RED), wanted(BLUE));
    let grey = DynamicImage::ImageLuma8(grey.into_luma8());
    is_halves(&jpeg(&grey), wanted(RED), wanted(BLUE));
}

#[test]
fn pictures_are_turned_the_right_way_up() {
    let lying = jpeg(&halves(64, 32));
    for (orientation, size) in [(1, (64, 32)), (3, (64, 32)), (6, (32, 64)), (8, (32, 64))] {
        let bytes = turned(&lying, orientation);
        let (seen, copy) = seen(&bytes);
        assert_eq!((seen.width, seen.height), size, "{orientation}");
        assert_eq!((copy.width(), copy.height()), size, "{orientation}");
        let copy = copy.into_rgb8();
        // Where the left half of what lies in the file is seen.
        let (red, blue) = match orientation {
            1 => ((8, 16), (56, 16)),
            3 => ((56, 16), (8, 16)),
            6 => ((16, 8), (16, 56)),
            _ => ((16, 56), (16, 8)),
        };
        assert!(
            is_about(*copy.get_pixel(red.0, red.1), RED),
            "{orientation}"
        );
        assert!(
            is_about(*copy.get_pixel(blue.0, blue.1), BLUE),
            "{orientation}"
        );
    }
    // A direction that there is not is none.
    assert_eq!(look(&turned(&lying, 77)).map(|seen| seen.width), Ok(64));
}

#[test]
fn colours_are_sent_as_what_they_mean() {
    let wide = ColorProfile::new_display_p3().encode().unwrap();
    let image = halves(32, 32);
    let (_, copy) = seen(&png_with_profile(&image, wide.clone()));
    let red = *copy.to_rgb8().get_pixel(8, 16);
    // The same numbers mean a stronger red there.
    assert!(red.0[0] > 208 && red.0[1] < 24, "{red:?}");
    let (_, copy) = seen(&png_with_profile(&half_clear(32, 32), wide.clone()));
    let copy = copy.to_rgba8();
    assert_eq!(
        (copy.get_pixel(8, 16).0[3], copy.get_pixel(24, 16).0[3]),
        (255, 0)
    );
    // Profiles that make no sense are as good as none.
    for nonsense in [
        Vec::new(),
        b"profile".to_vec(),
        wide[..wide.len() / 2].to_vec(),
    ] {
        is_halves(&png_with_profile(&image, nonsense), RED, BLUE);
    }
}

#[test]
fn what_shows_through_goes_on_to() {
    let bytes = written(&half_clear(64, 64), ImageFormat::Png);
    let (copy, kind) = copied(&bytes, Kind::Png, 320, Format::Plain).unwrap();
    assert_eq!(kind, Kind::Png);
    assert_eq!(
        image::load_from_memory(&copy)
            .unwrap()
            .to_rgba8()
            .get_pixel(48, 32)
            .0[3],
        0
    );
    let (copy, kind) = copied(&bytes, Kind::Png, 320, Format::Webp).unwrap();
    assert_eq!(kind, Kind::Webp);
    assert_eq!(
        image::load_from_memory(&copy)
            .unwrap()
            .to_rgba8()
            .get_pixel(48, 32)
            .0[3],
        0
    );
    // Nothing shows through this one, though it could: a photograph as PNG is sent as JPEG.
    let whole = DynamicImage::ImageRgba8(halves(64, 64).into_rgba8());
    let bytes = written(&whole, ImageFormat::Png);
    let (_, kind) = copied(&bytes, Kind::Png, 320, Format::Plain).unwrap();
    assert_eq!(kind, Kind::Jpeg);
}

#[test]
fn a_picture_that_takes_too_long_is_given_up() {
    let bytes = jpeg(&halves(2000, 2000));
    assert_eq!(look_within(&bytes, Duration::ZERO), Err(Fault::TooSlow));
}

#[test]
fn strips_have_copies_and_placeholders() {
    for (width, height) in [(16_384, 1), (1, 16_384), (1, 1), (2, 9000)] {
        let bytes = written(&halves(width, height), ImageFormat::Png);
        let seen = look(&bytes).unwrap();
        assert_eq!((seen.width, seen.height), (width, height));
        for format in [Format::Webp, Format::Plain] {
            assert!(
                copied(&bytes, Kind::Png, 160, format).is_some(),
                "{width} x {height}"
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases.max(400), ..ProptestConfig::default() })]

    /// Sound pictures with a few bytes changed, bytes left out, or an end cut off: what fuzzing does, for a moment.
    #[test]
    fn damaged_pictures_are_refused_or_read_and_never_panic(
        which in 0_usize..12,
        changes in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 0..6),
        gap in proptest::option::of((any::<proptest::sample::Index>(), 1_usize..40)),
        kept in any::<proptest::sample::Index>(),
        whole in any::<bool>(),
    ) {
        let image = halves(24, 16);
        let mut bytes = match which {
            0 => jpeg(&image).to_vec(),
            1 => turned(&jpeg(&image), 6).to_vec(),
            2 => written(&half_clear(24, 16), ImageFormat::Png).to_vec(),
            3 => written(&half_clear(24, 16), ImageFormat::WebP).to_vec(),
            4 => moving_gif(24, 16).to_vec(),
            5 => made("progressive.jpg").to_vec(),
            6 => made("cmyk.jpg").to_vec(),
            7 => made("deep.png").to_vec(),
            8 => made("moving.gif").to_vec(),
            9 => made("clear.webp").to_vec(),
            10 => made("plain.jpg").to_vec(),
            _ => made("animated.webp").to_vec(),
        };
        for (at, value) in changes {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        if let Some((at, length)) = gap {
            let at = at.index(bytes.len());
            bytes.drain(at..(at + length).min(bytes.len()));
        }
        if !whole && !bytes.is_empty() {
            bytes.truncate(kept.index(bytes.len()));
        }
        exercise(&bytes);
    }
}
