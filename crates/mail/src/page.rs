//! What a letter says: its words with the values filled in, as blocks that have no look yet.

use std::borrow::Cow;

use marquee_domain::clock::rfc3339;
use marquee_domain::letter::{FactorChange, PagePath, Whereabouts};
use marquee_domain::{Letter, Timestamp, UiLanguage};

use crate::Platform;
use crate::words::{Piece, Words};

/// Longest value that a letter shows, in characters.
const VALUE_MAX: usize = 80;

/// A part of a letter.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Block {
    /// A sentence or two.
    Paragraph(String),
    /// A code to be typed.
    Code(String),
    /// Names and values.
    Facts(Vec<(&'static str, String)>),
    /// A link, by what it says and where it leads.
    Link(&'static str, String),
}

/// A letter without its look.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) language: UiLanguage,
    pub(crate) subject: String,
    pub(crate) blocks: Vec<Block>,
    pub(crate) footer: String,
}

/// What the blocks of a letter are made of.
struct Parts<'a> {
    piece: &'static Piece,
    values: Vec<(&'static str, Cow<'a, str>)>,
    code: Option<&'a str>,
    facts: Vec<(&'static str, String)>,
    links: Vec<(&'static str, &'a PagePath)>,
}

impl<'a> Parts<'a> {
    fn new(piece: &'static Piece) -> Self {
        let (code, values, facts, links) = Default::default();
        Self {
            piece,
            values,
            code,
            facts,
            links,
        }
    }

    fn value(mut self, name: &'static str, value: &impl ToString) -> Self {
        self.values.push((name, clean(&value.to_string()).into()));
        self
    }

    fn code(mut self, code: &'a str) -> Self {
        self.code = Some(code);
        self
    }

    fn at(mut self, words: &Words, at: Timestamp) -> Self {
        self.facts.push((words.time, moment(at)));
        self
    }

    fn from(mut self, words: &Words, from: &Whereabouts) -> Self {
        // Devices and apps call themselves what they like; the place is worked out by us, and may be a network.
        let said = [
            (words.device, foreign(&from.device)),
            (words.app, foreign(&from.app)),
            (words.place, clean(&from.place)),
        ];
        let known = said.into_iter().filter(|(_, value)| !value.is_empty());
        self.facts.extend(known);
        self
    }

    /// The letter's own link.
    fn action(mut self, page: &'a PagePath) -> Self {
        self.links.push((self.piece.action, page));
        self
    }

    fn reset(mut self, words: &Words, page: &'a PagePath) -> Self {
        self.links.push((words.reset, page));
        self
    }
}

fn parts<'a>(letter: &'a Letter, words: &'static Words) -> Parts<'a> {
    let with = Parts::new;
    match letter {
        Letter::SignUpCode { code, minutes } => with(&words.sign_up_code)
            .code(code)
            .value("minutes", minutes),
        Letter::SignUpKnown { sign_in, reset } => with(&words.sign_up_known)
            .action(sign_in)
            .reset(words, reset),
        Letter::PasswordReset { page, minutes } => with(&words.password_reset)
            .action(page)
            .value("minutes", minutes),
        Letter::AddressChangeCode { code, minutes, .. } => with(&words.address_change_code)
            .code(code)
            .value("minutes", minutes),
        Letter::PasswordChanged { at, reset } => with(&words.password_changed)
            .at(words, *at)
            .reset(words, reset),
        Letter::AddressChanged { address, at } => with(&words.address_changed)
            .value("address", address)
            .at(words, *at),
        Letter::NewDevice { from, at, revoke } => with(&words.new_device)
            .from(words, from)
            .at(words, *at)
            .action(revoke),
        Letter::SessionRevoked { from, at, reset } => with(&words.session_revoked)
            .from(words, from)
            .at(words, *at)
            .reset(words, reset),
        Letter::AccountsMerged {
            address,
            at,
            undo,
            days,
        } => with(&words.accounts_merged)
            .value("address", address)
            .value("days", days)
            .at(words, *at)
            .action(undo),
        Letter::AccountDeleted { at } => with(&words.account_deleted).at(words, *at),
        Letter::SecondFactor { change, at, reset } => match change {
            FactorChange::Removed => with(&words.factor_removed),
            FactorChange::RecoveryCodeUsed { left } => {
                with(&words.recovery_code_used).value("left", left)
            }
        }
        .at(words, *at)
        .reset(words, reset),
        Letter::Test { at } => with(&words.test).at(words, *at),
    }
}

impl Page {
    pub(crate) fn of(letter: &Letter, language: UiLanguage, platform: &Platform) -> Self {
        let words = Words::of(language);
        let mut parts = parts(letter, words);
        parts
            .values
            .push(("platform", clean(&platform.name).into()));
        let base = platform.public_url.current();
        parts.values.push(("url", base.to_string().into()));
        let values = parts.values;
        let said = |sentences: &[&str]| -> Vec<Block> {
            let filled = sentences.iter().map(|sentence| fill(sentence, &values));
            filled.map(Block::Paragraph).collect()
        };
        let mut blocks = said(parts.piece.first);
        blocks.extend(parts.code.map(|code| Block::Code(clean(code))));
        if !parts.facts.is_empty() {
            blocks.push(Block::Facts(parts.facts));
        }
        blocks.extend(said(parts.piece.then));
        let address = |page: &PagePath| format!("{base}{}", page.as_str());
        let links = parts.links.into_iter();
        blocks.extend(links.map(|(says, page)| Block::Link(says, address(page))));
        blocks.extend(said(parts.piece.last));
        Self {
            language,
            subject: fill(parts.piece.subject, &values),
            blocks,
            footer: fill(words.footer, &values),
        }
    }
}

/// Fills `{name}` with values, once: what a value says is not looked at.
fn fill(text: &str, values: &[(&'static str, Cow<'_, str>)]) -> String {
    let mut filled = String::with_capacity(text.len() + 32);
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let named = after.split_once('}').and_then(|(name, behind)| {
            let (_, value) = values.iter().find(|(known, _)| *known == name)?;
            Some((value, behind))
        });
        rest = match named {
            Some((value, behind)) => {
                filled.push_str(value);
                behind
            }
            None => {
                filled.push('{');
                after
            }
        };
    }
    filled.push_str(rest);
    filled
}

