//! Who is calling: service, language, region and permission, resolved once for every operation.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Response, header};
use axum::response::IntoResponse;
use marquee_catalog::CatalogError;
use marquee_catalog::browse::Audience;
use marquee_domain::account::Viewer;
use marquee_domain::catalog::Orientation;
use marquee_domain::personal::{DEVICE_ID_MAX, DeviceId, Owner};
use marquee_domain::{UiLanguage, Visibility};
use marquee_http::cached::Answer;
use marquee_http::hot::Kept;
use marquee_http::region::Verdict;
use marquee_http::{ClientAddress, RequestId};
use marquee_storage::services::Service;
use marquee_storage::{StorageError, catalog};
use serde::Serialize;

use crate::Deps;
use crate::auth::{Judged, private, viewer_of};
use crate::error::{Error, ErrorCode};
use crate::views::{Envelope, Look};

/// Longest that an answer is kept although nothing changes; bounds what a missed boundary could cost.
const MAX_AGE_MS: i64 = 60_000;

/// The language that a caller asks for.
pub(crate) fn language_of(headers: &HeaderMap) -> UiLanguage {
    let wanted = headers
        .get(header::ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok());
    UiLanguage::negotiate(wanted.unwrap_or_default())
}

/// A call of a catalog operation that may go on. `OPTIONAL` is for operations that the seed lists no `Service-Name` for.
pub(crate) struct Call<const OPTIONAL: bool = false> {
    pub(crate) language: UiLanguage,
    pub(crate) who: Audience,
    pub(crate) headers: HeaderMap,
    pub(crate) request_id: Option<RequestId>,
    service: String,
    /// Whether everybody may see the service.
    open: bool,
    /// What pictures of a service for members are opened with.
    pass: Option<String>,
    /// Who is signed in, where that was asked for already.
    viewer: Option<Viewer>,
}

/// The name of an operation, and whether the search index takes part in its answer.
pub(crate) struct Indexed(pub(crate) &'static str, pub(crate) bool);

impl From<&'static str> for Indexed {
    fn from(operation: &'static str) -> Self {
        Self(operation, false)
    }
}

impl<const OPTIONAL: bool> FromRequestParts<Arc<Deps>> for Call<OPTIONAL> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, deps: &Arc<Deps>) -> Result<Self, Error> {
        let call = Self::anywhere(parts, deps).await?;
        if let Some(client) = parts.extensions.get::<ClientAddress>()
            && deps.regions.verdict(*client, &call.headers) == Verdict::Blocked
        {
            return Err(Error::new(ErrorCode::RegionBlock, call.language));
        }
        Ok(call)
    }
}

impl<const OPTIONAL: bool> Call<OPTIONAL> {
    /// Resolves everything but the region, which only the catalog asks about.
    async fn anywhere(parts: &mut Parts, deps: &Arc<Deps>) -> Result<Self, Error> {
        let language = language_of(&parts.headers);
        let request_id = parts.extensions.get::<RequestId>().copied();
        let service = service_of(&parts.headers, deps, OPTIONAL, language, request_id).await?;
        // What everybody sees is the same for whoever is signed in: nobody is asked for.
        let viewer = match service.visibility {
            Visibility::Public => None,
            Visibility::Members => viewer_of(&parts.headers, deps, language, request_id).await?,
        };
        let required = || Error::new(ErrorCode::AuthenticationRequired, language);
        let permit = service
            .visibility
            .admit(viewer.as_ref())
            .ok_or_else(required)?;
        // Taken, not copied: this extractor is the last of every handler.
        let headers = std::mem::take(&mut parts.headers);
        let who = Audience {
            service: service.id,
            permit,
            now: deps.clock.now(),
        };
        Ok(Self {
            language,
            who,
            headers,
            request_id,
            open: service.visibility == Visibility::Public,
            pass: match service.visibility {
                Visibility::Public => None,
                Visibility::Members => Some(deps.links.picture_pass(who.now)),
            },
            service: service.name,
            viewer,
        })
    }
}

/// A call about what somebody keeps: like [`Call`], with whose it is. No region is asked for: what
/// people keep is theirs wherever they are.
pub(crate) struct PersonalCall {
    pub(crate) call: Call,
    pub(crate) owner: Owner,
    /// The device that it comes from, whoever the owner is.
    pub(crate) device: Option<DeviceId>,
}

impl FromRequestParts<Arc<Deps>> for PersonalCall {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, deps: &Arc<Deps>) -> Result<Self, Error> {
        let call = Call::anywhere(parts, deps).await?;
        // The body's extractor comes after this one and reads headers as well.
        parts.headers.clone_from(&call.headers);
        let viewer = viewer_in(&call, deps).await?;
        if let Some(viewer) = &viewer {
            Judged::note(parts, viewer);
        }
        let owner = owner_in(&call, viewer)?;
        let owner = owner.ok_or(Error::new(ErrorCode::DeviceIdRequired, call.language))?;
        let device = device_of(&call.headers, call.language)?;
        Ok(Self {
            call,
            owner,
            device,
        })
    }
}

/// Whose things are asked for: the account's with a token, the device's with a `did` alone.
pub(crate) async fn owner_of<const OPTIONAL: bool>(
    call: &Call<OPTIONAL>,
    deps: &Deps,
) -> Result<Option<Owner>, Error> {
    owner_in(call, viewer_in(call, deps).await?)
}

async fn viewer_in<const OPTIONAL: bool>(
    call: &Call<OPTIONAL>,
    deps: &Deps,
) -> Result<Option<Viewer>, Error> {
    match &call.viewer {
        Some(viewer) => Ok(Some(viewer.clone())),
        None => viewer_of(&call.headers, deps, call.language, call.request_id).await,
    }
}

