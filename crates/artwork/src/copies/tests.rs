use image::{DynamicImage, ImageFormat};

use super::*;
use crate::WIDTHS;
use crate::testing::{half_clear, halves, jpeg, written};

struct Bench {
    dir: tempfile::TempDir,
    gallery: Gallery,
    copies: Copies,
}

impl Bench {
    fn new() -> Self {
        Self::bounded(1 << 20)
    }

    fn bounded(max_bytes: u64) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let gallery = Gallery::folder(dir.path().join("art"));
        let copies = Copies::new(gallery.clone(), dir.path().join("copies"), max_bytes);
        Self {
            dir,
            gallery,
            copies,
        }
    }

    async fn take(&self, image: &DynamicImage) -> PictureName {
        self.gallery.take(jpeg(image)).await.unwrap().name
    }

    fn files(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.dir.path().join("copies"));
        let mut names: Vec<String> = entries
            .into_iter()
            .flatten()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }
}

#[tokio::test]
async fn copies_have_the_width_that_was_asked_for_and_are_never_enlarged() {
    let bench = Bench::new();
    let name = bench.take(&halves(1000, 500)).await;
    for (width, format) in WIDTHS
        .into_iter()
        .flat_map(|width| [(width, Format::Webp), (width, Format::Plain)])
    {
        let copy = bench.copies.copy(&name, width, format).await.unwrap();
        let kind = match format {
            Format::Webp => "image/webp",
            Format::Plain => "image/jpeg",
        };
        assert_eq!(copy.media_type, kind);
        let read = image::load_from_memory(&copy.bytes).unwrap();
        let wanted = width.min(1000);
        assert_eq!((read.width(), read.height()), (wanted, wanted / 2));
        let again = bench.copies.copy(&name, width, format).await.unwrap();
        assert_eq!((copy.bytes, copy.etag), (again.bytes, again.etag));
    }
    assert_eq!(bench.files().len(), 2 * WIDTHS.len());
}

#[tokio::test]
async fn one_copy_is_made_however_many_ask() {
    let bench = Bench::new();
    let name = bench.take(&halves(1600, 1200)).await;
    let asking = (0..32).map(|_| bench.copies.copy(&name, 320, Format::Webp));
    let copies = futures_util::future::join_all(asking).await;
    let first = copies[0].as_ref().unwrap();
    assert!(
        copies
            .iter()
            .flatten()
            .all(|copy| copy.bytes == first.bytes)
    );
    assert_eq!(bench.files().len(), 1);
}

#[tokio::test]
async fn what_is_kept_stays_within_its_bound_and_goes_with_its_file() {
    let bench = Bench::bounded(6_000);
    for shade in 0..12 {
        let image = image::RgbImage::from_fn(300, 300, |x, y| {
            image::Rgb([(x * 7 + shade * 31) as u8, (y * 5) as u8, (x * y) as u8])
        });
        let name = bench.take(&image.into()).await;
        assert!(bench.copies.copy(&name, 160, Format::Plain).await.is_some());
    }
    bench.copies.kept.run_pending_tasks().await;
    let sizes = bench.files().into_iter().map(|file| {
        let path = bench.dir.path().join("copies").join(file);
        std::fs::metadata(path).unwrap().len()
    });
    let sum: u64 = sizes.sum();
    assert!(sum <= 6_000, "{sum}");
}

#[tokio::test]
async fn the_next_run_finds_the_copies_and_clears_what_is_none() {
    let bench = Bench::new();
    let name = bench.take(&halves(400, 400)).await;
    bench.copies.copy(&name, 160, Format::Webp).await.unwrap();
    let folder = bench.dir.path().join("copies");
    std::fs::write(folder.join("half.webp.part7"), b"x").unwrap();
    std::fs::write(folder.join("empty-jpg-160w1.webp"), b"").unwrap();
    std::fs::write(folder.join("older-jpg-160w0.webp"), b"x").unwrap();
    let next = Copies::new(bench.gallery.clone(), folder.clone(), 1 << 20);
    next.recall().await;
    assert_eq!(bench.files().len(), 1);
    // The kept one is sent, whatever the picture: it is not made again.
    std::fs::write(folder.join(&bench.files()[0]), b"kept").unwrap();
    let copy = next.copy(&name, 160, Format::Webp).await.unwrap();
    assert_eq!(&copy.bytes[..], b"kept");
    // One that went behind our back is made again.
    std::fs::remove_file(folder.join(&bench.files()[0])).unwrap();
    let copy = next.copy(&name, 160, Format::Webp).await.unwrap();
    assert!(image::load_from_memory(&copy.bytes).is_ok());
}

#[tokio::test]
async fn what_is_missing_is_none_and_what_cannot_be_read_is_sent_as_it_came() {
    let bench = Bench::new();
    let missing = PictureName::of(b"nothing", Kind::Jpeg);
    assert!(
        bench
            .copies
            .copy(&missing, 160, Format::Webp)
            .await
            .is_none()
    );
    assert_eq!(bench.copies.placeholder(&missing).await, None);
    // Earlier versions looked at headers only.
    let older = PictureName::of(b"older", Kind::Webp);
    let path = bench.dir.path().join("art");
    std::fs::create_dir_all(&path).unwrap();
    std::fs::write(path.join(older.to_string()), b"older").unwrap();
    let copy = bench.copies.copy(&older, 160, Format::Plain).await.unwrap();
    assert_eq!(
        (&copy.bytes[..], copy.media_type),
        (&b"older"[..], "image/webp")
    );
    assert_eq!(bench.copies.placeholder(&older).await, None);
}

#[tokio::test]
async fn pictures_are_stored_once_with_their_placeholders() {
    let bench = Bench::new();
    let bytes = written(&half_clear(90, 60), ImageFormat::Png);
    let seen = bench.gallery.take(bytes.clone()).await.unwrap();
    let again = bench.gallery.take(bytes.clone()).await.unwrap();
    assert_eq!(seen, again);
    let mut stored: Vec<_> = std::fs::read_dir(bench.dir.path().join("art"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    stored.sort();
    assert_eq!(stored.len(), 2);
    assert_eq!(std::fs::read(&stored[0]).unwrap(), bytes);
    assert!(bench.gallery.has(&seen.name).await.unwrap());
    let placeholder = bench.copies.placeholder(&seen.name).await.unwrap();
    assert_eq!(placeholder, seen.placeholder);
    // Of pictures from before there were placeholders they are made when asked for, and stored.
    std::fs::remove_file(&stored[1]).unwrap();
    assert_eq!(
        bench.copies.placeholder(&seen.name).await,
        Some(placeholder)
    );
    assert!(stored[1].exists());
    // Seen through where the picture is.
    let hash = base64::Engine::decode(
        &base64::engine::general_purpose::STANDARD,
        &seen.placeholder,
    );
    let (width, height, rgba) = thumbhash::thumb_hash_to_rgba(&hash.unwrap()).unwrap();
    let alpha = |x: usize| rgba[(height / 2 * width + x) * 4 + 3];
    assert!(width > height && alpha(2) > 200 && alpha(width - 3) < 60);
}
