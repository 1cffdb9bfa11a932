//! People: accounts, what they may do, and where they are signed in.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use marquee_domain::account::{Account, Role};
use marquee_domain::{DisplayName, UiLanguage};
use marquee_http::RequestId;
use marquee_identity::{Address, IdentityError, NewPerson, Password, Refusal};
use serde::Deserialize;

use super::{Id, body, id_of};
use crate::error::{Error, ErrorView};
use crate::views::{NewPersonBody, PersonChange, PersonDetail, PersonList, PersonView};
use crate::{Deps, Operator};

/// The part of an address that names a person; what cannot be read names nobody.
type Uuid = Result<Path<String>, PathRejection>;

/// Most people in one answer.
const LIMIT: i64 = 100;
/// Events of a person that are shown.
const EVENTS: i64 = 50;

/// Where a list goes on.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct After {
    /// The address after which to go on.
    after: Option<String>,
}

fn failed(error: &IdentityError, id: Option<RequestId>) -> Error {
    match error {
        IdentityError::Refused(Refusal::AddressTaken) => Error::new(
            StatusCode::CONFLICT,
            "ADDRESS_TAKEN",
            "Another account has this address.",
            id,
        ),
        IdentityError::Refused(Refusal::PasswordBad(fault)) => {
            Error::bad_request(format!("password: {fault}."), id)
        }
        IdentityError::Refused(Refusal::Busy(_)) => Error::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "BUSY",
            "All hands are busy; try again in a moment.",
            id,
        ),
        other => Error::internal(other, id),
    }
}

/// What the core says, or its failure as this face tells it.
fn told<T>(answer: marquee_identity::Result<T>, id: Option<RequestId>) -> Result<T, Error> {
    answer.map_err(|error| failed(&error, id))
}

fn role_of(word: &str, id: Option<RequestId>) -> Result<Role, Error> {
    Role::parse(word).ok_or_else(|| Error::bad_request("role must be viewer or operator.", id))
}

/// The account that an address names.
async fn person(deps: &Deps, uuid: &Uuid, id: Option<RequestId>) -> Result<Account, Error> {
    let Ok(Path(uuid)) = uuid else {
        return Err(Error::not_found(id));
    };
    let found = told(deps.identity.person_of(uuid).await, id)?;
    found.ok_or_else(|| Error::not_found(id))
}

/// List people by address.
#[utoipa::path(get, path = "/people", operation_id = "listPeople", tag = "People", params(After),
    responses((status = 200, body = PersonList), (status = 400, body = ErrorView), (status = 401, body = ErrorView)))]
pub(crate) async fn list_people(
    _: Operator,
    State(deps): State<Arc<Deps>>,
    id: Id,
    after: Result<Query<After>, QueryRejection>,
) -> Result<Json<PersonList>, Error> {
    let id = id_of(&id);
    let Query(after) = after.map_err(|bad| Error::bad_request(bad.body_text(), id))?;
    let after = after.after.unwrap_or_default();
    // Goes on after an address however it is spelled.
    let after = Address::parse(&after).map_or(after, |address| address.key().to_owned());
    let people = told(deps.identity.people(&after, LIMIT).await, id)?;
    Ok(Json(PersonList {
        people: people.iter().map(PersonView::new).collect(),
    }))
}

/// Make an account. Without a password its owner gets a mail that sets one.
#[utoipa::path(post, path = "/people", operation_id = "addPerson", tag = "People", request_body = NewPersonBody,
    responses((status = 201, body = PersonView), (status = 400, body = ErrorView), (status = 401, body = ErrorView), (status = 409, body = ErrorView)))]
