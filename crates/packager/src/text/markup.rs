//! Cue text: from the tags of other formats to the few of WebVTT.

/// The inline tags all formats share with WebVTT.
const TAGS: [char; 3] = ['b', 'i', 'u'];

/// Builds WebVTT cue text with balanced tags and without blank lines.
#[derive(Debug, Default)]
pub(super) struct Writer {
    out: String,
    open: Vec<char>,
}

impl Writer {
    /// Appends characters, escaped (WebVTT, 3.2): what looks like markup is text here.
    pub(super) fn text(&mut self, text: &str) {
        for c in text.chars() {
            match c {
                '&' => self.out.push_str("&amp;"),
                '<' => self.out.push_str("&lt;"),
                '>' => self.out.push_str("&gt;"),
                '\0' => self.out.push('\u{FFFD}'),
                '\u{A0}' => self.out.push_str("&nbsp;"),
                c => self.out.push(c),
            }
        }
    }

    /// Appends a reference that is already escaped.
    fn raw(&mut self, text: &str) {
        self.out.push_str(text);
    }

    pub(super) fn open(&mut self, tag: char) {
        if TAGS.contains(&tag) && !self.open.contains(&tag) {
            self.open.push(tag);
            self.out.push('<');
            self.out.push(tag);
            self.out.push('>');
        }
    }

    /// Closes a tag, and those opened inside it.
    pub(super) fn close(&mut self, tag: char) {
        if !self.open.contains(&tag) {
            return;
        }
        while let Some(inner) = self.open.pop() {
            self.out.push_str("</");
            self.out.push(inner);
            self.out.push('>');
            if inner == tag {
                break;
            }
        }
    }

    /// The finished cue text.
    pub(super) fn finish(mut self) -> String {
        while let Some(tag) = self.open.last().copied() {
            self.close(tag);
        }
        without_blank_lines(&self.out)
    }
}

/// A blank line would end the cue.
pub(super) fn without_blank_lines(text: &str) -> String {
    let lines: Vec<&str> = text
        .lines()
        .map(str::trim_end)
        .filter(|line| !line.trim().is_empty())
        .collect();
    lines.join("\n")
}

/// Cue text from SubRip or SAMI: HTML-like tags, entities, and `{\an8}` as ASS has it. Gives the
/// text and the cue settings.
pub(super) fn from_html(text: &str) -> (String, String) {
    let mut writer = Writer::default();
    let mut settings = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(['<', '{', '&']) {
        let (before, from) = rest.split_at(at);
        writer.text(before);
        let taken = if from.starts_with('<') {
            tag(&mut writer, from)
        } else if from.starts_with('{') {
            override_block(from, &mut settings)
        } else {
            entity(&mut writer, from)
        };
        match taken.and_then(|length| from.get(length..)) {
            Some(after) => rest = after,
            None => {
                let mut chars = from.chars();
                let first = chars.next().unwrap_or_default();
                writer.text(first.encode_utf8(&mut [0; 4]));
                rest = chars.as_str();
            }
        }
    }
    writer.text(rest);
    (writer.finish(), settings)
}

/// A tag at the start of `from`; gives its length. A `<` that begins none is text.
fn tag(writer: &mut Writer, from: &str) -> Option<usize> {
    let end = from.find('>')?;
    let inner = from.get(1..end)?;
    let is_close = inner.starts_with('/');
    let name = inner
        .trim_start_matches('/')
        .split([' ', '\t', '\n', '/'])
        .next()
        .unwrap_or_default();
    if name.is_empty()
        || name.len() > 16
        || !name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '!')
    {
        return None;
    }
    let lower = name.to_ascii_lowercase();
    if lower == "br" {
        writer.raw("\n");
    }
    let mut letters = lower.chars();
    if let (Some(letter), None) = (letters.next(), letters.next()) {
        if is_close {
            writer.close(letter);
        } else {
            writer.open(letter);
        }
    }
    Some(end + 1)
}

fn override_block(from: &str, settings: &mut String) -> Option<usize> {
    let end = from.find('}')?;
    let inner = from.get(1..end).filter(|inner| inner.starts_with('\\'))?;
    if let Some(number) = inner
        .split('\\')
        .find_map(|part| part.trim().strip_prefix("an"))
        && let Some(placed) = alignment(number)
    {
        settings.clear();
        settings.push_str(placed);
    }
    Some(end + 1)
}

fn entity(writer: &mut Writer, from: &str) -> Option<usize> {
    let end = from.find(';').filter(|end| *end <= 8)?;
    match from.get(1..end)? {
        "amp" => writer.text("&"),
        "lt" => writer.text("<"),
        "gt" => writer.text(">"),
        "quot" => writer.text("\""),
        "apos" | "#39" => writer.text("'"),
        "nbsp" => writer.raw("&nbsp;"),
        _ => return None,
    }
    Some(end + 1)
}

/// Cue settings for a place on the numeric keypad, as `\an` has it.
pub(super) fn alignment(number: &str) -> Option<&'static str> {
    Some(match number.trim() {
        "1" => "position:0% align:start",
        "2" => "",
        "3" => "position:100% align:end",
        "4" => "line:50% position:0% align:start",
        "5" => "line:50%",
        "6" => "line:50% position:100% align:end",
        "7" => "line:0 position:0% align:start",
        "8" => "line:0",
        "9" => "line:0 position:100% align:end",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_becomes_cue_text() {
        let cases = [
            (
                "<i>a</i> & <font color=\"red\">b</font>",
                "<i>a</i> &amp; b",
                "",
            ),
            ("{\\an8}top <b>x", "top <b>x</b>", "line:0"),
            ("1 < 2 --> 3", "1 &lt; 2 --&gt; 3", ""),
            ("a<br>\n\nb", "a\nb", ""),
            ("<b><i>x</b>y</i>", "<b><i>x</i></b>y", ""),
            ("&lt;ok&gt; &bogus;", "&lt;ok&gt; &amp;bogus;", ""),
        ];
        for (text, expected, settings) in cases {
            assert_eq!(
                from_html(text),
                (expected.to_owned(), settings.to_owned()),
                "{text}"
            );
        }
    }
}