/// One line of text, without what could part lines or turn their direction.
pub(crate) fn clean(text: &str) -> String {
    let turns = |c| matches!(c, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    let parts = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    let one_line = text
        .chars()
        .filter(|c| !turns(*c))
        .map(|c| if parts(c) { ' ' } else { c });
    let one_line: String = one_line.take(4 * VALUE_MAX).collect();
    one_line.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What a stranger may have chosen: shown as words, without anything that a mail reader would make a link of.
fn foreign(text: &str) -> String {
    let plain = |c: char| {
        if matches!(c, '/' | ':' | '@' | '\\') {
            ' '
        } else {
            c
        }
    };
    let text: String = text.chars().map(plain).collect();
    let text: String = clean(&text).chars().take(VALUE_MAX).collect();
    // "evil.example" would be a link, "12.1" not.
    let dotted = |(n, c): (usize, char)| {
        let next = text.chars().nth(n + 1);
        c == '.' && next.is_some_and(char::is_alphabetic)
    };
    text.char_indices()
        .map(|(_, c)| c)
        .enumerate()
        .map(|(n, c)| if dotted((n, c)) { ' ' } else { c })
        .collect()
}

/// A time as every reader understands it: `2026-11-21 20:15 UTC`.
fn moment(at: Timestamp) -> String {
    let text = rfc3339(at);
    let short = text.get(..16).unwrap_or(&text);
    format!("{} UTC", short.replace('T', " "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_filled_once() {
        let values = [("a", "{b}".into()), ("b", "x".into())];
        assert_eq!(fill("{a} {b} {c} {", &values), "{b} x {c} {");
    }

    #[test]
    fn values_stay_on_one_line() {
        assert_eq!(clean("a\r\nBcc: b\u{202E}c\u{2028}d\t"), "a Bcc: bc d");
        assert_eq!(clean(&"x".repeat(10_000)).len(), 4 * VALUE_MAX);
    }

    #[test]
    fn names_that_strangers_choose_make_no_links() {
        assert_eq!(
            foreign("TV 12.1, see https://evil.example/x"),
            "TV 12.1, see https evil example x"
        );
        assert_eq!(foreign("거실 TV"), "거실 TV");
    }

    #[test]
    fn times_are_short() {
        assert_eq!(moment(1_795_292_132_000), "2026-11-21 20:15 UTC");
    }
}
