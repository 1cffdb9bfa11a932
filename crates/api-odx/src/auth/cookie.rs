//! The refresh cookie (contract notes, section 8).
//!
//! Its name and path are the contract's, so it cannot be a `__Host-` cookie, which would need the path `/`.

use axum::http::{HeaderMap, HeaderValue, header};

use crate::Deps;

const NAME: &str = "refresh_token";
const PATH: &str = "/odx/api/v4/auth/";

/// Which sites may have the cookie sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SameSite {
    /// Our own, and links to us.
    Lax,
    /// Any; refreshing checks the `Origin` then.
    None,
}

fn cookie(deps: &Deps, value: &str, max_age_s: i64) -> Option<HeaderValue> {
    let secure = deps.public_url.starts_with("https://");
    let same_site = match deps.same_site {
        // Browsers take `None` on encrypted connections only.
        SameSite::None if secure => "None",
        _ => "Lax",
    };
    let secure = if secure { "; Secure" } else { "" };
    let text = format!(
        "{NAME}={value}; Path={PATH}; Max-Age={max_age_s}; HttpOnly{secure}; SameSite={same_site}"
    );
    let mut value = HeaderValue::from_str(&text).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// Sets the cookie for as long as the token is good.
pub(super) fn set(deps: &Deps, token: &str, max_age_s: i64) -> Option<HeaderValue> {
    cookie(deps, token, max_age_s)
}

/// Deletes the cookie, with the same attributes.
pub(crate) fn deleted(deps: &Deps) -> Option<HeaderValue> {
    cookie(deps, "", 0)
}

/// The refresh token of a call; none when there is none, or several that differ: somebody planted one.
pub(crate) fn refresh_of(headers: &HeaderMap) -> Option<&str> {
    let mut found: Option<&str> = None;
    for header in headers.get_all(header::COOKIE) {
        let pairs = header.to_str().ok()?.split(';');
        for (name, value) in pairs.filter_map(|pair| pair.trim().split_once('=')) {
            if name != NAME {
                continue;
            }
            match found {
                Some(other) if other != value => return None,
                _ => found = Some(value),
            }
        }
    }
    found.filter(|token| !token.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_is_found_among_cookies_and_doubtful_ones_are_not() {
        let read = |lines: &[&str]| {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append(header::COOKIE, line.parse().unwrap());
            }
            refresh_of(&headers).map(str::to_owned)
        };
        assert_eq!(read(&["a=b; refresh_token=x; c=d"]).as_deref(), Some("x"));
        assert_eq!(read(&["a=b", "refresh_token=x"]).as_deref(), Some("x"));
        assert_eq!(
            read(&["refresh_token=x; refresh_token=x"]).as_deref(),
            Some("x")
        );
        assert_eq!(read(&["refresh_token=x; refresh_token=y"]), None);
        assert_eq!(read(&["refresh_token=x", "refresh_token=y"]), None);
        assert_eq!(read(&["refresh_token="]), None);
        assert_eq!(read(&["xrefresh_token=x"]), None);
        assert_eq!(read(&[]), None);
    }
}
