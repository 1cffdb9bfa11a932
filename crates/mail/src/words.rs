//! How letters are worded, one file per language.
//!
//! Twelve letters in six languages differ in words and not in structure, so there is one layout and a table of words;
//! a template engine would want a file for each of them, twice. A letter without words in some language does not compile.
//! `{name}` is filled with a value; a test finds what is left over, and what is not said.

mod en;
mod es;
mod ko;
mod pt;
mod zh_hans;
mod zh_hant;

use marquee_domain::UiLanguage;

/// The words of a letter: paragraphs around what it shows (a code, facts), and its links.
pub(crate) struct Piece {
    pub(crate) subject: &'static str,
    /// Before what it shows.
    pub(crate) first: &'static [&'static str],
    /// Between what it shows and its links.
    pub(crate) then: &'static [&'static str],
    /// What its own link says; empty when it has none.
    pub(crate) action: &'static str,
    /// After its links.
    pub(crate) last: &'static [&'static str],
}

/// All words of a language.
pub(crate) struct Words {
    pub(crate) sign_up_code: Piece,
    pub(crate) sign_up_known: Piece,
    pub(crate) password_reset: Piece,
    pub(crate) address_change_code: Piece,
    pub(crate) password_changed: Piece,
    pub(crate) address_changed: Piece,
    pub(crate) new_device: Piece,
    pub(crate) session_revoked: Piece,
    pub(crate) accounts_merged: Piece,
    pub(crate) account_deleted: Piece,
    pub(crate) factor_removed: Piece,
    pub(crate) recovery_code_used: Piece,
    pub(crate) test: Piece,
    /// What a link to the page for a new password says.
    pub(crate) reset: &'static str,
    pub(crate) device: &'static str,
    pub(crate) app: &'static str,
    pub(crate) place: &'static str,
    pub(crate) time: &'static str,
    pub(crate) footer: &'static str,
}

impl Words {
    pub(crate) fn of(language: UiLanguage) -> &'static Self {
        match language {
            UiLanguage::Ko => &ko::WORDS,
            UiLanguage::En => &en::WORDS,
            UiLanguage::Es => &es::WORDS,
            UiLanguage::ZhHans => &zh_hans::WORDS,
            UiLanguage::ZhHant => &zh_hant::WORDS,
            UiLanguage::Pt => &pt::WORDS,
        }
    }
}
