//! What is taken back is taken back whole: sessions, codes, merges, accounts.

use marquee_domain::account::{Account, AccountState, Provider, Viewer};
use marquee_domain::letter::Letter;
use marquee_domain::personal::{DeviceId, FavoriteKind, Owner};
use marquee_domain::{AccountId, Visibility};
use marquee_identity::{Address, Identity, OwnProof, Password, PasswordRule, Poll, Refusal};
use marquee_storage::credentials::{self, SocialIdentity};
use marquee_storage::testing::{TestDb, on_both};
use marquee_storage::{Query as _, Statement, accounts, favorites, services};

use crate::fixture::{
    House, NOW, PASSWORD, client, letters, merge, refusal, somebody, token_of, viewer,
};

on_both!(
    a_television_that_was_let_in_stays_out_when_everything_was_ended,
    a_token_in_the_old_mailbox_is_void_once_the_address_has_changed,
    nothing_is_left_of_accounts_that_went_in_one_after_the_other,
    merges_are_undone_in_any_order,
    an_identity_that_somebody_else_has_by_now_stays_theirs,
    undoing_does_not_lift_a_suspension,
);

/// The token of the link that undoes the newest merge.
async fn undo_token(house: &House, node: &Identity) -> String {
    let undo = |letter| match letter {
        Letter::AccountsMerged { undo, .. } => Some(undo),
        _ => None,
    };
    token_of(letters(house, node).await.into_iter().filter_map(undo))
}

async fn link(house: &House, account: AccountId, provider: Provider, subject: &str) {
    let identity = SocialIdentity {
        provider,
        subject: subject.to_owned(),
        account,
        email: String::new(),
        linked_at: NOW,
    };
    let mut unit = house.test.db.begin().await.unwrap();
    assert!(
        credentials::link_social(&mut unit, &identity)
            .await
            .unwrap()
    );
    unit.save().await.unwrap();
}

async fn owner_of(house: &House, provider: Provider, subject: &str) -> Option<AccountId> {
    let mut reader = house.test.db.reader();
    let known = credentials::social(&mut reader, provider, subject).await;
    known.unwrap().map(|known| known.account)
}

async fn account(house: &House, id: AccountId) -> Option<Account> {
    let found = accounts::by_id(&mut house.test.db.reader(), id).await;
    found.unwrap()
}

async fn a_television_that_was_let_in_stays_out_when_everything_was_ended(test: TestDb) {
    let house = House::new(test);
    let node = house.node();
    let sam = somebody(&node, "sam@example.org").await;
    let device = DeviceId::parse("tv").unwrap();
    let let_in = async |viewer: &Viewer| {
        let (code, _) = node.request_activation(&device, &client()).await.unwrap();
        node.confirm_activation(viewer, &code, &client())
            .await
            .unwrap();
        code
    };
    let collected = async |code: &str| match node.poll_activation(code, &client()).await {
        Ok(Poll::Confirmed(_)) => true,
        Ok(Poll::Pending) => false,
        other => {
            assert_eq!(refusal(other), Some(Refusal::ActivationUnknown));
            false
        }
    };
    // Undisturbed, it comes in.
    let signed_in = viewer(&node, "sam@example.org").await;
    assert!(collected(&let_in(&signed_in).await).await);

    let code = let_in(&signed_in).await;
    let everywhere = node.sign_out_everywhere(&signed_in, &client()).await;
    everywhere.unwrap();
    assert!(!collected(&code).await);

    let signed_in = viewer(&node, "sam@example.org").await;
    let code = let_in(&signed_in).await;
    node.end_sessions(&sam.account).await.unwrap();
    assert!(!collected(&code).await);

    // One session is ended from another: whom it let in does not come in, either.
    let thief = viewer(&node, "sam@example.org").await;
    let owner = viewer(&node, "sam@example.org").await;
    let code = let_in(&thief).await;
    let ended = node.end_session(&owner, &thief.sid, &client()).await;
    assert!(ended.unwrap());
    assert!(!collected(&code).await);
    // And who has been shown the door lets nobody in.
    let (code, _) = node.request_activation(&device, &client()).await.unwrap();
    let confirmed = node.confirm_activation(&thief, &code, &client()).await;
    assert_eq!(refusal(confirmed), Some(Refusal::TokenInvalid));
}

