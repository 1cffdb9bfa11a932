//! What happens to an account while a password is compared counts: hashing takes long, and no unit waits for it.

use std::time::Duration;

use marquee_domain::account::{AccountState, Role};
use marquee_identity::testing::{FAST, hold_hands};
use marquee_identity::{
    Address, Identity, IdentitySettings, OwnProof, Password, PasswordRule, Proof, Refusal,
};
use marquee_storage::testing::{TestDb, on_both};
use marquee_storage::{accounts, sessions};

use crate::fixture::{House, PASSWORD, client, refusal, reset_token, somebody};

on_both!(
    a_sign_in_is_worth_nothing_once_the_password_was_set_anew,
    a_sign_in_is_worth_nothing_once_the_account_is_suspended,
    a_suspended_account_gets_no_new_password,
    a_sign_in_has_the_role_of_its_end,
    nobody_signs_in_to_what_was_deleted_or_merged,
    of_two_changes_of_a_password_the_second_knows_the_first,
    what_was_proved_for_a_merge_or_a_deletion_still_holds_then,
    a_second_factor_that_came_meanwhile_is_asked_for,
);

const NEW: &str = "another long one";

fn password(text: &str) -> Password {
    Password::new(text)
}

fn address(text: &str) -> Address {
    Address::parse(text).unwrap()
}

fn settings() -> IdentitySettings {
    IdentitySettings::new(&marquee_domain::PublicUrl::new("http://test.example"))
}

/// Does one thing on a node whose hands are held until another thing was done on the other node.
async fn meanwhile<T, U>(
    house: &House,
    work: impl AsyncFnOnce(&Identity) -> T,
    other: impl AsyncFnOnce(&Identity) -> U,
) -> (T, U) {
    let (slow, free) = (house.node_with(FAST, settings()), house.node());
    let held = hold_hands(&slow, 2);
    let other = async {
        // Until the work waits for a hand.
        tokio::time::sleep(Duration::from_millis(150)).await;
        let done = other(&free).await;
        house.clock.advance(1);
        drop(held);
        done
    };
    tokio::join!(work(&slow), other)
}

async fn sign_in_sam(node: &Identity) -> Option<Refusal> {
    let (sam, password) = (address("sam@example.org"), password(PASSWORD));
    refusal(node.sign_in(&sam, &password, None, &client()).await)
}

/// The sessions of an account that are live.
async fn live(house: &House, id: marquee_domain::AccountId) -> usize {
    let mut reader = house.test.db.reader();
    let live = sessions::live_of(&mut reader, id, house.now()).await;
    live.unwrap().len()
}

async fn a_sign_in_is_worth_nothing_once_the_password_was_set_anew(test: TestDb) {
    let house = House::new(test);
    let node = house.node();
    let sam = somebody(&node, "sam@example.org").await;
    let token = reset_token(&house, &node, "sam@example.org").await;
    let (signed_in, ()) = meanwhile(&house, sign_in_sam, async |node| {
        let new = password(NEW);
        let set = (&new, PasswordRule::Experience);
        node.reset_password(&token, set, None, &client())
            .await
            .unwrap();
    })
    .await;
    assert_eq!(signed_in, Some(Refusal::CredentialsWrong));
    assert_eq!(live(&house, sam.account.id).await, 0);
}

async fn a_sign_in_is_worth_nothing_once_the_account_is_suspended(test: TestDb) {
    let house = House::new(test);
    let sam = somebody(&house.node(), "sam@example.org").await;
    let (signed_in, done) = meanwhile(&house, sign_in_sam, async |node| {
        node.set_suspended(&sam.account, true).await.unwrap()
    })
    .await;
    assert_eq!((signed_in, done), (Some(Refusal::AccountDisabled), true));
    assert_eq!(live(&house, sam.account.id).await, 0);
}

async fn a_suspended_account_gets_no_new_password(test: TestDb) {
    let house = House::new(test);
    let node = house.node();
    let sam = somebody(&node, "sam@example.org").await;
    let token = reset_token(&house, &node, "sam@example.org").await;
    let reset = async |node: &Identity| {
        let new = password(NEW);
        let set = (&new, PasswordRule::Experience);
        refusal(node.reset_password(&token, set, None, &client()).await)
    };
    let suspend = async |node: &Identity| node.set_suspended(&sam.account, true).await.unwrap();
    let (reset, suspended) = meanwhile(&house, reset, suspend).await;
    // The same as where it was suspended before it asked.
    assert_eq!((reset, suspended), (Some(Refusal::ResetInvalid), true));
}

async fn a_sign_in_has_the_role_of_its_end(test: TestDb) {
    let house = House::new(test);
    let node = house.node();
    let sam = somebody(&node, "sam@example.org").await;
    node.set_role(&sam.account, Role::Operator).await.unwrap();
    let sign_in = async |node: &Identity| {
        let (sam, password) = (address("sam@example.org"), password(PASSWORD));
        node.sign_in(&sam, &password, None, &client()).await
    };
    let demote = async |node: &Identity| node.set_role(&sam.account, Role::Viewer).await;
    let (signed_in, done) = meanwhile(&house, sign_in, demote).await;
    done.unwrap();
    let token = signed_in.unwrap().access_token;
    assert!(!node.admits_operator(token.expose()).await.unwrap());
}

