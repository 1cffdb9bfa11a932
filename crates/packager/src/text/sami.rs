//! SAMI, still common in Korea: text stands from one `SYNC` to the next of its class.

use super::{Cue, markup};

/// A cue still waiting for its end.
struct Open {
    start_ms: u64,
    text: String,
}

pub(super) fn parse(text: &str, language: Option<&str>) -> Vec<Cue> {
    let class = class(text, language);
    let mut cues = Vec::new();
    let mut open: Option<Open> = None;
    for part in split_tag(text, "<sync").skip(1) {
        let Some((attributes, body)) = part.split_once('>') else {
            continue;
        };
        let Some(start_ms) =
            attribute(attributes, "start").and_then(|start| start.parse::<u64>().ok())
        else {
            continue;
        };
        let Some(body) = paragraph(body, class.as_deref()) else {
            continue;
        };
        if let Some(Open {
            start_ms: from,
            text,
        }) = open.take()
        {
            let (payload, settings) = markup::from_html(&text);
            cues.push(Cue {
                start_ms: from,
                end_ms: start_ms,
                settings,
                payload,
            });
        }
        if !body.replace("&nbsp;", " ").trim().is_empty() {
            open = Some(Open {
                start_ms,
                text: body,
            });
        }
    }
    if let Some(Open { start_ms, text }) = open {
        let (payload, settings) = markup::from_html(&text);
        cues.push(Cue {
            start_ms,
            end_ms: start_ms.saturating_add(5000),
            settings,
            payload,
        });
    }
    cues
}

/// The class of the language asked for, or of the first paragraph.
fn class(text: &str, language: Option<&str>) -> Option<String> {
    let head = text.split_once("-->").map_or("", |(head, _)| head);
    let wanted = language.and_then(|language| language.split('-').next());
    for rule in head.split('}') {
        let Some((name, body)) = rule.split_once('{') else {
            continue;
        };
        let name = name.trim().rsplit('.').next().unwrap_or_default().trim();
        let tag = body.to_ascii_lowercase();
        let tag = tag.split("lang:").nth(1).map(str::trim_start);
        if let (Some(tag), Some(wanted)) = (tag, wanted)
            && tag.starts_with(wanted)
        {
            return Some(name.to_ascii_lowercase());
        }
    }
    let first = split_tag(text, "<p").nth(1)?;
    let (attributes, _) = first.split_once('>')?;
    attribute(attributes, "class").map(str::to_ascii_lowercase)
}

/// The text of the paragraph of a class within a `SYNC`; the whole of it when it has no
/// paragraphs.
fn paragraph(body: &str, class: Option<&str>) -> Option<String> {
    let mut parts = split_tag(body, "<p").peekable();
    let before = parts.next().unwrap_or_default();
    if parts.peek().is_none() {
        return Some(clean(before));
    }
    for part in parts {
        let Some((attributes, text)) = part.split_once('>') else {
            continue;
        };
        let own = attribute(attributes, "class").map(str::to_ascii_lowercase);
        if class.is_none() || own.is_none() || own.as_deref() == class {
            return Some(clean(text));
        }
    }
    None
}

/// Line ends mean nothing in SAMI; `<br>` does.
fn clean(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn attribute<'a>(attributes: &'a str, name: &str) -> Option<&'a str> {
    let mut words = attributes.split_whitespace();
    words.find_map(|word| {
        let (found, value) = word.split_once('=')?;
        found
            .eq_ignore_ascii_case(name)
            .then(|| value.trim_matches(['"', '\'']))
    })
}

/// Splits at a tag's opening, whatever its case; the tag name must end there.
fn split_tag<'a>(text: &'a str, tag: &'a str) -> impl Iterator<Item = &'a str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let current = rest?;
        let mut from = 0;
        while let Some(at) = current.get(from..).and_then(|tail| tail.find('<')) {
            let at = from + at;
            let end = at + tag.len();
            let is_tag = current
                .get(at..end)
                .is_some_and(|found| found.eq_ignore_ascii_case(tag));
            let ends = current
                .get(end..)
                .is_some_and(|after| after.starts_with([' ', '\t', '\n', '>']));
            if is_tag && ends {
                rest = current.get(end..);
                return current.get(..at);
            }
            from = at + 1;
        }
        rest = None;
        Some(current)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_stands_until_the_next_sync_of_its_class() {
        let text = "<SAMI><STYLE><!-- .KRCC { lang:ko-KR; } .ENCC { lang:en-US; } --></STYLE><BODY>\
            <SYNC Start=500><P Class=KRCC>가<br>나\n<SYNC Start=500><P Class=ENCC>a b\n<SYNC Start=3000><P Class=KRCC>&nbsp;";
        let korean = parse(text, None);
        assert_eq!(
            korean,
            [Cue {
                start_ms: 500,
                end_ms: 3000,
                settings: String::new(),
                payload: "가\n나".to_owned()
            }]
        );
        let english = parse(text, Some("en"));
        assert_eq!(english.first().map(|cue| cue.payload.as_str()), Some("a b"));
    }
}
