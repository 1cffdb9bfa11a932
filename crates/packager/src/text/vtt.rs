//! WebVTT (W3C, section 6.1): cues and their settings. Style and region blocks are left out, and
//! with them settings that refer to a region.

use super::{Cue, TextError, markup, time};

pub(super) fn parse(text: &str) -> Result<Vec<Cue>, TextError> {
    let text = text
        .strip_prefix('\u{FEFF}')
        .unwrap_or(text)
        .replace('\0', "\u{FFFD}");
    let signed = text
        .strip_prefix("WEBVTT")
        .is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t', '\n']));
    // Files that lost their signature, or never had more than white space, still have cues.
    if !signed && !text.contains("-->") && !text.trim().is_empty() {
        return Err(TextError::NotText);
    }
    let lines: Vec<&str> = text.lines().collect();
    let mut cues = Vec::new();
    let mut at = usize::from(signed);
    let mut in_comment = false;
    while let Some(line) = lines.get(at) {
        at += 1;
        if line.trim().is_empty() {
            in_comment = false;
            continue;
        }
        if line.contains("-->") {
            let Some((start_ms, end_ms, settings)) = timing(line).filter(|_| !in_comment) else {
                continue;
            };
            let body = body(&lines, &mut at);
            cues.push(Cue {
                start_ms,
                end_ms,
                settings,
                payload: markup::without_blank_lines(&body),
            });
            continue;
        }
        in_comment = in_comment || line.starts_with("NOTE") && !line.starts_with("NOTES");
    }
    Ok(cues)
}

fn body(lines: &[&str], at: &mut usize) -> String {
    let mut body: Vec<&str> = Vec::new();
    while let Some(line) = lines.get(*at) {
        if line.trim().is_empty() || line.contains("-->") {
            break;
        }
        body.push(line);
        *at += 1;
    }
    body.join("\n")
}

fn timing(line: &str) -> Option<(u64, u64, String)> {
    let (start, rest) = line.split_once("-->")?;
    let mut words = rest.split_whitespace();
    let end = words.next()?;
    let settings: Vec<&str> = words.filter(|word| is_setting(word)).collect();
    Some((time(start.trim(), 1)?, time(end, 1)?, settings.join(" ")))
}

/// A cue setting that needs nothing else of the file.
pub(super) fn is_setting(word: &str) -> bool {
    let Some((name, value)) = word.split_once(':') else {
        return false;
    };
    matches!(name, "vertical" | "line" | "position" | "size" | "align") && !value.is_empty()
}