async fn a_token_in_the_old_mailbox_is_void_once_the_address_has_changed(test: TestDb) {
    let house = House::new(test);
    let node = house.node();
    somebody(&node, "old@example.org").await;
    let sam = viewer(&node, "old@example.org").await;
    let [old, new] = ["old@example.org", "new@example.org"].map(|a| Address::parse(a).unwrap());
    node.request_reset(&old, &client()).await.unwrap();
    node.work_off().await.unwrap();
    let asked = node.request_address_change(&sam, &new, &client()).await;
    asked.unwrap();
    let (mut token, mut code) = (None, None);
    for letter in letters(&house, &node).await {
        match letter {
            Letter::PasswordReset { page, .. } => {
                token = page
                    .as_str()
                    .split_once("token=")
                    .map(|(_, t)| t.to_owned());
            }
            Letter::AddressChangeCode { code: mailed, .. } => code = Some(mailed),
            _ => {}
        }
    }
    let code = code.unwrap();
    node.change_address(&sam, &code, &client()).await.unwrap();
    let password = Password::new("whoever reads the old mail");
    let set = (&password, PasswordRule::Experience);
    let reset = node
        .reset_password(&token.unwrap(), set, None, &client())
        .await;
    assert_eq!(refusal(reset), Some(Refusal::ResetInvalid));
}

async fn nothing_is_left_of_accounts_that_went_in_one_after_the_other(test: TestDb) {
    let house = House::new(test);
    let node = house.node();
    let mut unit = house.test.db.begin().await.unwrap();
    let service = services::add(&mut unit, "amasian", Visibility::Public, NOW);
    let service = service.await.unwrap().id;
    unit.save().await.unwrap();
    let mut people = Vec::new();
    for name in ["ann", "bob", "cas"] {
        let signed_in = somebody(&node, &format!("{name}@example.org")).await;
        let owner = Owner::Account(signed_in.account.uuid.clone());
        let mut unit = house.test.db.begin().await.unwrap();
        let thing = (FavoriteKind::Content, 7);
        favorites::add(&mut unit, &owner, service, thing, NOW)
            .await
            .unwrap();
        unit.save().await.unwrap();
        people.push(signed_in.account);
    }
    let bob = viewer(&node, "bob@example.org").await;
    merge(&node, &bob, "cas@example.org").await;
    let ann = viewer(&node, "ann@example.org").await;
    merge(&node, &ann, "bob@example.org").await;
    let to = Address::parse("elsewhere@example.org").unwrap();
    let asked = node.request_address_change(&ann, &to, &client()).await;
    asked.unwrap();
    let password = Password::new(PASSWORD);
    let proof = OwnProof::Password(&password);
    node.delete_account(&ann, proof, &client()).await.unwrap();

    let mut reader = house.test.db.reader();
    let mut rows = async |sql: &'static str| {
        let rows = reader.rows(Statement::new(sql)).await.unwrap();
        rows.iter()
            .map(|row| row.text(0).unwrap())
            .collect::<Vec<_>>()
    };
    for sql in [
        "SELECT uuid FROM accounts",
        "SELECT email_key FROM addresses",
        "SELECT phc FROM passwords",
        "SELECT owner FROM favorites",
        "SELECT owner FROM progress",
        "SELECT journal FROM account_merges",
        "SELECT about FROM mailed_codes",
        "SELECT device FROM activations",
        "SELECT app FROM sessions WHERE ended_at IS NULL OR app <> '' OR network <> ''",
    ] {
        assert_eq!(rows(sql).await, Vec::<String>::new(), "{sql}");
    }
    // The last word goes to the address that the account had.
    let mails = rows("SELECT recipient FROM mails").await;
    assert_eq!(mails, ["ann@example.org"]);
    for name in ["ann", "bob", "cas"] {
        // Its address is free.
        somebody(&node, &format!("{name}@example.org")).await;
    }

    // What a call that had begun stored afterwards goes with the next tidying.
    let owner = Owner::Account(people[0].uuid.clone());
    let mut unit = house.test.db.begin().await.unwrap();
    favorites::add(&mut unit, &owner, service, (FavoriteKind::Content, 7), NOW)
        .await
        .unwrap();
    unit.save().await.unwrap();
    node.tidy().await.unwrap();
    assert_eq!(
        rows("SELECT owner FROM favorites").await,
        Vec::<String>::new()
    );
}

