//! How long an answer is good, by its headers.

use std::time::Duration;

use http::{HeaderMap, header};

/// What is left of the time that the sender gave an answer (RFC 9111, sections 4.2 and 5.2.2): none when it says
/// nothing that can be read. What must not be kept has no time left.
pub(crate) fn freshness(headers: &HeaderMap) -> Option<Duration> {
    let mut max_age = None;
    for value in headers.get_all(header::CACHE_CONTROL) {
        for directive in value.to_str().ok()?.split(',') {
            let (name, value) = directive.split_once('=').unwrap_or((directive, ""));
            match name.trim().to_ascii_lowercase().as_str() {
                "no-store" | "no-cache" => return Some(Duration::ZERO),
                "max-age" => max_age = value.trim().trim_matches('"').parse::<u64>().ok(),
                _ => {}
            }
        }
    }
    let age = headers.get(header::AGE).and_then(|age| age.to_str().ok());
    let age = age.and_then(|age| age.trim().parse().ok()).unwrap_or(0);
    max_age.map(|seconds| Duration::from_secs(seconds.saturating_sub(age)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_that_is_left() {
        let left = |cache: &'static str, age: Option<&'static str>| {
            let mut headers = HeaderMap::new();
            headers.insert(header::CACHE_CONTROL, cache.parse().unwrap());
            if let Some(age) = age {
                headers.insert(header::AGE, age.parse().unwrap());
            }
            freshness(&headers).map(|left| left.as_secs())
        };
        assert_eq!(freshness(&HeaderMap::new()), None);
        for (cache, age, seconds) in [
            ("public, max-age=20000, must-revalidate", None, Some(20_000)),
            ("Max-Age=100", Some("40"), Some(60)),
            ("max-age=100", Some("400"), Some(0)),
            ("max-age=100", Some("old"), Some(100)),
            ("max-age=\"7\"", None, Some(7)),
            ("no-store, max-age=100", None, Some(0)),
            ("max-age=100,no-cache", None, Some(0)),
            ("max-age=-1", None, None),
            ("max-age", None, None),
            ("max-age=99999999999999999999", None, None),
            ("public", Some("5"), None),
            ("s-maxage=5", None, None),
        ] {
            assert_eq!(left(cache, age), seconds, "{cache} {age:?}");
        }
    }
}
