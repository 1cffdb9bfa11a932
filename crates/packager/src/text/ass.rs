//! SubStation Alpha: dialogue lines, their place and the simplest of their styling.

use std::collections::HashMap;

use super::{Cue, markup, time};

/// The column order of `Dialogue` when no `Format` line says otherwise.
const COLUMNS: [&str; 10] = [
    "layer", "start", "end", "style", "name", "marginl", "marginr", "marginv", "effect", "text",
];

/// What the header of a script says.
#[derive(Debug)]
pub(super) struct Script {
    columns: Vec<String>,
    /// Alignment by style name.
    alignments: HashMap<String, String>,
    /// Whether numbers mean places on the keypad (V4+) or SSA's own.
    is_legacy: bool,
}

impl Script {
    /// Reads styles and the column order from any script or script header.
    pub(super) fn read(text: &str) -> Self {
        let mut columns: Vec<String> = COLUMNS.map(str::to_owned).to_vec();
        let mut style_columns: Vec<String> = Vec::new();
        let mut alignments = HashMap::new();
        let mut section = String::new();
        let mut is_legacy = false;
        for line in text.lines().map(str::trim) {
            if line.starts_with('[') {
                section = line.to_ascii_lowercase();
                is_legacy |= section == "[v4 styles]";
            } else if let Some(format) = value(line, "format") {
                let names = format
                    .split(',')
                    .map(|name| name.trim().to_ascii_lowercase())
                    .collect();
                if section.contains("styles") {
                    style_columns = names;
                } else {
                    columns = names;
                }
            } else if let Some(style) = value(line, "style") {
                let values: Vec<&str> = style.split(',').map(str::trim).collect();
                let get = |name: &str| {
                    let at = style_columns.iter().position(|column| column == name)?;
                    values.get(at).map(|value| (*value).to_owned())
                };
                alignments.extend(get("name").zip(get("alignment")));
            }
        }
        Self {
            columns,
            alignments,
            is_legacy,
        }
    }

    /// The cue of the comma-separated fields of a dialogue, in the order of `columns`.
    fn cue(&self, fields: &str, columns: &[String]) -> Option<Cue> {
        let values: Vec<&str> = fields.splitn(columns.len(), ',').collect();
        let get = |name: &str| {
            let at = columns.iter().position(|column| column == name)?;
            values.get(at).map(|value| value.trim())
        };
        // Some writers put a colon before the hundredths.
        let clock = |name: &str| {
            let text = get(name)?;
            let colons = text.matches(':').count();
            let (clock, hundredths) = if colons == 3 {
                text.rsplit_once(':')?
            } else {
                return time(text, 1);
            };
            time(&format!("{clock}.{hundredths}"), 1)
        };
        let (start_ms, end_ms) = (clock("start")?, clock("end")?);
        let (payload, settings) = self.payload(get("text")?, get("style"));
        Some(Cue {
            start_ms,
            end_ms,
            settings,
            payload,
        })
    }

    /// A Matroska block: read order, then the fields without times. The times are the block's.
    pub(super) fn block(&self, text: &str, start_ms: u64, end_ms: u64) -> Option<Cue> {
        let mut fields = text.splitn(9, ',');
        let style = fields.nth(2);
        let (payload, settings) = self.payload(fields.nth(5)?, style);
        Some(Cue {
            start_ms,
            end_ms,
            settings,
            payload,
        })
    }

    fn payload(&self, text: &str, style: Option<&str>) -> (String, String) {
        let place =
            style.and_then(|style| self.alignments.get(style.trim().trim_start_matches('*')));
        let place = place
            .and_then(|place| self.place(place))
            .unwrap_or_default();
        let mut settings = place.to_owned();
        let mut writer = markup::Writer::default();
        let mut drawing = false;
        let mut rest = text;
        while let Some(at) = rest.find(['{', '\\']) {
            let (before, from) = rest.split_at(at);
            if !drawing {
                writer.text(before);
            }
            let block = from
                .strip_prefix('{')
                .and_then(|inner| inner.split_once('}'));
            if let Some((overrides, after)) = block {
                for part in overrides.split('\\').skip(1) {
                    self.apply(part.trim(), &mut writer, &mut settings, &mut drawing);
                }
                rest = after;
                continue;
            }
            let mut chars = from.chars();
            let first = chars.next().unwrap_or_default();
            let after_first = chars.as_str();
            rest = match (first, chars.next()) {
                ('\\', Some('N' | 'n')) => {
                    writer.text("\n");
                    chars.as_str()
                }
                ('\\', Some('h')) => {
                    writer.text("\u{A0}");
                    chars.as_str()
                }
                _ => {
                    writer.text(first.encode_utf8(&mut [0; 4]));
                    after_first
                }
            };
        }
        if !drawing {
            writer.text(rest);
        }
        (writer.finish(), settings)
    }

    fn apply(
        &self,
        part: &str,
        writer: &mut markup::Writer,
        settings: &mut String,
        drawing: &mut bool,
    ) {
        if let Some(number) = part.strip_prefix("an") {
            if let Some(placed) = markup::alignment(number) {
                *settings = placed.to_owned();
            }
            return;
        }
        if let Some(scale) = part
            .strip_prefix('p')
            .filter(|scale| scale.bytes().all(|byte| byte.is_ascii_digit()))
        {
            *drawing = !scale.is_empty() && scale != "0";
            return;
        }
        for tag in ['b', 'i', 'u'] {
            match part.strip_prefix(tag) {
                Some("0") => writer.close(tag),
                Some("1") => writer.open(tag),
                _ => {}
            }
        }
    }

    fn place(&self, number: &str) -> Option<&'static str> {
        if !self.is_legacy {
            return markup::alignment(number);
        }
        // SSA: 1 to 3 at the bottom, plus 4 at the top, plus 8 in the middle.
        let number: u32 = number.parse().ok()?;
        let keypad = match number {
            1..=3 => number,
            5..=7 => number + 2,
            9..=11 => number - 5,
            _ => return None,
        };
        markup::alignment(&keypad.to_string())
    }
}

/// The value of a `Name: value` line.
fn value<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    let (found, value) = line.split_once(':')?;
    found
        .trim()
        .eq_ignore_ascii_case(name)
        .then(|| value.trim_start())
}

pub(super) fn parse(text: &str) -> Vec<Cue> {
    let script = Script::read(text);
    let dialogues = text
        .lines()
        .filter_map(|line| value(line.trim(), "dialogue"));
    dialogues
        .filter_map(|fields| script.cue(fields, &script.columns))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dialogue_with_overrides() {
        let text = "[V4+ Styles]\nFormat: Name, Alignment\nStyle: Top,8\n[Events]\nFormat: Layer, Start, End, Style, Name, Text\n\
                    Dialogue: 0,0:00:01.50,0:00:02.00,Top,,{\\i1}a, b{\\i0}\\Nc<d>\nDialogue: 0,0:00:03.00,0:00:04.00,Top,,{\\p1}m 0 0 l 1 1{\\p0}";
        let cues = parse(text);
        assert_eq!(cues[0].payload, "<i>a, b</i>\nc&lt;d&gt;");
        assert_eq!(
            (cues[0].start_ms, cues[0].end_ms, cues[0].settings.as_str()),
            (1500, 2000, "line:0")
        );
        assert_eq!(cues[1].payload, "");
    }

    #[test]
    fn matroska_blocks_have_no_times() {
        let script = Script::read("");
        let cue = script
            .block("3,0,Default,,0,0,0,,Hello, you", 5, 9)
            .expect("a cue");
        assert_eq!(cue.payload, "Hello, you");
    }
}