fn owner_in<const OPTIONAL: bool>(
    call: &Call<OPTIONAL>,
    viewer: Option<Viewer>,
) -> Result<Option<Owner>, Error> {
    if let Some(viewer) = viewer {
        return Ok(Some(Owner::Account(viewer.uuid)));
    }
    Ok(device_of(&call.headers, call.language)?.map(Owner::Device))
}

/// The device id that a call sends.
pub(crate) fn device_of(
    headers: &HeaderMap,
    language: UiLanguage,
) -> Result<Option<DeviceId>, Error> {
    let Some(did) = headers.get("did") else {
        return Ok(None);
    };
    let known = did.to_str().ok().and_then(DeviceId::parse);
    let sentence = || format!("did must be 1 to {DEVICE_ID_MAX} visible ASCII characters.");
    known
        .map(Some)
        .ok_or_else(|| Error::validation(language, vec![("did".to_owned(), sentence())]))
}

/// The service that a call names; `optional` where the contract lets callers name none.
pub(crate) async fn service_of(
    headers: &HeaderMap,
    deps: &Deps,
    optional: bool,
    language: UiLanguage,
    request_id: Option<RequestId>,
) -> Result<Service, Error> {
    let fail = |code| Error::new(code, language);
    let name = match headers.get("service-name") {
        Some(value) => value
            .to_str()
            .map_err(|_| fail(ErrorCode::InvalidServiceName))?,
        None => deps
            .services
            .fallback(optional)
            .ok_or_else(|| fail(ErrorCode::ServiceNameRequired))?,
    };
    let found = deps.services.find(name).await;
    let found = found.map_err(|error| Error::from_storage(&error, language, request_id))?;
    found.ok_or_else(|| fail(ErrorCode::InvalidServiceName))
}

impl<const OPTIONAL: bool> Call<OPTIONAL> {
    /// Answers from the store of hot answers, or computes the result, wraps it in the envelope and keeps it.
    ///
    /// `operation` and `parameters` name the answer; whatever else it depends on is added here. Blocked
    /// regions never come this far, so the verdict needs no place in the key. What was made from the
    /// search index is as old as that index, so it says so in the key and takes no short way.
    pub(crate) async fn cached<T, F>(
        &self,
        deps: &Deps,
        operation: impl Into<Indexed>,
        parameters: &str,
        make: F,
    ) -> Result<Response<Body>, Error>
    where
        T: Serialize,
        F: AsyncFnOnce() -> Result<T, CatalogError>,
    {
        let Indexed(operation, indexed) = operation.into();
        let followed = indexed.then(|| deps.searcher.version()).flatten();
        let key = format!(
            "{operation}\n{}\n{}\n{followed:?}\n{parameters}",
            self.service,
            self.language.code()
        );
        let version = deps.db.catalog_version();
        let now = self.who.now;
        if let Some(answer) = deps.cache.find(version, &key, now).await {
            return Ok(self.kept(version, &answer, indexed));
        }
        // Boxed, so that the usual case does not carry the room for the rare one.
        let make = Box::pin(make());
        let make = async {
            let result = make.await?;
            let mut reader = deps.db.reader();
            let find = catalog::next_boundary(&mut reader, self.who.service, now);
            let boundary = deps
                .cache
                .boundary(version, self.who.service.0, now, find)
                .await?;
            let expires_at = boundary.unwrap_or(i64::MAX).min(now + MAX_AGE_MS);
            let body = serde_json::to_vec(&Envelope::success(self.language, result))
                .map_err(|error| StorageError::Backup(error.to_string()))?;
            Ok::<_, CatalogError>(Answer::new(body, expires_at))
        };
        match Box::pin(deps.cache.get(version, key, now, make)).await {
            Ok(answer) => Ok(self.kept(version, &answer, indexed)),
            Err(error) => Err(Error::from_catalog(&error, self.language, self.request_id)),
        }
    }

    /// The response of a kept answer, with a note for the edge that it is one.
    fn kept(&self, version: i64, answer: &Arc<Answer>, indexed: bool) -> Response<Body> {
        let mut response = answer.respond(&self.headers);
        if !self.open {
            // Nobody on the way may hand it to others, and the short way asks nobody who they are.
            private(response.headers_mut());
            return response;
        }
        if indexed {
            return response;
        }
        response.extensions_mut().insert(Kept {
            version,
            answer: Arc::downgrade(answer),
        });
        response
    }

    /// Answers what is never kept.
    pub(crate) fn private<T: Serialize>(&self, result: T) -> Response<Body> {
        let mut response = axum::Json(Envelope::success(self.language, result)).into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CACHE_CONTROL,
            HeaderValue::from_static("private, no-store"),
        );
        headers.insert(
            header::VARY,
            HeaderValue::from_static("Service-Name, Accept-Language"),
        );
        response
    }

    /// The session that asks, where one was asked for.
    pub(crate) fn session(&self) -> Option<&str> {
        self.viewer.as_ref().map(|viewer| viewer.sid.as_str())
    }

    /// What views for this caller are made with, below the public address in force.
    pub(crate) fn look<'a>(&'a self, public_url: &'a str) -> Look<'a> {
        Look {
            language: self.language,
            public_url,
            pass: self.pass.as_deref(),
            cut: Orientation::Landscape,
        }
    }

    /// A failure of the rules as this caller reads it.
    pub(crate) fn failed(&self, error: &CatalogError) -> Error {
        Error::from_catalog(error, self.language, self.request_id)
    }
}
