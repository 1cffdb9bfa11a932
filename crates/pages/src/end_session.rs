//! `/end-session?token=`: ends a session by a mailed link. Opening it shows which; sending the form ends it.

use axum::http::StatusCode;
use axum::response::Response;
use marquee_domain::clock::rfc3339;
use marquee_identity::pages;
use maud::html;

use crate::call::Visit;
use crate::form::Posted;
use crate::layout::{form, hidden, notice};
use crate::names;
use crate::step::{Step, Told};

/// Which session it is, and a button.
pub(crate) async fn show(visit: Visit) -> Response {
    let words = visit.words();
    if visit.told(&[Told::SessionEnded]).is_some() {
        let main = html! {
            (notice(words.ended))
            p { (words.ended_more) }
            p.actions { a.button href=(visit.link(pages::FORGOT, &[])) { (words.ask_password) } }
        };
        return Step::clear(&visit, visit.page(words.ended_title, &main));
    }
    let token = visit.asked("token").unwrap_or_default();
    let session = match visit.deps.identity.revocable(token).await {
        Err(error) => return visit.failed(&error),
        Ok(None) => return gone(&visit),
        Ok(Some(session)) => session,
    };
    let at = rfc3339(session.created_at);
    let inside = html! {
        (hidden("token", token))
        button.primary { (words.end_session) }
    };
    let main = html! {
        p { (words.end_lead) }
        dl.facts {
            dt { (words.device) } dd { (names::device(words, &session.device_type)) }
            dt { (words.app) } dd { bdi { (names::app(words, &session.app)) } }
            dt { (words.network) } dd { bdi { (names::network(words, &session.network)) } }
            dt { (words.since) } dd { time datetime=(at) { (names::minute(&at)) } }
        }
        (form(&visit, pages::REVOKE, &inside))
    };
    visit.page(words.end_title, &main)
}

fn gone(visit: &Visit) -> Response {
    let words = visit.words();
    visit.sorry(
        StatusCode::NOT_FOUND,
        words.link_bad_title,
        words.session_gone,
    )
}

/// Ends it.
pub(crate) async fn take(posted: Posted) -> Response {
    let visit = &posted.visit;
    match visit
        .deps
        .identity
        .revoke(posted.text("token"), &visit.client)
        .await
    {
        Err(error) => visit.failed(&error),
        Ok(false) => gone(visit),
        Ok(true) => visit.tell(pages::REVOKE, Told::SessionEnded),
    }
}
