//! The identity matrix: an account with a second factor, and every operation that could hand out a token or change
//! what opens an account. The operations come from the contract; a new one fails until it has its place here.

mod stage;

use std::collections::BTreeSet;

use axum::http::Method;
use serde_json::json;

use self::stage::{SAM, Stage};
use crate::accounts::PASSWORD;
use crate::harness::Answer;
use crate::operations::operations;

/// What an operation does for somebody who cannot show the second factor.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Demand {
    /// It asks for a code, and takes one along with the same call.
    Code,
    /// It wants a session that has shown both factors.
    Session,
    /// It refuses a session from before the factor, which has to sign in again.
    SignIn(&'static str),
    /// It hands out nothing that opens this account, and changes nothing of it; the status and the code that it answers.
    Nothing(u16, &'static str),
}

const MATRIX: &[(&str, Demand)] = &[
    ("changePassword", Demand::Session),
    ("checkRegistration", Demand::Nothing(200, "SUCCESS")),
    (
        "completeSignUp",
        Demand::Nothing(409, "EMAIL_ALREADY_REGISTERED"),
    ),
    ("confirmCtvActivation", Demand::Session),
    ("deleteAccount", Demand::Session),
    ("mergeAccounts", Demand::Session),
    // One that was let in before the factor came into force.
    (
        "pollCtvActivation",
        Demand::Nothing(404, "ACTIVATION_CODE_NOT_FOUND"),
    ),
    (
        "refreshAccessToken",
        Demand::SignIn("REFRESH_TOKEN_INVALID"),
    ),
    ("requestEmailChange", Demand::Session),
    ("requestPasswordReset", Demand::Nothing(200, "SUCCESS")),
    (
        "requestSignUpCode",
        Demand::Nothing(409, "EMAIL_ALREADY_REGISTERED"),
    ),
    (
        "resendSignUpCode",
        Demand::Nothing(409, "EMAIL_ALREADY_REGISTERED"),
    ),
    ("resetPassword", Demand::Code),
    ("signIn", Demand::Code),
    ("signInWithApple", Demand::Code),
    ("signInWithGoogle", Demand::Code),
    ("signOut", Demand::Nothing(204, "")),
    ("signOutAll", Demand::Nothing(200, "SUCCESS")),
    ("unlinkSocialAccount", Demand::Session),
    ("verifyEmailChange", Demand::Session),
    (
        "verifySignUpCode",
        Demand::Nothing(400, "VERIFICATION_CODE_INVALID"),
    ),
];

/// Members and parameters that open accounts, or are what opens them.
const CREDENTIALS: &[&str] = &[
    "code",
    "current_password",
    "email",
    "id_token",
    "new_email",
    "new_password",
    "password",
    "provider",
    "token",
];

/// Operations that set a cookie, answer with a token, or take a credential.
fn at_stake() -> BTreeSet<String> {
    let mut all = operations();
    all.retain(|_, operation| {
        operation.gives_tokens
            || CREDENTIALS
                .iter()
                .any(|name| operation.names.contains(*name))
    });
    all.into_keys().collect()
}

#[test]
fn every_operation_with_tokens_or_credentials_at_stake_is_in_the_matrix() {
    let listed: BTreeSet<String> = MATRIX.iter().map(|(id, _)| (*id).to_owned()).collect();
    assert_eq!(at_stake(), listed);
}

/// That an answer opens nothing: the cookie is deleted at most, and no member holds a token.
fn gives_nothing(operation: &str, answer: &Answer) {
    let cookie = answer.header("set-cookie");
    assert!(
        cookie.is_empty() || cookie.starts_with("refresh_token=;"),
        "{operation}: {cookie}"
    );
    let text = String::from_utf8_lossy(&answer.bytes);
    assert!(!text.contains("_token\":"), "{operation}: {text}");
}

#[tokio::test]
async fn without_the_second_factor_no_operation_hands_out_a_token_or_changes_a_credential() {
    for (operation, demand) in MATRIX {
        let stage = Stage::new().await;
        for more in [
            json!({}),
            json!({"otp": "000000"}),
            json!({"otp": "AAAAAAAAAA"}),
        ] {
            if more != json!({}) && *demand != Demand::Code {
                continue;
            }
            let answer = stage.call(operation, &stage.early, &more).await;
            gives_nothing(operation, &answer);
            let (status, code) = match *demand {
                Demand::Code | Demand::Session => (403, "MFA_REQUIRED"),
                Demand::SignIn(code) => (401, code),
                Demand::Nothing(status, code) => (status, code),
            };
            assert_eq!(answer.status, status, "{operation}");
            assert!(
                code.is_empty() || answer.code() == code,
                "{operation}: {}",
                answer.json()
            );
        }
        stage.stands(operation).await;
    }
}

#[tokio::test]
async fn with_the_second_factor_the_same_calls_go_on() {
    for (operation, demand) in MATRIX {
        let (session, more) = match demand {
            Demand::Code => (false, true),
            Demand::Session | Demand::SignIn(_) => (true, false),
            Demand::Nothing(..) => continue,
        };
        let stage = Stage::new().await;
        let session = if session {
            stage.both().await
        } else {
            stage.early.clone()
        };
        let more = if more {
            json!({"otp": stage.recovery_codes[1]})
        } else {
            json!({})
        };
        let answer = stage.call(operation, &session, &more).await;
        // The code of an address is not the one that was mailed; all others do it.
        let wanted = if *operation == "verifyEmailChange" {
            400
        } else {
            200
        };
        assert_eq!(answer.status, wanted, "{operation}: {}", answer.json());
    }
}

/// The account that goes into another asks for its own factor, whoever takes it.
#[tokio::test]
async fn an_account_with_a_second_factor_goes_into_another_with_a_code_only() {
    let stage = Stage::new().await;
    for proof in [
        json!({"email": SAM, "password": PASSWORD}),
        json!({"provider": "google", "id_token": format!("g1 {SAM}")}),
    ] {
        let path = (Method::POST, "/account/merge/");
        let answer = stage
            .app
            .post("mergeAccounts", path, &stage.kim.bearer(), proof)
            .await;
        answer.refuses(403, "MFA_REQUIRED");
    }
    stage.stands("mergeAccounts").await;
}
