//! How pages look: one document, and the parts of forms.

use marquee_domain::UiLanguage;
use maud::{DOCTYPE, Markup, html};

use crate::call::Visit;
use crate::form::TOKEN;
use crate::style;
use crate::troubles::Troubles;
use crate::words::Words;

/// The tag of a language in HTML (RFC 5646), and its own name.
fn tag_and_name(language: UiLanguage) -> (&'static str, &'static str) {
    match language {
        UiLanguage::Ko => ("ko", "한국어"),
        UiLanguage::En => ("en", "English"),
        UiLanguage::Es => ("es", "Español"),
        UiLanguage::ZhHans => ("zh-Hans", "简体中文"),
        UiLanguage::ZhHant => ("zh-Hant", "繁體中文"),
        UiLanguage::Pt => ("pt", "Português"),
    }
}

/// A whole page.
pub(crate) fn document(visit: &Visit, title: &str, main: &Markup, troubles: &Troubles) -> Markup {
    let words = visit.words();
    let name = visit.deps.name.as_str();
    let (tag, _) = tag_and_name(visit.language);
    html! {
        (DOCTYPE)
        html lang=(tag) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width";
                meta name="robots" content="noindex";
                meta name="color-scheme" content="dark light";
                title {
                    @if !troubles.is_empty() { (words.error_prefix) " " }
                    (title) " · " (name)
                }
                link rel="icon" href="/favicon.svg" type="image/svg+xml";
                link rel="stylesheet" href=(style::address());
            }
            body {
                header {
                    a.brand href="/" {
                        svg viewBox="0 0 32 26" aria-hidden="true" { path d="M3 23V4l13 12L29 4v19"; }
                        span { (name) }
                    }
                }
                main {
                    h1 { (title) }
                    (summary(visit, troubles))
                    (main)
                }
                footer {
                    nav aria-label=(words.language) {
                        ul {
                            @for language in UiLanguage::ALL {
                                @let (tag, own) = tag_and_name(language);
                                li {
                                    a href=(visit.in_language(language)) lang=(tag) hreflang=(tag)
                                        aria-current=[(language == visit.language).then_some("true")] { (own) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// What is wrong, before the form, with links to the fields at fault.
fn summary(visit: &Visit, troubles: &Troubles) -> Markup {
    html! {
        @if let Some(text) = troubles.with("") {
            p.trouble role="alert" { (text) }
        }
        @if troubles.fields().next().is_some() {
            div.trouble role="alert" {
                p { (visit.words().check_fields) }
                ul { @for (field, text) in troubles.fields() { li { a href={ "#" (field) } { (text) } } } }
            }
        }
    }
}

/// Something that went well.
pub(crate) fn notice(text: &str) -> Markup {
    html! { p.notice role="status" { (text) } }
}

/// The beginning of a form to a page, with the visitor's token.
pub(crate) fn form(visit: &Visit, path: &str, inside: &Markup) -> Markup {
    let token = visit.deps.identity.form_token(&visit.visitor);
    html! {
        form method="post" action=(visit.link(path, &[])) novalidate {
            input type="hidden" name=(TOKEN) value=(token.expose());
            (inside)
        }
    }
}

/// A value that a form brings along.
pub(crate) fn hidden(name: &str, value: &str) -> Markup {
    html! { input type="hidden" name=(name) value=(value); }
}

/// A field of a form.
#[derive(Default)]
pub(crate) struct Field<'a> {
    pub(crate) name: &'a str,
    pub(crate) label: &'a str,
    /// The input's type, `text` when empty.
    pub(crate) kind: &'a str,
    pub(crate) autocomplete: &'a str,
    pub(crate) value: &'a str,
    /// Below the label; empty when there is nothing to say.
    pub(crate) hint: &'a str,
    /// Which keys a phone shows.
    pub(crate) inputmode: Option<&'a str>,
    pub(crate) focus: bool,
    /// Codes are set wide, and not corrected.
    pub(crate) code: bool,
    pub(crate) optional: bool,
}

impl<'a> Field<'a> {
    /// The address that somebody has or wants an account with.
    pub(crate) fn email(words: &'a Words, address: &'a str) -> Self {
        Self {
            name: "email",
            label: words.email,
            kind: "email",
            autocomplete: "username",
            value: address,
            inputmode: Some("email"),
            focus: true,
            ..Self::default()
        }
    }

    /// A password that is to be set.
    pub(crate) fn new_password(words: &'a Words, label: &'a str) -> Self {
        Self {
            name: "password",
            label,
            kind: "password",
            autocomplete: "new-password",
            hint: words.password_hint,
            focus: true,
            ..Self::default()
        }
    }

    /// A code of the second factor.
    pub(crate) fn factor_code(words: &'a Words) -> Self {
        Self {
            name: "otp",
            label: words.factor_code,
            autocomplete: "one-time-code",
            code: true,
            ..Self::default()
        }
    }

    pub(crate) fn show(&self, troubles: &Troubles) -> Markup {
        let trouble = troubles.with(self.name).filter(|_| !self.name.is_empty());
        let hint_id = format!("{}-hint", self.name);
        let trouble_id = format!("{}-trouble", self.name);
        let ids: Vec<&str> = [
            (!self.hint.is_empty()).then_some(hint_id.as_str()),
            trouble.map(|_| trouble_id.as_str()),
        ]
        .into_iter()
        .flatten()
        .collect();
        let described = (!ids.is_empty()).then(|| ids.join(" "));
        let kind = if self.kind.is_empty() {
            "text"
        } else {
            self.kind
        };
        let value = (!self.value.is_empty()).then_some(self.value);
        html! {
            div.field {
                label for=(self.name) { (self.label) }
                @if !self.hint.is_empty() { p.hint id=(hint_id) { (self.hint) } }
                @if let Some(text) = trouble { p.fault id=(trouble_id) { (text) } }
                input id=(self.name) class=[self.code.then_some("code")] name=(self.name) type=(kind) value=[value]
                    autocomplete=(self.autocomplete) inputmode=[self.inputmode]
                    autocapitalize="off" autocorrect="off" spellcheck="false"
                    required[!self.optional] autofocus[self.focus]
                    aria-invalid=[trouble.map(|_| "true")] aria-describedby=[described];
            }
        }
    }
}
