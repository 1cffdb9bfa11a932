//! SubRip, read leniently: numbers may be missing, times may lack hours or decimals.

use super::{Cue, markup, time};

pub(super) fn parse(text: &str) -> Vec<Cue> {
    let lines: Vec<&str> = text.lines().collect();
    let mut cues = Vec::new();
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        at += 1;
        let Some((start_ms, end_ms)) = timing(line) else {
            continue;
        };
        let mut body: Vec<&str> = Vec::new();
        while let Some(line) = lines.get(at) {
            let next_begins =
                is_number(line) && lines.get(at + 1).is_some_and(|next| next.contains("-->"));
            if line.contains("-->") || next_begins {
                break;
            }
            at += 1;
            if line.trim().is_empty() {
                break;
            }
            body.push(line.trim());
        }
        let (payload, settings) = markup::from_html(&body.join("\n"));
        cues.push(Cue {
            start_ms,
            end_ms,
            settings,
            payload,
        });
    }
    cues
}

fn is_number(line: &str) -> bool {
    let line = line.trim();
    !line.is_empty() && line.bytes().all(|byte| byte.is_ascii_digit())
}

/// `00:00:01,000 --> 00:00:02,000`, possibly with coordinates behind.
fn timing(line: &str) -> Option<(u64, u64)> {
    let (start, rest) = line.split_once("-->")?;
    let end = rest.split_whitespace().next()?;
    Some((time(start.trim(), 1)?, time(end, 1)?))
}
