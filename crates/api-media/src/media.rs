//! One content's playlists, segments, subtitles and original files.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use axum::response::IntoResponse;
use marquee_domain::media::Source;
use marquee_engine::library::Rendition;
use marquee_engine::{Presentation, PresentationError, TranscodeError, Transcoder};
use marquee_http::link::{Grant, LinkError};
use marquee_packager::{self as packager, AudioTranscode, PackError, Piece as Bytes, text};
use sha2::{Digest, Sha256};

use crate::Deps;
use crate::body::{Sendable, allow_any_origin};
use crate::path::{Asked, Piece, parse};

const PLAYLIST: &str = "application/vnd.apple.mpegurl";
const MP4: &str = "video/mp4";
const VTT: &str = "text/vtt; charset=utf-8";
/// Addresses below a revision never change their bytes.
const FOREVER: &str = "public, max-age=31536000, immutable";
/// The multivariant playlist names revisions, so it is asked for each time.
const ASK: &str = "no-cache";
/// The same for what one session may see.
const OWN: &str = "private, max-age=3600";
const OWN_ASK: &str = "private, no-cache";

/// A refusal as a sentence.
struct Refusal(StatusCode, String);

impl From<PackError> for Refusal {
    fn from(_: PackError) -> Self {
        Self(StatusCode::NOT_FOUND, "there is no such part\n".to_owned())
    }
}

impl From<PresentationError> for Refusal {
    fn from(error: PresentationError) -> Self {
        match error {
            PresentationError::NotFound => {
                Self(StatusCode::NOT_FOUND, "nothing plays here\n".to_owned())
            }
            PresentationError::Changed => Self(
                StatusCode::SERVICE_UNAVAILABLE,
                "this file has changed and is being looked at again\n".to_owned(),
            ),
            other => {
                let chain: Vec<String> =
                    std::iter::successors(Some(&other as &dyn std::error::Error), |e| e.source())
                        .map(ToString::to_string)
                        .collect();
                tracing::warn!(error = chain.join(": "), "media cannot be given");
                Self(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "this cannot be played right now\n".to_owned(),
                )
            }
        }
    }
}

impl From<Arc<TranscodeError>> for Refusal {
    fn from(error: Arc<TranscodeError>) -> Self {
        let words = match &*error {
            TranscodeError::Busy => "the server is busy with other sound; ask again\n",
            TranscodeError::Io(inner) => {
                tracing::warn!(error = %inner, "sound cannot be transcoded");
                "this sound cannot be made right now\n"
            }
            other => {
                tracing::warn!(error = %other, "sound cannot be transcoded");
                "this sound cannot be made right now\n"
            }
        };
        Self(StatusCode::SERVICE_UNAVAILABLE, words.to_owned())
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> axum::response::Response {
        let mut response = (self.0, [(header::CACHE_CONTROL, "no-store")], self.1).into_response();
        if self.0 == StatusCode::SERVICE_UNAVAILABLE {
            // Players that heed it ask again instead of giving up.
            let headers = response.headers_mut();
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
        }
        allow_any_origin(response.headers_mut());
        response
    }
}

pub(crate) async fn serve(
    State(deps): State<Arc<Deps>>,
    Path((token, path)): Path<(String, String)>,
    request: HeaderMap,
) -> Response<Body> {
    let grant = match granted(&deps, &token).await {
        Ok(grant) => grant,
        Err(refusal) => return refusal.into_response(),
    };
    match answer(&deps, grant, &path).await {
        Ok(sendable) => {
            let mut response = sendable.respond(&request);
            if grant.session.is_some() {
                // What a session may see is for its browser alone to keep.
                let headers = response.headers_mut();
                let lasting = headers
                    .get(header::CACHE_CONTROL)
                    .is_some_and(|kept| kept == FOREVER);
                let kept = if lasting { OWN } else { OWN_ASK };
                headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(kept));
            }
            response
        }
        Err(refusal) => refusal.into_response(),
    }
}

