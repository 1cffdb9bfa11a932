//! `/reset-password?token=`: sets a new password with a mailed link.
//!
//! The token goes from the address into the form and is spent when the form is sent, never when the page is
//! opened.

use axum::http::StatusCode;
use axum::response::Response;
use marquee_identity::{Password, PasswordRule, Refusal, pages};
use maud::html;

use crate::call::Visit;
use crate::form::Posted;
use crate::layout::{Field, form, hidden};
use crate::respond::is;
use crate::step::Told;
use crate::troubles::Troubles;

/// The form.
pub(crate) async fn show(visit: Visit) -> Response {
    match visit.asked("token") {
        None | Some("") => dead_link(&visit),
        Some(token) => ask(&visit, token, false, &Troubles::default()),
    }
}

fn dead_link(visit: &Visit) -> Response {
    let words = visit.words();
    let main = html! {
        p { (words.link_bad) }
        p.actions { a.button.primary href=(visit.link(pages::FORGOT, &[])) { (words.ask_again) } }
    };
    let mut response = visit.page(words.link_bad_title, &main);
    *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    response
}

fn ask(visit: &Visit, token: &str, factor: bool, troubles: &Troubles) -> Response {
    let words = visit.words();
    let password = Field::new_password(words, words.new_password);
    let code = Field {
        hint: words.factor_hint,
        ..Field::factor_code(words)
    };
    let inside = html! {
        (hidden("token", token))
        (password.show(troubles))
        @if factor {
            (hidden("factor", "1"))
            (code.show(troubles))
        }
        button.primary { (words.set_password) }
    };
    let main = html! {
        p { (words.reset_lead) }
        (form(visit, pages::RESET, &inside))
    };
    visit.troubled_page(words.reset_title, &main, troubles)
}

/// Sets it.
pub(crate) async fn take(posted: Posted) -> Response {
    let visit = &posted.visit;
    let (token, typed) = (posted.text("token"), posted.text("password"));
    let otp = posted.text("otp").trim();
    let asked = !posted.text("factor").is_empty();
    if typed.is_empty() {
        let troubles = Troubles::one("password", visit.words().password_needed);
        return ask(visit, token, asked, &troubles);
    }
    let new = Password::new(typed);
    let done = visit
        .deps
        .identity
        .reset_password(
            token,
            (&new, PasswordRule::Experience),
            Some(otp).filter(|otp| !otp.is_empty()),
            &visit.client,
        )
        .await;
    match done {
        Ok(()) => visit.without_session(visit.tell(pages::SIGN_IN, Told::PasswordSet)),
        Err(error) if is(&error, &Refusal::ResetInvalid) => dead_link(visit),
        Err(error) if is(&error, &Refusal::FactorRequired) => {
            let troubles = if asked {
                Troubles::of(visit, &error, "otp")
            } else {
                Troubles::one("", visit.words().factor_needed)
            };
            ask(visit, token, true, &troubles)
        }
        Err(error) => ask(
            visit,
            token,
            asked,
            &Troubles::of(visit, &error, "password"),
        ),
    }
}
