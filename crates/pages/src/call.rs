//! Who asks for a page: language, return target, visitor, and whoever is signed in.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use axum::response::Response;
use marquee_domain::UiLanguage;
use marquee_domain::account::Viewer;
use marquee_http::{ClientAddress, RequestId, cookie};
use marquee_identity::{Client, IdentityError, Refusal};
use url::form_urlencoded;

use crate::Deps;
use crate::next::Next;
use crate::step::Step;
use crate::words::Words;

/// Cookie of whoever visits, signed in or not: what forms are bound to.
pub(crate) const VISITOR: &str = "presession";
/// Cookie of whoever is signed in.
pub(crate) const SESSION: &str = "session";
/// Characters of a visitor's cookie.
const VISITOR_LEN: usize = 43;
/// Longest text that a browser may call itself.
const APP_MAX: usize = 200;

/// A call of a page.
pub(crate) struct Visit {
    pub(crate) deps: Arc<Deps>,
    /// The path that was asked for.
    pub(crate) path: String,
    pub(crate) language: UiLanguage,
    /// The language that was asked for by name, which links pass on.
    chosen: Option<UiLanguage>,
    pub(crate) next: Option<Next>,
    query: Vec<(String, String)>,
    pub(crate) visitor: String,
    /// The visitor has no cookie yet.
    pub(crate) fresh: bool,
    pub(crate) client: Client,
    pub(crate) headers: HeaderMap,
    /// The host and port that were called; never used for anything but comparing.
    pub(crate) host: String,
    pub(crate) request_id: Option<RequestId>,
}

impl FromRequestParts<Arc<Deps>> for Visit {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, deps: &Arc<Deps>) -> Result<Self, Response> {
        let raw = parts.uri.query().unwrap_or_default();
        let query: Vec<(String, String)> = form_urlencoded::parse(raw.as_bytes())
            .into_owned()
            .collect();
        let find = |name: &str| {
            query
                .iter()
                .find(|(n, _)| n == name)
                .map(|(_, v)| v.as_str())
        };
        let text = |name| {
            let value = parts.headers.get(name);
            value.and_then(|v| v.to_str().ok()).unwrap_or_default()
        };
        let chosen = find("lang").and_then(UiLanguage::of_code);
        let language =
            chosen.unwrap_or_else(|| UiLanguage::negotiate(text(header::ACCEPT_LANGUAGE)));
        let next = find("next").and_then(Next::parse);
        let address = parts.extensions.get::<ClientAddress>().copied();
        let client = Client {
            device: None,
            device_type: "web".to_owned(),
            app: text(header::USER_AGENT).chars().take(APP_MAX).collect(),
            network: address
                .map(|address| deps.regions.place(address, &parts.headers))
                .unwrap_or_default(),
            ip: address.map(|address| address.ip),
            language,
        };
        // HTTP/2 has it in the address, HTTP/1.1 in a header.
        let authority = parts.uri.authority().map(|authority| authority.as_str());
        let host = authority.unwrap_or_else(|| text(header::HOST)).to_owned();
        let request_id = parts.extensions.get::<RequestId>().copied();
        let known = cookie::find(&parts.headers, &deps.cookies().host_name(VISITOR));
        let visitor = known.filter(|text| well_formed(text)).map(str::to_owned);
        let fresh = visitor.is_none();
        let made = match visitor {
            Some(visitor) => Ok(visitor),
            None => deps.identity.visitor().map(|v| v.expose().to_owned()),
        };
        let (visitor, failed) = match made {
            Ok(visitor) => (visitor, None),
            Err(error) => (String::new(), Some(error)),
        };
        let visit = Self {
            deps: deps.clone(),
            path: parts.uri.path().to_owned(),
            language,
            chosen,
            next,
            visitor,
            fresh,
            client,
            headers: parts.headers.clone(),
            host,
            request_id,
            query,
        };
        match failed {
            None => Ok(visit),
            Some(error) => Err(visit.failed(&error)),
        }
    }
}

fn well_formed(visitor: &str) -> bool {
    let good = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    visitor.len() == VISITOR_LEN && visitor.bytes().all(good)
}

impl Visit {
    pub(crate) fn words(&self) -> &'static Words {
        Words::of(self.language)
    }

    /// A parameter of the address.
    pub(crate) fn asked(&self, name: &str) -> Option<&str> {
        let found = self.query.iter().find(|(n, _)| n == name);
        found.map(|(_, value)| value.as_str())
    }

    /// Whoever is signed in; nobody when the cookie is not good.
    pub(crate) async fn viewer(&self) -> Result<Option<Viewer>, Response> {
        let name = self.deps.cookies().host_name(SESSION);
        let Some(token) = cookie::find(&self.headers, &name) else {
            return Ok(None);
        };
        match self.deps.identity.page_viewer(token).await {
            Ok(viewer) => Ok(Some(viewer)),
            Err(IdentityError::Refused(
                Refusal::TokenInvalid | Refusal::TokenExpired | Refusal::AccountDisabled,
            )) => Ok(None),
            Err(error) => Err(self.failed(&error)),
        }
    }

    /// What a form before this one left to be brought back.
    pub(crate) fn step(&self) -> Option<Step> {
        let name = self.deps.cookies().host_name(crate::step::NAME);
        Step::open(self, cookie::find(&self.headers, &name)?)
    }

    /// The address of a page with some parameters, and with the language and target of this one.
    pub(crate) fn link(&self, path: &str, parameters: &[(&str, &str)]) -> String {
        self.link_in(self.chosen, path, parameters)
    }

    /// This page in another language, with the parameters that it has.
    pub(crate) fn in_language(&self, language: UiLanguage) -> String {
        let kept: Vec<(&str, &str)> = ["token", "code"]
            .iter()
            .filter_map(|name| self.asked(name).map(|value| (*name, value)))
            .collect();
        self.link_in(Some(language), &self.path, &kept)
    }

    fn link_in(
        &self,
        language: Option<UiLanguage>,
        path: &str,
        parameters: &[(&str, &str)],
    ) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(parameters);
        if let Some(language) = language {
            query.append_pair("lang", language.code());
        }
        if let Some(next) = &self.next {
            query.append_pair("next", next.as_str());
        }
        let query = query.finish();
        if query.is_empty() {
            path.to_owned()
        } else {
            format!("{path}?{query}")
        }
    }

    /// Where to go on after signing in.
    pub(crate) fn target(&self) -> &str {
        self.next.as_ref().map_or("/", Next::as_str)
    }

    /// Signing in, and then coming back to this page with some parameters.
    pub(crate) fn sign_in_first(&self, parameters: &[(&str, &str)]) -> Response {
        let back = self.link(&self.path, parameters);
        let mut query = form_urlencoded::Serializer::new(String::new());
        if let Some(language) = self.chosen {
            query.append_pair("lang", language.code());
        }
        query.append_pair("next", &back);
        self.go(&format!(
            "{}?{}",
            marquee_identity::pages::SIGN_IN,
            query.finish()
        ))
    }
}
