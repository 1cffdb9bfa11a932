//! Media and artwork.
//!
//! `/media/<token>/…` serves one content: its multivariant playlist, media playlists, segments,
//! subtitles and the original files. The token is checked on every request and says which content.
//! `/art/<name>` and `/art/<name>/<width>` serve copies of stored pictures; names are made of their bytes, so they
//! never change. `/art/placeholders` gives the few bytes that stand in for pictures. Where every service is for
//! members, pictures open by the pass that is in the addresses members are given: `/art/m/<pass>/…`.
//!
//! Errors here are plain sentences: players read the status only.

mod art;
mod body;
mod media;
mod path;

use std::sync::Arc;

use axum::Router;
use axum::routing::get;
use marquee_artwork::Copies;
use marquee_domain::ports::{Openness, Sessions, Streams};
use marquee_domain::{Clock, ContentId, PublicUrl, Timestamp};
use marquee_engine::{Library, Transcoder};
use marquee_http::link::Links;

/// What media are served with.
pub struct Deps {
    /// Checks tokens.
    pub links: Links,
    /// Which sessions go on.
    pub sessions: Arc<dyn Sessions>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Indexes and presentations.
    pub library: Library,
    /// Makes sound into AAC, when ffmpeg is there.
    pub transcoder: Option<Transcoder>,
    /// Copies of stored pictures.
    pub copies: Copies,
    /// Whether pictures may be seen without a pass.
    pub openness: Arc<dyn Openness>,
}

/// The routes, to be merged at the root.
pub fn router(deps: Deps) -> Router {
    Router::new()
        .route("/media/{token}/{*path}", get(media::serve))
        .route("/art/placeholders", get(art::placeholders))
        .route("/art/m/{pass}/placeholders", get(art::members_placeholders))
        .route("/art/m/{pass}/{name}", get(art::members_serve))
        .route(
            "/art/m/{pass}/{name}/{width}",
            get(art::members_serve_width),
        )
        .route("/art/{name}", get(art::serve))
        .route("/art/{name}/{width}", get(art::serve_width))
        .with_state(Arc::new(deps))
}

/// Makes the addresses that playback answers with.
pub struct StreamLinks {
    /// Signs tokens.
    pub links: Links,
    /// What addresses begin with, without a slash at the end.
    pub public_url: PublicUrl,
    /// Makes sound into AAC, when ffmpeg is there.
    pub transcoder: Option<Transcoder>,
}

impl Streams for StreamLinks {
    fn multivariant_address(
        &self,
        content: ContentId,
        duration_ms: i64,
        session: Option<&str>,
        now: Timestamp,
    ) -> String {
        let token = match session {
            None => Some(self.links.anonymous(content, duration_ms, now)),
            Some(sid) => self.links.of_session(content, duration_ms, sid, now),
        };
        // Without a token the address opens nothing.
        let token = token.unwrap_or_default();
        format!("{}/media/{token}/master.m3u8", self.public_url.current())
    }

    fn can_transcode_audio(&self) -> bool {
        self.transcoder.as_ref().is_some_and(Transcoder::works)
    }
}
