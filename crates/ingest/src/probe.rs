//! Looking into what has been brought in: every pending source becomes ready, or rejected with the reason.

use std::sync::Arc;

use futures_util::{StreamExt, stream};
use marquee_domain::media::{Source, SourceRole, SourceState, TrackInfo};
use marquee_domain::{ContentId, SourceId};
use marquee_engine::open::local_path;
use marquee_engine::{Library, PresentationError};
use marquee_packager::{Codec, Container, Index, Track, TrackKind};
use marquee_storage::catalog::{Shown, contents_by_ids};
use marquee_storage::{Db, sources};

use crate::IngestError;
use crate::report::{Progress, Rejection, Report};

/// Sources probed at a time. Probing waits for disks and servers more than it computes.
const PARALLEL: usize = 4;
/// Sources settled in one unit of work.
const BATCH: i64 = 64;

/// Probes everything that is pending. Safe to run twice and beside itself.
///
/// # Errors
/// When storage fails.
pub async fn probe_pending(
    db: &Db,
    library: &Library,
    progress: &dyn Progress,
) -> Result<Report, IngestError> {
    let mut report = Report::default();
    let mut after = SourceId(0);
    let mut done = 0;
    loop {
        let pending = sources::pending(&mut db.reader(), after, BATCH).await?;
        let Some(last) = pending.last() else {
            return Ok(report);
        };
        after = last.id;
        let probed: Vec<Source> = stream::iter(pending)
            .map(|source| probe_one(library, source))
            .buffer_unordered(PARALLEL)
            .collect()
            .await;
        let mut unit = db.begin().await?;
        for source in &probed {
            note(&mut report, source);
            sources::set_probed(&mut unit, source).await?;
        }
        let mut contents: Vec<ContentId> = probed
            .iter()
            .filter(|s| s.role == SourceRole::Rendition)
            .map(|s| s.content)
            .collect();
        contents.sort_unstable();
        contents.dedup();
        let ids: Vec<i64> = contents.iter().map(|id| id.0).collect();
        for content in contents_by_ids(&mut unit, &ids, Shown::All).await? {
            sources::settle_content(&mut unit, content.id, content.doc.runtime_ms).await?;
        }
        unit.save().await?;
        done += probed.len() as u64;
        progress.advance(
            done,
            done,
            probed.last().map_or("", |source| &source.location),
        );
    }
}

fn note(report: &mut Report, source: &Source) {
    let about = |reason: String| Rejection {
        // People know paths; addresses of files are how we store them.
        path: local_path(&source.location).map_or_else(
            || source.location.clone(),
            |path| path.display().to_string(),
        ),
        line: None,
        id: None,
        field: None,
        reason,
    };
    match &source.state {
        SourceState::Rejected(reason) => report.reject(about(reason.clone())),
        _ => {
            for track in source
                .info
                .tracks
                .iter()
                .filter(|track| !track.playable && track.kind != "other")
            {
                report.note(about(format!(
                    "{} track {} ({}) cannot be delivered",
                    track.kind, track.id, track.codec
                )));
            }
        }
    }
}

async fn probe_one(library: &Library, mut source: Source) -> Source {
    let result = match source.role {
        SourceRole::Rendition => probe_rendition(library, &mut source).await,
        SourceRole::Subtitle => probe_subtitle(library, &mut source).await,
    };
    source.state = match result {
        Ok(()) => SourceState::Ready,
        Err(reason) => SourceState::Rejected(reason),
    };
    source
}

/// The whole chain of causes as one sentence for people.
fn explain(error: &(dyn std::error::Error + 'static)) -> String {
    let chain: Vec<String> = std::iter::successors(Some(error), |e| e.source())
        .map(ToString::to_string)
        .collect();
    // The outermost layer only says what was tried.
    chain
        .get(1..)
        .filter(|rest| !rest.is_empty())
        .unwrap_or(&chain)
        .join(": ")
}

async fn probe_rendition(library: &Library, source: &mut Source) -> Result<(), String> {
    let (opened, index) = library
        .probe(&source.location)
        .await
        .map_err(|error: PresentationError| explain(&error))?;
    source.size_bytes = i64::try_from(opened.length).unwrap_or(i64::MAX);
    source.revision = opened.revision;
    describe(source, &index);
    Ok(())
}

async fn probe_subtitle(library: &Library, source: &mut Source) -> Result<(), String> {
    let opened = library
        .open(&source.location)
        .await
        .map_err(|error| error.to_string())?;
    source.size_bytes = i64::try_from(opened.length).unwrap_or(i64::MAX);
    source.revision = opened.revision;
    let language = source
        .info
        .language
        .as_ref()
        .map(|tag| tag.as_str().to_owned());
    let cues = library
        .read_side_car(&source.location, language.as_deref())
        .await
        .map_err(|error| explain(&error))?;
    if cues.is_empty() {
        Err("there is not a single subtitle in it".to_owned())
    } else {
        Ok(())
    }
}

/// Fills in what probing found.
fn describe(source: &mut Source, index: &Arc<Index>) {
    source.info.container = match index.container() {
        Container::Mp4 => "MP4",
        Container::FragmentedMp4 => "fragmented MP4",
        Container::Matroska => "Matroska",
        Container::WebM => "WebM",
    }
    .to_owned();
    source.info.duration_ms = index.duration_ms();
    source.info.tracks = index.tracks().iter().map(track_info).collect();
}

fn track_info(track: &Track) -> TrackInfo {
    let (kind, size, frame_rate, channels) = match &track.kind {
        TrackKind::Video {
            width,
            height,
            frame_rate,
            ..
        } => ("video", Some((*width, *height)), *frame_rate, None),
        TrackKind::Audio { channels, .. } => ("audio", None, None, Some(*channels)),
        TrackKind::Text => ("text", None, None, None),
        TrackKind::Other => ("other", None, None, None),
    };
    TrackInfo {
        id: track.id,
        kind: kind.to_owned(),
        codec: codec_name(track),
        codec_string: track.codec_string.clone(),
        language: track.language.clone(),
        name: track.name.clone(),
        size,
        frame_rate,
        channels,
        playable: track.playable,
        transcodable: track.is_transcodable(),
        forced: track.is_forced,
    }
}

fn codec_name(track: &Track) -> String {
    match track.codec {
        Codec::H264 => "H.264".to_owned(),
        Codec::Hevc => "HEVC".to_owned(),
        Codec::Ac3 => "AC-3".to_owned(),
        Codec::Eac3 => "E-AC-3".to_owned(),
        Codec::Aac => "AAC".to_owned(),
        Codec::Flac => "FLAC".to_owned(),
        Codec::Other => match track.codec_string.as_str() {
            "A_DTS" | "A_DTS/EXPRESS" | "A_DTS/LOSSLESS" | "dtsc" | "dtsh" | "dtsl" | "dtse" => {
                "DTS"
            }
            "A_TRUEHD" | "A_MLP" => "Dolby TrueHD",
            "A_VORBIS" => "Vorbis",
            "A_ALAC" | "alac" => "ALAC",
            "A_MPEG/L2" => "MP2",
            "A_PCM/INT/LIT" | "A_PCM/INT/BIG" | "A_PCM/FLOAT/IEEE" => "PCM",
            "V_MPEG1" | "V_MPEG2" => "MPEG-2",
            "V_MPEG4/ISO/ASP" | "V_MPEG4/ISO/SP" | "V_MPEG4/MS/V3" | "mp4v" => "MPEG-4 Visual",
            "V_VP8" => "VP8",
            other => other,
        }
        .to_owned(),
        codec => format!("{codec:?}"),
    }
}