/// What a token grants now: it is good, and its session, if it is of one, is live.
async fn granted(deps: &Deps, token: &str) -> Result<Grant, Refusal> {
    let refused = |error: LinkError| Refusal(StatusCode::FORBIDDEN, format!("{error}\n"));
    let grant = deps.links.check(token, deps.clock.now()).map_err(refused)?;
    let Some(session) = grant.session else {
        return Ok(grant);
    };
    let mut text = uuid::Uuid::encode_buffer();
    let sid = session.hyphenated().encode_lower(&mut text);
    match deps.sessions.is_live(sid).await {
        Ok(true) => Ok(grant),
        Ok(false) => Err(refused(LinkError::Ended)),
        Err(error) => {
            tracing::error!(error = %error, "a session cannot be looked up");
            let words = "this cannot be checked right now\n".to_owned();
            Err(Refusal(StatusCode::SERVICE_UNAVAILABLE, words))
        }
    }
}

fn missing() -> Refusal {
    Refusal(
        StatusCode::NOT_FOUND,
        "there is no such thing here\n".to_owned(),
    )
}

async fn answer(deps: &Deps, grant: Grant, path: &str) -> Result<Sendable, Refusal> {
    let asked = parse(path).ok_or_else(missing)?;
    let presentation = deps.library.presentation(grant.content).await?;
    match asked {
        Asked::Multivariant => {
            let ladder = presentation.ladder();
            let transcoded = match working(deps) {
                Some(_) => packager::transcodable(&ladder),
                None => Vec::new(),
            };
            let playlist = packager::multivariant_with(&ladder, &transcoded)?;
            let etag = etag(&[&playlist]);
            Ok(Sendable::made(playlist, PLAYLIST, etag, ASK))
        }
        Asked::Track {
            file,
            revision,
            track,
            what,
        } => {
            let rendition = rendition(&presentation, file, revision)?;
            self::track(deps, rendition, track, what, path).await
        }
        Asked::Transcoded {
            file,
            revision,
            track,
            what,
        } => {
            let rendition = rendition(&presentation, file, revision)?;
            transcoded(deps, rendition, track, what, path).await
        }
        Asked::SideCar {
            file,
            revision,
            what,
        } => {
            let subtitle = presentation
                .subtitles
                .get(file)
                .filter(|s| s.key() == revision)
                .ok_or_else(missing)?;
            let cues = deps.library.side_car_cues(&subtitle.source).await?;
            text_part(
                &cues,
                what,
                presentation.duration_ms(),
                presentation.origin_ms(),
                path,
            )
        }
        Asked::Original { file } => original(deps, &presentation, file).await,
    }
}

async fn track(
    deps: &Deps,
    rendition: &Rendition,
    track: u32,
    what: Piece,
    path: &str,
) -> Result<Sendable, Refusal> {
    let index = &rendition.index;
    let is_text = index
        .track(track)
        .is_some_and(|track| track.letter() == 't');
    if is_text {
        let cues = deps.library.track_cues(rendition, track).await?;
        return text_part(&cues, what, index.duration_ms(), index.origin_ms(), path);
    }
    let etag = etag(&[path]);
    let plan = match what {
        Piece::Playlist => {
            return Ok(Sendable::made(
                packager::media_playlist(index, track)?,
                PLAYLIST,
                etag,
                FOREVER,
            ));
        }
        Piece::KeyFrames => {
            return Ok(Sendable::made(
                packager::iframe_playlist(index, track)?,
                PLAYLIST,
                etag,
                FOREVER,
            ));
        }
        Piece::Init => {
            return Ok(Sendable::made(
                packager::init_segment(index, track)?,
                MP4,
                etag,
                FOREVER,
            ));
        }
        Piece::Segment(n) => packager::segment(index, track, n)?,
        Piece::KeyFrame(n) => packager::key_frame(index, track, n)?,
        Piece::Text(_) => return Err(missing()),
    };
    // Replaced since it was indexed, its bytes are no longer where the index says.
    let source = deps.library.open_source(&rendition.source).await?;
    Ok(Sendable {
        pieces: plan.pieces,
        source: Some(source),
        content_type: MP4,
        etag,
        cache_control: FOREVER,
    })
}

