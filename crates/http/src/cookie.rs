//! Cookies that more than one face sets or reads.
//!
//! The refresh cookie has its name and path from the contract (notes, section 8), so it cannot be a
//! `__Host-` cookie, which would need the path `/`. Cookies of our own pages are `__Host-` wherever
//! the platform is reached by `https`; browsers refuse the prefix on plain `http`, so there it is left off.

use axum::http::{HeaderMap, HeaderValue, header};

const REFRESH: &str = "refresh_token";
const REFRESH_PATH: &str = "/odx/api/v4/auth/";
const HINT: &str = "signed_in";
/// As long as a session can last; whoever finds the hint wrong takes it away.
const HINT_S: i64 = 365 * 86_400;

/// Which sites may have the refresh cookie sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SameSite {
    /// Our own, and links to us.
    Lax,
    /// Any; refreshing checks the `Origin` then.
    None,
}

/// How cookies are written below a public address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cookies {
    secure: bool,
    refresh: SameSite,
}

impl Cookies {
    /// For a public address.
    #[must_use]
    pub fn new(public_url: &str, refresh: SameSite) -> Self {
        Self {
            secure: public_url.starts_with("https://"),
            refresh,
        }
    }

    /// Whether cookies go over encrypted connections only.
    #[must_use]
    pub fn secure(self) -> bool {
        self.secure
    }

    /// The refresh cookie, for as many seconds as its token is good; 0 deletes it.
    #[must_use]
    pub fn refresh(self, token: &str, max_age_s: i64) -> Option<HeaderValue> {
        let same_site = match self.refresh {
            // Browsers take `None` on encrypted connections only.
            SameSite::None if self.secure => "None",
            _ => "Lax",
        };
        let age = format!("; Max-Age={max_age_s}");
        self.write(REFRESH, token, &format!("{REFRESH_PATH}{age}"), same_site)
    }

    /// The refresh cookie's deletion, with the same attributes.
    #[must_use]
    pub fn no_refresh(self) -> Option<HeaderValue> {
        self.refresh("", 0)
    }

    /// A cookie that scripts may read and that says nothing but that somebody is signed in: the web app refreshes only
    /// where it finds it, so that everybody else is spared a call.
    #[must_use]
    pub fn hint(self, signed_in: bool) -> Option<HeaderValue> {
        let (value, age_s) = if signed_in { ("1", HINT_S) } else { ("", 0) };
        let secure = if self.secure { "; Secure" } else { "" };
        let text = format!("{HINT}={value}; Path=/; Max-Age={age_s}{secure}; SameSite=Lax");
        HeaderValue::from_str(&text).ok()
    }

    /// The name of a cookie of our own pages.
    #[must_use]
    pub fn host_name(self, name: &str) -> String {
        let prefix = if self.secure { "__Host-" } else { "" };
        format!("{prefix}{name}")
    }

    /// A cookie of our own pages, for some seconds or until the browser is closed; 0 seconds delete it.
    #[must_use]
    pub fn host(self, name: &str, value: &str, max_age_s: Option<i64>) -> Option<HeaderValue> {
        let age = max_age_s.map_or_else(String::new, |s| format!("; Max-Age={s}"));
        self.write(&self.host_name(name), value, &format!("/{age}"), "Lax")
    }

    fn write(self, name: &str, value: &str, path: &str, same_site: &str) -> Option<HeaderValue> {
        let secure = if self.secure { "; Secure" } else { "" };
        let text = format!("{name}={value}; Path={path}; HttpOnly{secure}; SameSite={same_site}");
        let mut value = HeaderValue::from_str(&text).ok()?;
        value.set_sensitive(true);
        Some(value)
    }
}

/// The refresh token of a call.
#[must_use]
pub fn refresh_of(headers: &HeaderMap) -> Option<&str> {
    find(headers, REFRESH)
}

/// A cookie of a call; none when there is none, or several that differ: somebody planted one.
#[must_use]
pub fn find<'a>(headers: &'a HeaderMap, wanted: &str) -> Option<&'a str> {
    let mut found: Option<&str> = None;
    for header in headers.get_all(header::COOKIE) {
        let pairs = header.to_str().ok()?.split(';');
        for (name, value) in pairs.filter_map(|pair| pair.trim().split_once('=')) {
            if name != wanted {
                continue;
            }
            match found {
                Some(other) if other != value => return None,
                _ => found = Some(value),
            }
        }
    }
    found.filter(|value| !value.is_empty())
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

    #[test]
    fn pages_have_host_cookies_where_the_connection_is_encrypted() {
        let text = |value: Option<HeaderValue>| value.unwrap().to_str().unwrap().to_owned();
        let plain = Cookies::new("http://tv.home:8080", SameSite::None);
        let tls = Cookies::new("https://tv.example", SameSite::None);
        assert_eq!(
            text(plain.host("session", "x", None)),
            "session=x; Path=/; HttpOnly; SameSite=Lax"
        );
        assert_eq!(
            text(tls.host("session", "x", Some(60))),
            "__Host-session=x; Path=/; Max-Age=60; HttpOnly; Secure; SameSite=Lax"
        );
        assert_eq!(
            text(plain.refresh("x", 5)),
            "refresh_token=x; Path=/odx/api/v4/auth/; Max-Age=5; HttpOnly; SameSite=Lax"
        );
        assert_eq!(
            text(tls.no_refresh()),
            "refresh_token=; Path=/odx/api/v4/auth/; Max-Age=0; HttpOnly; Secure; SameSite=None"
        );
        assert_eq!(tls.host("session", "a\r\nb", None), None);
        assert_eq!(
            text(tls.hint(true)),
            "signed_in=1; Path=/; Max-Age=31536000; Secure; SameSite=Lax"
        );
        assert_eq!(
            text(plain.hint(false)),
            "signed_in=; Path=/; Max-Age=0; SameSite=Lax"
        );
    }
}