async fn merges_are_undone_in_any_order(test: TestDb) {
    let house = House::new(test);
    let node = house.node();
    for (inner_first, host) in [(true, "one.example"), (false, "two.example")] {
        let [ann, bob, zoe] = ["ann", "bob", "zoe"].map(|name| format!("{name}@{host}"));
        let mut ids = Vec::new();
        for address in [&ann, &bob, &zoe] {
            ids.push(somebody(&node, address).await.account.id);
        }
        link(&house, ids[1], Provider::Google, &bob).await;
        merge(&node, &viewer(&node, &ann).await, &bob).await;
        let undo_bob = undo_token(&house, &node).await;
        merge(&node, &viewer(&node, &zoe).await, &ann).await;
        let undo_ann = undo_token(&house, &node).await;
        let google = owner_of(&house, Provider::Google, &bob).await;
        assert_eq!(google, Some(ids[2]));
        let tokens = if inner_first {
            [undo_bob, undo_ann]
        } else {
            [undo_ann, undo_bob]
        };
        for token in tokens {
            assert!(node.undo_merge(&token, &client()).await.unwrap());
        }
        for id in &ids {
            let state = account(&house, *id).await.unwrap().state;
            assert_eq!(state, AccountState::Active);
        }
        let google = owner_of(&house, Provider::Google, &bob).await;
        assert_eq!(google, Some(ids[1]));
    }
}

async fn an_identity_that_somebody_else_has_by_now_stays_theirs(test: TestDb) {
    let house = House::new(test);
    let node = house.node();
    let ann = somebody(&node, "ann@example.org").await.account.id;
    let bob = somebody(&node, "bob@example.org").await.account.id;
    let new = somebody(&node, "new@example.org").await.account.id;
    link(&house, bob, Provider::Google, "bob").await;
    let kept = viewer(&node, "ann@example.org").await;
    merge(&node, &kept, "bob@example.org").await;
    assert_eq!(owner_of(&house, Provider::Google, "bob").await, Some(ann));
    let unlinked = node.unlink(&kept, Provider::Google, &client()).await;
    unlinked.unwrap();
    link(&house, new, Provider::Google, "bob").await;
    let token = undo_token(&house, &node).await;
    assert!(node.undo_merge(&token, &client()).await.unwrap());
    assert_eq!(owner_of(&house, Provider::Google, "bob").await, Some(new));
    // Without a password that was the only way in to it: it gets a link that makes one.
    assert_eq!(
        letters(&house, &node)
            .await
            .iter()
            .map(Letter::name)
            .collect::<Vec<_>>(),
        Vec::<&str>::new()
    );
    // Who was signed in to what both were is not any more.
    assert_eq!(
        refusal(node.goes_on(&kept).await),
        Some(Refusal::TokenInvalid)
    );
}

async fn undoing_does_not_lift_a_suspension(test: TestDb) {
    let house = House::new(test);
    let node = house.node();
    let ann = somebody(&node, "ann@example.org").await.account;
    let bob = somebody(&node, "bob@example.org").await.account.id;
    merge(
        &node,
        &viewer(&node, "ann@example.org").await,
        "bob@example.org",
    )
    .await;
    let token = undo_token(&house, &node).await;
    assert!(node.set_suspended(&ann, true).await.unwrap());
    assert!(node.undo_merge(&token, &client()).await.unwrap());
    let bob = account(&house, bob).await.unwrap();
    assert_eq!(bob.state, AccountState::Suspended);
    // An operator lets each back in.
    assert!(node.set_suspended(&bob, false).await.unwrap());
}