/// The rendition that an address names; a stale address names none.
fn rendition<'a>(
    presentation: &'a Presentation,
    file: usize,
    revision: &str,
) -> Result<&'a Rendition, Refusal> {
    let found = presentation.renditions.get(file);
    found
        .filter(|rendition| rendition.key() == revision)
        .ok_or_else(missing)
}

fn working(deps: &Deps) -> Option<&Transcoder> {
    deps.transcoder.as_ref().filter(|known| known.works())
}

/// Something of a track's sound as AAC.
async fn transcoded(
    deps: &Deps,
    rendition: &Rendition,
    track: u32,
    what: Piece,
    path: &str,
) -> Result<Sendable, Refusal> {
    let transcoder = working(deps).ok_or_else(missing)?;
    let transcode = AudioTranscode::of(&rendition.index, track)?;
    let etag = etag(&[path]);
    let n = match what {
        Piece::Playlist => {
            let playlist = transcode.playlist();
            return Ok(Sendable::made(playlist, PLAYLIST, etag, FOREVER));
        }
        Piece::Init => {
            let init = AudioTranscode::init_segment()?;
            return Ok(Sendable::made(init, MP4, etag, FOREVER));
        }
        Piece::Segment(n) => n,
        Piece::KeyFrames | Piece::KeyFrame(_) | Piece::Text(_) => return Err(missing()),
    };
    let part = transcode.part(n)?;
    let source = deps.library.open_source(&rendition.source).await?;
    // The address names these bytes below its token only: keys in it are short.
    let Source {
        location, revision, ..
    } = &rendition.source;
    let key = format!("{location}\n{revision}\n{track}/{n}");
    let made = transcoder.segment(&key, part, &source).await?;
    Ok(Sendable::made(made, MP4, etag, FOREVER))
}

fn text_part(
    cues: &[text::Cue],
    what: Piece,
    duration_ms: u64,
    origin_ms: u64,
    path: &str,
) -> Result<Sendable, Refusal> {
    let etag = etag(&[path]);
    match what {
        Piece::Playlist => Ok(Sendable::made(
            text::playlist(cues, duration_ms),
            PLAYLIST,
            etag,
            FOREVER,
        )),
        Piece::Text(n) => {
            let segment = text::segment_at(cues, n, duration_ms, origin_ms).ok_or_else(missing)?;
            Ok(Sendable::made(segment, VTT, etag, FOREVER))
        }
        _ => Err(missing()),
    }
}

async fn original(
    deps: &Deps,
    presentation: &Presentation,
    file: usize,
) -> Result<Sendable, Refusal> {
    let rendition = presentation.renditions.get(file).ok_or_else(missing)?;
    let source = deps
        .library
        .open(&rendition.source.location)
        .await
        .map_err(PresentationError::Open)?;
    let content_type = match rendition.index.container() {
        packager::Container::Matroska => "video/x-matroska",
        packager::Container::WebM => "video/webm",
        packager::Container::Mp4 | packager::Container::FragmentedMp4 => MP4,
    };
    let etag = etag(&[&rendition.source.location, &source.revision]);
    Ok(Sendable {
        pieces: vec![Bytes::Source(0..source.length)],
        source: Some(source),
        content_type,
        etag,
        cache_control: "private, no-cache",
    })
}

/// An entity tag of what identifies the bytes: a path with its revision, or the bytes themselves.
fn etag(parts: &[&str]) -> String {
    // The same on every node, whatever it was compiled with.
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_le_bytes());
        hasher.update(part);
    }
    let digest = hasher.finalize();
    let hex: String = digest
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("\"{hex}\"")
}