async fn nobody_signs_in_to_what_was_deleted_or_merged(test: TestDb) {
    let house = House::new(test);
    let node = house.node();
    let sam = somebody(&node, "sam@example.org").await;
    let kim = somebody(&node, "kim@example.org").await;
    let kim = node.viewer(kim.access_token.expose()).await.unwrap();
    let (signed_in, merged) = meanwhile(&house, sign_in_sam, async |node| {
        let (sam, password) = (address("sam@example.org"), password(PASSWORD));
        let proof = Proof::Password(&sam, &password);
        node.merge_accounts(&kim, (proof, None), &client()).await
    })
    .await;
    merged.unwrap();
    assert_eq!(signed_in, Some(Refusal::CredentialsWrong));
    assert_eq!(live(&house, sam.account.id).await, 0);

    let ann = somebody(&node, "ann@example.org").await;
    let viewer = node.viewer(ann.access_token.expose()).await.unwrap();
    let sign_in = async |node: &Identity| {
        let (ann, password) = (address("ann@example.org"), password(PASSWORD));
        refusal(node.sign_in(&ann, &password, None, &client()).await)
    };
    let (signed_in, deleted) = meanwhile(&house, sign_in, async |node| {
        let password = password(PASSWORD);
        let proof = OwnProof::Password(&password);
        node.delete_account(&viewer, proof, &client()).await
    })
    .await;
    deleted.unwrap();
    assert_eq!(signed_in, Some(Refusal::CredentialsWrong));
    assert_eq!(live(&house, ann.account.id).await, 0);
}

/// Changes Sam's password from the old one.
async fn change(
    node: &Identity,
    viewer: &marquee_domain::account::Viewer,
    to: &str,
) -> Option<Refusal> {
    let (old, new) = (password(PASSWORD), password(to));
    let new = (&new, PasswordRule::Experience);
    refusal(node.change_password(viewer, &old, new, &client()).await)
}

async fn of_two_changes_of_a_password_the_second_knows_the_first(test: TestDb) {
    let house = House::new(test);
    let node = house.node();
    let sam = somebody(&node, "sam@example.org").await;
    let thief = node.viewer(sam.access_token.expose()).await.unwrap();
    let owner = crate::fixture::sign_in(&node, "sam@example.org").await;
    let owner = node.viewer(owner.access_token.expose()).await.unwrap();
    let late = async |node: &Identity| change(node, &thief, "the thief has it").await;
    let first = async |node: &Identity| change(node, &owner, NEW).await;
    let (late, first) = meanwhile(&house, late, first).await;
    assert_eq!((late, first), (Some(Refusal::TokenInvalid), None));
    let (sam, new) = (address("sam@example.org"), password(NEW));
    node.sign_in(&sam, &new, None, &client()).await.unwrap();
}

async fn what_was_proved_for_a_merge_or_a_deletion_still_holds_then(test: TestDb) {
    let house = House::new(test);
    let node = house.node();
    let sam = somebody(&node, "sam@example.org").await;
    let sam_viewer = node.viewer(sam.access_token.expose()).await.unwrap();
    let kim = somebody(&node, "kim@example.org").await;
    let kim = node.viewer(kim.access_token.expose()).await.unwrap();
    let merge = async |node: &Identity| {
        let (sam, password) = (address("sam@example.org"), password(PASSWORD));
        let proof = Proof::Password(&sam, &password);
        refusal(node.merge_accounts(&kim, (proof, None), &client()).await)
    };
    let (merged, changed) = meanwhile(&house, merge, async |node| {
        change(node, &sam_viewer, NEW).await
    })
    .await;
    assert_eq!((merged, changed), (Some(Refusal::CredentialsWrong), None));

    let delete = async |node: &Identity| {
        let password = password(PASSWORD);
        let proof = OwnProof::Password(&password);
        refusal(node.delete_account(&kim, proof, &client()).await)
    };
    let (deleted, ()) = meanwhile(&house, delete, async |node| {
        node.sign_out_everywhere(&kim, &client()).await.unwrap();
    })
    .await;
    assert_eq!(deleted, Some(Refusal::TokenInvalid));
    let kept = accounts::by_id(&mut house.test.db.reader(), kim.id).await;
    assert_eq!(kept.unwrap().unwrap().state, AccountState::Active);
}

async fn a_second_factor_that_came_meanwhile_is_asked_for(test: TestDb) {
    let house = House::new(test);
    let sam = somebody(&house.node(), "sam@example.org").await;
    let before = live(&house, sam.account.id).await;
    let (signed_in, factor) = meanwhile(&house, sign_in_sam, async |node| {
        node.enable_second_factor(sam.account.id).await
    })
    .await;
    factor.unwrap();
    assert_eq!(signed_in, Some(Refusal::FactorRequired));
    assert_eq!(live(&house, sam.account.id).await, before);
}