pub(crate) async fn add_person(
    operator: Operator,
    State(deps): State<Arc<Deps>>,
    id: Id,
    new: Result<Json<NewPersonBody>, JsonRejection>,
) -> Result<(StatusCode, Json<PersonView>), Error> {
    let id = id_of(&id);
    let new = body((&operator, &deps), new, id).await?;
    let address = Address::parse(&new.email)
        .ok_or_else(|| Error::bad_request("email must be an e-mail address.", id))?;
    let role = role_of(&new.role, id)?;
    let name = DisplayName::parse(&new.display_name)
        .map_err(|fault| Error::bad_request(format!("display_name {fault}."), id))?;
    let password = new.password.as_deref().map(Password::new);
    let made = deps.identity.add_person(NewPerson {
        address: &address,
        password: password.as_ref(),
        display_name: &name,
        role,
        language: UiLanguage::negotiate(&new.language),
    });
    let account = told(made.await, id)?;
    Ok((StatusCode::CREATED, Json(PersonView::new(&account))))
}

/// One person: account, sessions, what happened lately.
#[utoipa::path(get, path = "/people/{uuid}", operation_id = "getPerson", tag = "People", params(("uuid" = String, Path)),
    responses((status = 200, body = PersonDetail), (status = 401, body = ErrorView), (status = 404, body = ErrorView)))]
pub(crate) async fn get_person(
    _: Operator,
    State(deps): State<Arc<Deps>>,
    id: Id,
    uuid: Uuid,
) -> Result<Json<PersonDetail>, Error> {
    let id = id_of(&id);
    let account = person(&deps, &uuid, id).await?;
    let sessions = told(deps.identity.sessions_of(account.id).await, id)?;
    let events = told(deps.identity.events_of(&account.uuid, EVENTS).await, id)?;
    Ok(Json(PersonDetail::new(&account, &sessions, &events)))
}

/// Change what a person may do, or suspend them; either ends their sessions.
#[utoipa::path(patch, path = "/people/{uuid}", operation_id = "updatePerson", tag = "People", params(("uuid" = String, Path)), request_body = PersonChange,
    responses((status = 200, body = PersonView), (status = 400, body = ErrorView), (status = 401, body = ErrorView), (status = 404, body = ErrorView)))]
pub(crate) async fn update_person(
    operator: Operator,
    State(deps): State<Arc<Deps>>,
    id: Id,
    uuid: Uuid,
    change: Result<Json<PersonChange>, JsonRejection>,
) -> Result<Json<PersonView>, Error> {
    let id = id_of(&id);
    let change = body((&operator, &deps), change, id).await?;
    let role = change.role.as_deref().map(|word| role_of(word, id));
    let role = role.transpose()?;
    let account = person(&deps, &uuid, id).await?;
    if let Some(role) = role.filter(|role| *role != account.role) {
        told(deps.identity.set_role(&account, role).await, id)?;
    }
    if let Some(suspended) = change.suspended {
        told(deps.identity.set_suspended(&account, suspended).await, id)?;
    }
    let account = person(&deps, &uuid, id).await?;
    Ok(Json(PersonView::new(&account)))
}

/// Sign a person out everywhere.
#[utoipa::path(delete, path = "/people/{uuid}/sessions", operation_id = "endPersonSessions", tag = "People", params(("uuid" = String, Path)),
    responses((status = 204), (status = 401, body = ErrorView), (status = 404, body = ErrorView)))]
pub(crate) async fn end_person_sessions(
    _: Operator,
    State(deps): State<Arc<Deps>>,
    id: Id,
    uuid: Uuid,
) -> Result<StatusCode, Error> {
    let id = id_of(&id);
    let account = person(&deps, &uuid, id).await?;
    told(deps.identity.end_sessions(&account).await, id)?;
    Ok(StatusCode::NO_CONTENT)
}

/// Mail a person a link that sets a new password, and sign them out everywhere.
#[utoipa::path(post, path = "/people/{uuid}/reset-password", operation_id = "resetPersonPassword", tag = "People", params(("uuid" = String, Path)),
    responses((status = 204), (status = 401, body = ErrorView), (status = 404, body = ErrorView)))]
pub(crate) async fn reset_person_password(
    _: Operator,
    State(deps): State<Arc<Deps>>,
    id: Id,
    uuid: Uuid,
) -> Result<StatusCode, Error> {
    let id = id_of(&id);
    let account = person(&deps, &uuid, id).await?;
    told(deps.identity.send_reset(&account).await, id)?;
    Ok(StatusCode::NO_CONTENT)
}
