//! How devices, apps and networks are named to people. What they say of themselves is shown, not believed.

use crate::words::Words;

/// Longest name of an app, in characters.
const APP_MAX: usize = 60;

/// Whether something is in the same network as somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Nearness {
    Same,
    Other,
    /// One is not known, or they are of different kinds (IPv4 and IPv6), as happens in one home.
    Unknown,
}

/// Compares two homes, of which only the kind of address can be read ([`marquee_identity::Identity::home`]).
pub(crate) fn nearness(one: &str, other: &str) -> Nearness {
    let kind = |home: &str| home.split_once(':').map(|(kind, _)| kind.to_owned());
    match (kind(one), kind(other)) {
        (Some(_), Some(_)) if one == other => Nearness::Same,
        (Some(four), Some(six)) if four == six => Nearness::Other,
        _ => Nearness::Unknown,
    }
}

pub(crate) fn device(words: &Words, kind: &str) -> &'static str {
    match kind {
        "web" => words.device_web,
        "mobile" => words.device_mobile,
        "tablet" => words.device_tablet,
        "ctv" => words.device_ctv,
        _ => words.unknown,
    }
}

pub(crate) fn network(words: &Words, network: &str) -> String {
    if network.is_empty() {
        words.unknown.to_owned()
    } else {
        network.to_owned()
    }
}

/// What a `User-Agent` comes down to: the browser and the system, or else what it says.
pub(crate) fn app(words: &Words, agent: &str) -> String {
    // In this order: browsers name those that they descend from.
    const BROWSERS: [(&str, &str); 8] = [
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("SamsungBrowser/", "Samsung Internet"),
        ("Firefox/", "Firefox"),
        ("FxiOS/", "Firefox"),
        ("CriOS/", "Chrome"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ];
    const SYSTEMS: [(&str, &str); 9] = [
        ("Web0S", "webOS"),
        ("Tizen", "Tizen"),
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("CrOS", "ChromeOS"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    ];
    let find = |known: &[(&str, &'static str)]| {
        let found = known.iter().find(|(mark, _)| agent.contains(mark));
        found.map(|(_, name)| *name)
    };
    if agent.starts_with("Mozilla/")
        && let Some(browser) = find(&BROWSERS)
    {
        return match find(&SYSTEMS) {
            Some(system) => format!("{browser} · {system}"),
            None => browser.to_owned(),
        };
    }
    let clean = agent
        .chars()
        .filter(|c| !c.is_control() && !matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}'));
    let text: String = clean.take(APP_MAX).collect();
    if text.trim().is_empty() {
        words.unknown.to_owned()
    } else {
        text
    }
}

/// A time of RFC 3339 to the minute, in UTC, as every language reads it.
pub(crate) fn minute(time: &str) -> String {
    let text: String = time.chars().take(16).collect();
    format!("{} UTC", text.replace('T', " "))
}

#[cfg(test)]
mod tests {
    use marquee_domain::UiLanguage;

    use super::*;

    #[test]
    fn browsers_are_named_as_people_know_them() {
        let name = |agent: &str| app(Words::of(UiLanguage::En), agent);
        assert_eq!(
            name(
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"
            ),
            "Chrome · Linux"
        );
        assert_eq!(
            name(
                "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0"
            ),
            "Edge · Windows"
        );
        assert_eq!(
            name(
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18 Mobile Safari/604.1"
            ),
            "Safari · iPhone"
        );
        assert_eq!(name("Marquee for TV 1.2"), "Marquee for TV 1.2");
        assert_eq!(name(""), "Unknown");
        assert_eq!(name("a\u{202e}b\nc"), "abc");
        assert_eq!(name(&"x".repeat(500)).len(), APP_MAX);
    }

    #[test]
    fn networks_are_compared_only_when_they_can_be() {
        let (home, far, six) = ("4:abc", "4:def", "6:abc");
        assert_eq!(nearness(home, home), Nearness::Same);
        assert_eq!(nearness(home, far), Nearness::Other);
        assert_eq!(nearness(home, six), Nearness::Unknown);
        assert_eq!(nearness("", home), Nearness::Unknown);
        assert_eq!(nearness("", ""), Nearness::Unknown);
        assert_eq!(minute("2026-11-21T20:54:12Z"), "2026-11-21 20:54 UTC");
    }
}
