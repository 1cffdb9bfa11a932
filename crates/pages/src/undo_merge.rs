//! `/undo-merge?token=`: takes two accounts apart again by a mailed link. Opening it shows what it would do; sending
//! the form does it.

use axum::http::StatusCode;
use axum::response::Response;
use marquee_identity::pages;
use maud::html;

use crate::call::Visit;
use crate::form::Posted;
use crate::layout::{form, hidden, notice};
use crate::step::{Step, Told};
use crate::words::fill;

/// Which merge it is, and a button.
pub(crate) async fn show(visit: Visit) -> Response {
    let words = visit.words();
    if visit.told(&[Told::MergeUndone]).is_some() {
        let main = html! {
            (notice(words.undone))
            p.actions { a.button href=(visit.link(pages::SIGN_IN, &[])) { (words.sign_in) } }
        };
        return Step::clear(&visit, visit.page(words.undone_title, &main));
    }
    let token = visit.asked("token").unwrap_or_default();
    let address = match visit.deps.identity.undoable(token).await {
        Err(error) => return visit.failed(&error),
        Ok(None) => return gone(&visit),
        Ok(Some(address)) => address,
    };
    let inside = html! {
        (hidden("token", token))
        button.primary { (words.undo) }
    };
    let main = html! {
        p { (fill(words.undo_lead, "who", &address)) }
        (form(&visit, pages::UNDO_MERGE, &inside))
    };
    visit.page(words.undo_title, &main)
}

fn gone(visit: &Visit) -> Response {
    let words = visit.words();
    visit.sorry(
        StatusCode::NOT_FOUND,
        words.link_bad_title,
        words.merge_gone,
    )
}

/// Undoes it.
pub(crate) async fn take(posted: Posted) -> Response {
    let visit = &posted.visit;
    let token = posted.text("token");
    match visit.deps.identity.undo_merge(token, &visit.client).await {
        Err(error) => visit.failed(&error),
        Ok(false) => gone(visit),
        Ok(true) => visit.tell(pages::UNDO_MERGE, Told::MergeUndone),
    }
}
