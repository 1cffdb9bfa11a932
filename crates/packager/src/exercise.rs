//! Everything the crate does with untrusted bytes, in one call each.
//!
//! The fuzz targets and the seeded tests on stable share these functions, so that whatever one
//! finds the other can repeat. Not part of the interface.

use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;

use crate::index::Index;
use crate::text::{self, TextFormat};
use crate::{AudioTranscode, Ladder, LadderFile, Limits, SideCar, TrackKind};

/// Probes a file in memory and makes everything that can be made of it. Gives the index.
pub fn media(data: &[u8]) -> Option<Arc<Index>> {
    let source = Bytes::copy_from_slice(data);
    let limits = Limits {
        moov_bytes: 1 << 20,
        element_bytes: 1 << 20,
        ..Limits::default()
    };
    let index = ready(crate::probe(&source, &limits))?.ok()?;
    let stored = index.encode();
    debug_assert!(Index::decode(&stored).is_ok(), "our own index is refused");
    debug_assert!(
        index.weight_bytes() < (64 << 10) + data.len().saturating_mul(100),
        "the index of {} bytes weighs {}",
        data.len(),
        index.weight_bytes()
    );
    Some(index_only(index, Some(&source)))
}

/// Decodes stored index bytes, without their checksum, and makes everything of them.
pub fn stored(body: &[u8]) -> Option<Arc<Index>> {
    let index = Index::decode_body(body).ok()?;
    Some(index_only(index, None))
}

/// Reads a subtitle file in every format and writes it again.
pub fn subtitles(data: &[u8]) {
    let formats = [
        TextFormat::WebVtt,
        TextFormat::SubRip,
        TextFormat::Ass,
        TextFormat::Sami,
    ];
    for format in formats {
        for language in [None, Some("ko"), Some("zh-hant"), Some("??")] {
            let Ok(cues) = text::parse_in(data, format, language) else {
                continue;
            };
            let whole = text::whole(&cues);
            let again = text::parse(whole.as_bytes(), TextFormat::WebVtt).unwrap_or_default();
            debug_assert_eq!(again, cues, "what we write reads differently");
            let playlist = text::playlist(&cues, 100_000);
            debug_assert!(playlist.contains("#EXTINF"));
            for n in 0..4 {
                let _ = text::segment(&cues, n, 100_000);
            }
        }
    }
}

fn index_only(index: Index, source: Option<&Bytes>) -> Arc<Index> {
    let index = Arc::new(index);
    let file = LadderFile {
        prefix: "f0".to_owned(),
        index: Arc::clone(&index),
    };
    let subtitles = vec![SideCar {
        prefix: "s0".to_owned(),
        language: Some("ko".to_owned()),
        name: None,
        is_default: true,
        is_forced: false,
    }];
    let ladder = Ladder {
        files: vec![file.clone(), file],
        subtitles,
    };
    let _ = crate::multivariant_with(&ladder, &crate::transcodable(&ladder));
    for track in index.tracks() {
        let id = track.id;
        let _ = crate::init_segment(&index, id);
        let _ = crate::media_playlist(&index, id);
        let _ = crate::iframe_playlist(&index, id);
        for n in 0..8 {
            let _ = crate::segment(&index, id, n).map(|plan| plan.len());
            let _ = crate::key_frame(&index, id, n).map(|plan| plan.len());
        }
        if let Ok(transcode) = AudioTranscode::of(&index, id) {
            let segments = transcode.segments();
            debug_assert!(transcode.playlist().len() < 4 << 20);
            for n in [0, 1, segments / 2, segments - 1, segments] {
                let part = transcode.part(n);
                debug_assert_eq!(part.is_ok(), n < segments, "a listed segment is missing");
                let _ = part.map(|part| (part.feed.len(), part.wrap(source.map_or(&[], |s| s))));
            }
        }
        if let Some(source) = source.filter(|_| track.kind == TrackKind::Text)
            && let Some(Ok(cues)) = ready(text::track_cues(source, &index, id))
        {
            let _ = text::segment_at(&cues, 0, index.duration_ms(), index.origin_ms());
            let _ = text::playlist(&cues, index.duration_ms());
        }
    }
    index
}

/// The result of a future that never waits, as reads from memory never do.
fn ready<F: Future>(future: F) -> Option<F::Output> {
    let mut context = Context::from_waker(Waker::noop());
    match pin!(future).poll(&mut context) {
        Poll::Ready(output) => Some(output),
        Poll::Pending => None,
    }
}
