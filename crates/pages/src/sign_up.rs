//! `/sign-up`: an address, the code that was mailed to it, then password and name.
//!
//! Which of the three it is stands in the step that the form before left; the page's address stays the same, and
//! reloading it sends nothing again.

use axum::response::Response;
use marquee_domain::DisplayName;
use marquee_identity::{Address, Password, PasswordRule, Refusal, pages};
use maud::html;

use crate::call::Visit;
use crate::form::Posted;
use crate::layout::{Field, form, hidden, notice};
use crate::respond::is;
use crate::step::Step;
use crate::troubles::Troubles;
use crate::words::fill;

const PATH: &str = "/sign-up";

/// The form that is next.
pub(crate) async fn show(visit: Visit) -> Response {
    if visit.asked("again").is_some() {
        return Step::clear(&visit, visit.go(&visit.link(PATH, &[])));
    }
    let none = Troubles::default();
    match visit.step() {
        Some(Step::Code { address, again }) => code_form(&visit, &address, again, &none),
        Some(Step::Finish { address }) => finish_form(&visit, &address, "", &none),
        _ => address_form(&visit, "", &none),
    }
}

fn address_form(visit: &Visit, address: &str, troubles: &Troubles) -> Response {
    let words = visit.words();
    let email = Field::email(words, address);
    let inside = html! {
        (email.show(troubles))
        button.primary { (words.send_code) }
    };
    let main = html! {
        p { (words.sign_up_lead) }
        (form(visit, PATH, &inside))
        p.more { (words.have_account) " " a href=(visit.link(pages::SIGN_IN, &[])) { (words.sign_in) } }
    };
    visit.troubled_page(words.sign_up_title, &main, troubles)
}

fn code_form(visit: &Visit, address: &str, again: bool, troubles: &Troubles) -> Response {
    let words = visit.words();
    let code = Field {
        name: "code",
        label: words.code,
        autocomplete: "one-time-code",
        inputmode: Some("numeric"),
        focus: true,
        code: true,
        ..Field::default()
    };
    let inside = html! {
        (code.show(troubles))
        button.primary { (words.go_on) }
    };
    let resend = html! {
        (hidden("do", "resend"))
        button { (words.send_again) }
    };
    let main = html! {
        @if again && troubles.is_empty() { (notice(words.sent_again)) }
        p { (fill(words.code_lead, "who", address)) }
        (form(visit, PATH, &inside))
        (form(visit, PATH, &resend))
        p.more { a href=(visit.link(PATH, &[("again", "1")])) { (words.other_address) } }
    };
    visit.troubled_page(words.code_title, &main, troubles)
}

fn finish_form(visit: &Visit, address: &str, name: &str, troubles: &Troubles) -> Response {
    let words = visit.words();
    let password = Field::new_password(words, words.password);
    let display = Field {
        name: "name",
        label: words.display_name,
        autocomplete: "name",
        value: name,
        optional: true,
        ..Field::default()
    };
    let inside = html! {
        // For password managers: the password belongs to this address.
        input type="email" name="username" value=(address) autocomplete="username" hidden;
        (password.show(troubles))
        (display.show(troubles))
        button.primary { (words.create) }
    };
    let main = html! {
        p { (fill(words.finish_lead, "who", address)) }
        (form(visit, PATH, &inside))
    };
    visit.troubled_page(words.finish_title, &main, troubles)
}

/// Takes the form that was next.
pub(crate) async fn take(posted: Posted) -> Response {
    match posted.visit.step() {
        Some(Step::Code { address, .. }) => match Address::parse(&address) {
            Some(parsed) if posted.text("do") == "resend" => {
                request(&posted.visit, &parsed, true).await
            }
            Some(parsed) => verify(&posted, &parsed).await,
            None => address_form(&posted.visit, "", &Troubles::default()),
        },
        Some(Step::Finish { address }) => match Address::parse(&address) {
            Some(parsed) => finish(&posted, &parsed).await,
            None => address_form(&posted.visit, "", &Troubles::default()),
        },
        _ => begin(&posted).await,
    }
}

async fn begin(posted: &Posted) -> Response {
    let visit = &posted.visit;
    let typed = posted.text("email");
    let Some(address) = Address::parse(typed) else {
        let troubles = Troubles::one("email", visit.words().email_bad);
        return address_form(visit, typed, &troubles);
    };
    request(visit, &address, false).await
}

async fn request(visit: &Visit, address: &Address, again: bool) -> Response {
    let identity = &visit.deps.identity;
    let typed = address.typed().to_owned();
    match identity.request_sign_up(address, &visit.client).await {
        Ok(()) => {
            let step = Step::Code {
                address: typed,
                again,
            };
            step.leave(visit, visit.go(&visit.link(PATH, &[])))
        }
        Err(error) if again => code_form(visit, &typed, false, &Troubles::of(visit, &error, "")),
        Err(error) => address_form(visit, &typed, &Troubles::of(visit, &error, "email")),
    }
}

async fn verify(posted: &Posted, address: &Address) -> Response {
    let visit = &posted.visit;
    let code: String = posted
        .text("code")
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '-')
        .collect();
    if code.is_empty() {
        let troubles = Troubles::one("code", visit.words().code_needed);
        return code_form(visit, address.typed(), false, &troubles);
    }
    let identity = &visit.deps.identity;
    match identity.verify_sign_up(address, &code, &visit.client).await {
        Ok(()) => {
            let step = Step::Finish {
                address: address.typed().to_owned(),
            };
            step.leave(visit, visit.go(&visit.link(PATH, &[])))
        }
        Err(error) => {
            let troubles = Troubles::of(visit, &error, "code");
            code_form(visit, address.typed(), false, &troubles)
        }
    }
}

async fn finish(posted: &Posted, address: &Address) -> Response {
    let visit = &posted.visit;
    let words = visit.words();
    let (typed, name) = (posted.text("password"), posted.text("name").trim());
    let mut troubles = Troubles::default();
    if typed.is_empty() {
        troubles.add("password", words.password_needed.to_owned());
    }
    if DisplayName::parse(name).is_err() {
        troubles.add("name", words.name_bad.to_owned());
    }
    if !troubles.is_empty() {
        return finish_form(visit, address.typed(), name, &troubles);
    }
    let password = Password::new(typed);
    let identity = &visit.deps.identity;
    let password = (&password, PasswordRule::Experience);
    let done = identity
        .complete_sign_up(address, password, name, &visit.client)
        .await;
    match done {
        Ok(signed_in) => visit.signed_in(&signed_in),
        Err(error) if is(&error, &Refusal::NotVerified) || is(&error, &Refusal::AddressTaken) => {
            let troubles = Troubles::of(visit, &error, "email");
            Step::clear(visit, address_form(visit, address.typed(), &troubles))
        }
        Err(error) => {
            let troubles = Troubles::of(visit, &error, "password");
            finish_form(visit, address.typed(), name, &troubles)
        }
    }
}
