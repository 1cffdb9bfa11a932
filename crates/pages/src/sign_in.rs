//! `/sign-in` and `/sign-out`.

use axum::response::Response;
use marquee_domain::account::Viewer;
use marquee_identity::{Address, IdentityError, Password, Refusal, pages};
use maud::html;

use crate::call::Visit;
use crate::form::Posted;
use crate::layout::{Field, form, hidden, notice};
use crate::respond::is;
use crate::step::{Step, Told};
use crate::troubles::Troubles;
use crate::words::fill;

/// The form, or the question for a code, or who is signed in.
pub(crate) async fn show(visit: Visit) -> Response {
    if visit.asked("again").is_some() {
        return Step::clear(&visit, visit.go(&visit.link(pages::SIGN_IN, &[])));
    }
    if let Some(Step::Factor { address, .. }) = visit.step() {
        return factor_form(&visit, &address, &Troubles::default());
    }
    match visit.viewer().await {
        Err(failure) => failure,
        Ok(Some(viewer)) => signed_in_already(&visit, &viewer).await,
        Ok(None) => match visit.told(&[Told::SignedOut, Told::PasswordSet]) {
            Some(told) => Step::clear(
                &visit,
                address_form(&visit, "", &Troubles::default(), Some(told)),
            ),
            None => address_form(&visit, "", &Troubles::default(), None),
        },
    }
}

async fn signed_in_already(visit: &Visit, viewer: &Viewer) -> Response {
    let words = visit.words();
    let account = match visit.deps.identity.account(viewer).await {
        Ok(account) => account,
        Err(error) => return visit.failed(&error),
    };
    let out = form(visit, "/sign-out", &html! { button { (words.sign_out) } });
    let main = html! {
        p { (fill(words.signed_in_as, "who", &account.email)) }
        p.actions { a.button.primary href=(visit.target()) { (words.go_on) } }
        (out)
    };
    visit.hint(visit.page(words.sign_in, &main), true)
}

fn address_form(visit: &Visit, address: &str, troubles: &Troubles, told: Option<Told>) -> Response {
    let words = visit.words();
    let email = Field {
        focus: address.is_empty(),
        ..Field::email(words, address)
    };
    let password = Field {
        name: "password",
        label: words.password,
        kind: "password",
        autocomplete: "current-password",
        focus: !address.is_empty(),
        ..Field::default()
    };
    let inside = html! {
        (email.show(troubles))
        (password.show(troubles))
        button.primary { (words.sign_in) }
    };
    let main = html! {
        @match told {
            Some(Told::SignedOut) => (notice(words.signed_out)),
            Some(Told::PasswordSet) => (notice(words.password_set)),
            _ => {},
        }
        (form(visit, pages::SIGN_IN, &inside))
        p.more { a href=(visit.link(pages::FORGOT, &[])) { (words.forgot) } }
        p.more { (words.no_account) " " a href=(visit.link("/sign-up", &[])) { (words.sign_up) } }
    };
    visit.troubled_page(words.sign_in, &main, troubles)
}

fn factor_form(visit: &Visit, address: &str, troubles: &Troubles) -> Response {
    let words = visit.words();
    let code = Field {
        focus: true,
        ..Field::factor_code(words)
    };
    let inside = html! {
        (hidden("step", "factor"))
        (code.show(troubles))
        button.primary { (words.sign_in) }
    };
    let main = html! {
        p { (fill(words.factor_lead, "who", address)) }
        (form(visit, pages::SIGN_IN, &inside))
        p.more { a href=(visit.link(pages::SIGN_IN, &[("again", "1")])) { (words.start_over) } }
    };
    visit.troubled_page(words.factor_title, &main, troubles)
}

/// Signs in.
pub(crate) async fn take(posted: Posted) -> Response {
    let visit = &posted.visit;
    if posted.text("step") == "factor" {
        return take_factor(&posted).await;
    }
    let words = visit.words();
    let (typed, password) = (posted.text("email"), posted.text("password"));
    let address = Address::parse(typed);
    let mut troubles = Troubles::default();
    if typed.is_empty() {
        troubles.add("email", words.email_needed.to_owned());
    } else if address.is_none() {
        troubles.add("email", words.email_bad.to_owned());
    }
    if password.is_empty() {
        troubles.add("password", words.password_needed.to_owned());
    }
    let Some(address) = address.filter(|_| troubles.is_empty()) else {
        return address_form(visit, typed, &troubles, None);
    };
    let secret = Password::new(password);
    match visit
        .deps
        .identity
        .sign_in(&address, &secret, None, &visit.client)
        .await
    {
        Ok(signed_in) => visit.signed_in(&signed_in),
        Err(error) if is(&error, &Refusal::FactorRequired) => {
            let step = Step::Factor {
                address: address.typed().to_owned(),
                password: password.to_owned(),
            };
            step.leave(visit, visit.go(&visit.link(pages::SIGN_IN, &[])))
        }
        Err(error) => address_form(visit, typed, &troubles_of(visit, &error), None),
    }
}

/// Neither field alone is at fault when the two do not fit.
fn troubles_of(visit: &Visit, error: &IdentityError) -> Troubles {
    Troubles::of(visit, error, "")
}

async fn take_factor(posted: &Posted) -> Response {
    let visit = &posted.visit;
    let words = visit.words();
    let Some(Step::Factor { address, password }) = visit.step() else {
        // Too late, or another browser: from the beginning.
        return visit.go(&visit.link(pages::SIGN_IN, &[]));
    };
    let otp = posted.text("otp").trim();
    if otp.is_empty() {
        let troubles = Troubles::one("otp", words.code_needed);
        return factor_form(visit, &address, &troubles);
    }
    let Some(parsed) = Address::parse(&address) else {
        return visit.go(&visit.link(pages::SIGN_IN, &[]));
    };
    let secret = Password::new(&password);
    let identity = &visit.deps.identity;
    match identity
        .sign_in(&parsed, &secret, Some(otp), &visit.client)
        .await
    {
        Ok(signed_in) => visit.signed_in(&signed_in),
        Err(error) if is(&error, &Refusal::FactorRequired) => {
            factor_form(visit, &address, &Troubles::of(visit, &error, "otp"))
        }
        Err(error) if is(&error, &Refusal::CredentialsWrong) => Step::clear(
            visit,
            address_form(visit, &address, &troubles_of(visit, &error), None),
        ),
        Err(error) => factor_form(visit, &address, &troubles_of(visit, &error)),
    }
}

/// Ends the session of this browser.
pub(crate) async fn sign_out(posted: Posted) -> Response {
    let visit = &posted.visit;
    match visit.viewer().await {
        Err(failure) => return failure,
        Ok(None) => {}
        Ok(Some(viewer)) => {
            if let Err(error) = visit.deps.identity.sign_out(&viewer, &visit.client).await {
                return visit.failed(&error);
            }
        }
    }
    visit.without_session(visit.tell(pages::SIGN_IN, Told::SignedOut))
}
