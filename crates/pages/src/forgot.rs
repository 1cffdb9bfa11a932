//! `/forgot-password`: asks for a link with which to set a new one. What is answered says nothing of the address.

use axum::response::Response;
use marquee_identity::{Address, pages};
use maud::html;

use crate::call::Visit;
use crate::form::Posted;
use crate::layout::{Field, form, notice};
use crate::step::{Step, Told};
use crate::troubles::Troubles;

/// The form, or where to look.
pub(crate) async fn show(visit: Visit) -> Response {
    let words = visit.words();
    if visit.told(&[Told::LinkSent]).is_some() {
        let main = html! {
            (notice(words.link_sent))
            p.more { a href=(visit.link(pages::SIGN_IN, &[])) { (words.sign_in) } }
        };
        return Step::clear(&visit, visit.page(words.look_into_mail, &main));
    }
    ask(&visit, "", &Troubles::default())
}

fn ask(visit: &Visit, address: &str, troubles: &Troubles) -> Response {
    let words = visit.words();
    let email = Field::email(words, address);
    let inside = html! {
        (email.show(troubles))
        button.primary { (words.send_link) }
    };
    let main = html! {
        p { (words.forgot_lead) }
        (form(visit, pages::FORGOT, &inside))
        p.more { a href=(visit.link(pages::SIGN_IN, &[])) { (words.sign_in) } }
    };
    visit.troubled_page(words.forgot_title, &main, troubles)
}

/// Asks for the mail.
pub(crate) async fn take(posted: Posted) -> Response {
    let visit = &posted.visit;
    let typed = posted.text("email");
    let Some(address) = Address::parse(typed) else {
        let troubles = Troubles::one("email", visit.words().email_bad);
        return ask(visit, typed, &troubles);
    };
    match visit
        .deps
        .identity
        .request_reset(&address, &visit.client)
        .await
    {
        Ok(()) => visit.tell(pages::FORGOT, Told::LinkSent),
        Err(error) => ask(visit, typed, &Troubles::of(visit, &error, "email")),
    }
}
