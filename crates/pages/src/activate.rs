//! `/activate`: letting a television in that shows a code.
//!
//! Whoever says yes to a stranger's code lets the stranger into their account. Against that (RFC-to-be
//! "Cross-Device Flows: Security Best Current Practice"): nothing is let in by opening a link; the page shows what
//! asks, from where, and whether that is the same network as one's own; it says what strangers do; yes and no weigh
//! the same.

use axum::response::Response;
use marquee_domain::account::Viewer;
use marquee_identity::{IdentityError, Refusal, pages};
use maud::{Markup, html};

use crate::call::Visit;
use crate::form::Posted;
use crate::layout::{Field, hidden, notice};
use crate::names::{self, Nearness};
use crate::step::{Step, Told};
use crate::troubles::Troubles;
use crate::words::fill;

/// Longest code that is looked at, in characters; real ones have eight, people add blanks and hyphens.
const CODE_MAX: usize = 32;

/// The field for a code, the question, or what came of it.
pub(crate) async fn show(visit: Visit) -> Response {
    if let Some(told) = visit.told(&[Told::LetIn, Told::TurnedAway]) {
        return Step::clear(&visit, done(&visit, told));
    }
    let code = cut(visit.asked("code").unwrap_or_default());
    let viewer = match visit.viewer().await {
        Err(failure) => return failure,
        Ok(None) if code.is_empty() => return visit.sign_in_first(&[]),
        Ok(None) => return visit.sign_in_first(&[("code", &code)]),
        Ok(Some(viewer)) => viewer,
    };
    if code.trim().is_empty() {
        return ask(&visit, "", &Troubles::default());
    }
    question(&visit, &viewer, &code).await
}

fn cut(code: &str) -> String {
    code.chars().take(CODE_MAX).collect()
}

fn ask(visit: &Visit, code: &str, troubles: &Troubles) -> Response {
    let words = visit.words();
    let field = Field {
        name: "code",
        label: words.tv_code,
        autocomplete: "off",
        value: code,
        focus: true,
        code: true,
        ..Field::default()
    };
    // Asking changes nothing, so a plain link with the code does as much.
    let main = html! {
        p { (words.activate_lead) }
        form method="get" action=(pages::ACTIVATE) novalidate {
            @if visit.asked("lang").is_some() { (hidden("lang", visit.language.code())) }
            (field.show(troubles))
            button.primary { (words.go_on) }
        }
    };
    visit.troubled_page(words.activate_title, &main, troubles)
}

async fn question(visit: &Visit, viewer: &Viewer, code: &str) -> Response {
    let words = visit.words();
    let identity = &visit.deps.identity;
    let television = match identity.activation(viewer, code).await {
        Ok(television) => television,
        Err(error) => return ask(visit, code, &Troubles::of(visit, &error, "code")),
    };
    let account = match identity.account(viewer).await {
        Ok(account) => account,
        Err(error) => return visit.failed(&error),
    };
    let near = names::nearness(&television.home, &identity.home(&visit.client));
    let (near, far) = match near {
        Nearness::Same => (words.same_network, false),
        Nearness::Other => (words.other_network, true),
        Nearness::Unknown => (words.unknown_network, true),
    };
    let main = html! {
        p { (fill(words.confirm_lead, "who", &account.email)) }
        dl.facts {
            dt { (words.shown_code) } dd.code { (plain(code)) }
            dt { (words.device) } dd { (names::device(words, &television.device_type)) }
            dt { (words.app) } dd { bdi { (names::app(words, &television.app)) } }
            dt { (words.network) } dd { bdi { (names::network(words, &television.network)) } }
        }
        @if far { p.warning { (near) } } @else { (notice(near)) }
        p.warning { (words.confirm_warning) }
        (choice(visit, code))
    };
    visit.page(words.confirm_title, &main)
}

/// A code as televisions show it.
fn plain(code: &str) -> String {
    let known = code.chars().filter(char::is_ascii_alphanumeric);
    known.map(|c| c.to_ascii_uppercase()).collect()
}

fn choice(visit: &Visit, code: &str) -> Markup {
    let words = visit.words();
    let inside = html! {
        (hidden("code", code))
        div.choice {
            button name="answer" value="no" { (words.turn_away) }
            button name="answer" value="yes" { (words.let_in) }
        }
    };
    crate::layout::form(visit, pages::ACTIVATE, &inside)
}

fn done(visit: &Visit, told: Told) -> Response {
    let words = visit.words();
    let (title, text) = match told {
        Told::LetIn => (words.let_in_title, words.let_in_done),
        _ => (words.turned_away_title, words.turned_away),
    };
    let main = html! {
        (notice(text))
        p.actions { a.button href="/" { (words.home) } }
    };
    visit.page(title, &main)
}

/// Takes yes or no; anything else is asked again.
pub(crate) async fn take(posted: Posted) -> Response {
    let visit = &posted.visit;
    let code = cut(posted.text("code"));
    let viewer = match visit.viewer().await {
        Err(failure) => return failure,
        Ok(None) => return visit.sign_in_first(&[("code", &code)]),
        Ok(Some(viewer)) => viewer,
    };
    let identity = &visit.deps.identity;
    let (answer, told) = match posted.text("answer") {
        "yes" => {
            let said = identity.confirm_activation(&viewer, &code, &visit.client);
            (said.await, Told::LetIn)
        }
        "no" => (
            identity.refuse_activation(&viewer, &code).await,
            Told::TurnedAway,
        ),
        _ => return question(visit, &viewer, &code).await,
    };
    match answer {
        Ok(()) => visit.tell(pages::ACTIVATE, told),
        Err(IdentityError::Refused(Refusal::FactorRequired)) => {
            // The account has got a second factor since: the session is not enough any more.
            visit.sign_in_first(&[("code", &code)])
        }
        Err(error) => ask(visit, &code, &Troubles::of(visit, &error, "code")),
    }
}
