//! Query and path parameters: read by name, checked, and put into a canonical form for the cache key.
//!
//! Unknown parameters are ignored (and kept in `next` and `previous`); of a repeated one the first
//! counts. Every field at fault is reported, not only the first.

mod documented;

use std::fmt::Write;
use std::sync::Arc;

use axum::extract::{FromRequestParts, OriginalUri};
use axum::http::Uri;
use axum::http::request::Parts;
use marquee_catalog::browse::{PageRequest, TitleQuery};
use marquee_domain::UiLanguage;
use marquee_identity::Address;

pub(crate) use self::documented::{
    ActivationHeaders, AuthHeaders, CallHeaders, CodeParam, DeviceHeader, EmailParam, GroupParams,
    OptionalCallHeaders, PageParams, PersonalHeaders, ProviderParam, RefreshHeaders, RowParams,
    SessionHeaders, SessionParam, TitleFilters, TypedAuthHeaders,
};
use crate::Deps;
use crate::call::language_of;
use crate::error::{Error, ErrorCode};

/// Longest text that a parameter may carry, in bytes.
const MAX_TEXT: usize = 400;

/// The query of a call.
pub(crate) struct Query {
    pairs: Vec<(String, String)>,
    language: UiLanguage,
    faults: Vec<(String, String)>,
    canonical: String,
    uri: Uri,
}

impl FromRequestParts<Arc<Deps>> for Query {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &Arc<Deps>) -> Result<Self, Error> {
        let language = language_of(&parts.headers);
        let raw = parts.uri.query().unwrap_or_default();
        let pairs = url::form_urlencoded::parse(raw.as_bytes())
            .take(64)
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect();
        let uri = parts
            .extensions
            .get::<OriginalUri>()
            .map_or_else(|| parts.uri.clone(), |original| original.0.clone());
        Ok(Self {
            pairs,
            language,
            faults: Vec::new(),
            canonical: String::new(),
            uri,
        })
    }
}

impl Query {
    /// The text of a parameter; an empty one counts as absent.
    pub(crate) fn text(&mut self, name: &'static str) -> Option<String> {
        let value = self
            .pairs
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.clone())?;
        if value.len() > MAX_TEXT || value.contains('\0') {
            self.fault(name, "is too long or holds a character that is not text");
            return None;
        }
        if value.is_empty() {
            return None;
        }
        self.note(name, &value);
        Some(value)
    }

    /// A whole number.
    pub(crate) fn integer(&mut self, name: &'static str) -> Option<i64> {
        let text = self.text(name)?;
        let digits = text.strip_prefix('-').unwrap_or(&text);
        match text.parse() {
            Ok(number) if digits.bytes().all(|b| b.is_ascii_digit()) => Some(number),
            _ => {
                self.fault(name, "must be a whole number");
                None
            }
        }
    }

    /// A text that must be there; empty when it is not.
    pub(crate) fn required(&mut self, name: &'static str) -> String {
        let found = self.text(name);
        if found.is_none() && !self.faults.iter().any(|(field, _)| field == name) {
            self.fault(name, "is required");
        }
        found.unwrap_or_default()
    }

    /// A mail address that must be there.
    pub(crate) fn address(&mut self, name: &'static str) -> Option<Address> {
        let text = self.required(name);
        let address = Address::parse(&text);
        if address.is_none() && !text.is_empty() {
            self.fault(name, "must be an e-mail address");
        }
        address
    }

    /// Notes a field at fault.
    pub(crate) fn fault(&mut self, name: &str, reason: &str) {
        self.faults
            .push((name.to_owned(), format!("{name} {reason}.")));
    }

    /// What [`TitleFilters`] documents: the filter, and what to look for.
    pub(crate) fn titles(&mut self) -> (TitleQuery, Option<String>) {
        let filter = TitleQuery {
            category: self.text("category"),
            ..TitleQuery::default()
        };
        (filter, self.text("search"))
    }

    /// Page and page size.
    pub(crate) fn page(&mut self) -> PageRequest {
        let mut bounded =
            |name, default, max: i64| match self.present(name).then(|| self.integer(name)) {
                None => default,
                Some(Some(number)) if (1..=max).contains(&number) => {
                    u32::try_from(number).unwrap_or(default)
                }
                Some(Some(_)) => {
                    self.fault(name, &format!("must be from 1 to {max}"));
                    default
                }
                Some(None) => {
                    if !self.faults.iter().any(|(field, _)| field == name) {
                        self.fault(name, "must be a whole number");
                    }
                    default
                }
            };
        // Beyond this no list of ours goes on, and the offset still fits its type.
        let number = bounded("page", 1, i64::from(u32::MAX));
        let size = bounded("page_size", 10, 100);
        PageRequest { number, size }
    }

    fn present(&self, name: &str) -> bool {
        self.pairs.iter().any(|(known, _)| known == name)
    }

    fn note(&mut self, name: &str, value: &str) {
        // Lengths keep values from running into each other.
        let _ = write!(self.canonical, "{name}={}:{value};", value.len());
    }

    /// Ends reading: the canonical form, or every fault.
    ///
    /// The form includes parameters that we do not know, because `next` and `previous` repeat them.
    pub(crate) fn finish(self) -> Result<Canonical, Error> {
        if !self.faults.is_empty() {
            return Err(Error::validation(self.language, self.faults));
        }
        let others: Vec<(String, String)> = self
            .pairs
            .into_iter()
            .filter(|(name, _)| name != "page")
            .collect();
        let mut key = self.canonical;
        let mut kept = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in &others {
            kept.append_pair(name, value);
        }
        let kept = kept.finish();
        key.push_str(&kept);
        Ok(Canonical {
            key,
            kept,
            path: self.uri.path().to_owned(),
        })
    }
}

/// The parameters of a call in canonical form.
pub(crate) struct Canonical {
    /// For the cache key.
    pub(crate) key: String,
    kept: String,
    path: String,
}

impl Canonical {
    /// The absolute address of another page of the same list.
    pub(crate) fn page_address(&self, public_url: &str, page: u32) -> String {
        let separator = if self.kept.is_empty() { "" } else { "&" };
        format!(
            "{public_url}{}?{}{separator}page={page}",
            self.path, self.kept
        )
    }
}

/// A path parameter as text. What cannot be read names nothing, so it is not found.
pub(crate) struct PathText(pub(crate) String);

impl FromRequestParts<Arc<Deps>> for PathText {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &Arc<Deps>) -> Result<Self, Error> {
        let language = language_of(&parts.headers);
        let found = axum::extract::Path::<String>::from_request_parts(parts, state).await;
        match found {
            Ok(axum::extract::Path(text)) if text.len() <= 600 && !text.contains('\0') => {
                Ok(Self(text))
            }
            _ => Err(Error::new(ErrorCode::NotFound, language)),
        }
    }
}
