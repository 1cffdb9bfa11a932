//! Whoever keeps copies of what people keep hears of every move.

use std::sync::{Arc, Mutex};

use futures_util::future::BoxFuture;
use marquee_domain::letter::Letter;
use marquee_domain::personal::{DeviceId, Owner};
use marquee_domain::ports::Moved;
use marquee_identity::{Address, OwnProof, Password, Proof, Refusal};
use marquee_storage::outbox;
use marquee_storage::testing::{TestDb, on_both};

use crate::fixture::{House, NOW, PASSWORD, client, refusal, sign_in, somebody};

on_both!(merging_undoing_and_deleting_are_told,);

#[derive(Default)]
struct Ear(Mutex<Vec<String>>);

impl Moved for Ear {
    fn moved<'a>(&'a self, owners: &'a [Owner]) -> BoxFuture<'a, ()> {
        self.0.lock().unwrap().extend(owners.iter().map(Owner::key));
        Box::pin(async {})
    }
}

async fn merging_undoing_and_deleting_are_told(test: TestDb) {
    let house = House::new(test);
    let (node, ear) = (house.node(), Arc::new(Ear::default()));
    node.tell_moves(ear.clone());
    let heard = || std::mem::take(&mut *ear.0.lock().unwrap());
    let sam = somebody(&node, "sam@example.com").await;
    let kim = somebody(&node, "kim@example.com").await;
    let (one, other) = (
        format!("user:{}", sam.account.uuid),
        format!("user:{}", kim.account.uuid),
    );
    let signed_in = &sam;
    let viewer = node.viewer(sam.access_token.expose()).await.unwrap();
    let device = DeviceId::parse("tv").unwrap();
    node.merge_device(&viewer, &device).await.unwrap();
    assert_eq!(heard(), ["device:tv".to_owned(), one.clone()]);

    let (address, password) = (
        Address::parse("kim@example.com").unwrap(),
        Password::new(PASSWORD),
    );
    let proof = Proof::Password(&address, &password);
    node.merge_accounts(&viewer, (proof, None), &client())
        .await
        .unwrap();
    assert_eq!(heard(), [one.clone(), other.clone()]);

    let mut unit = house.test.db.begin().await.unwrap();
    let mails = outbox::claim(&mut unit, NOW, 1_000, 100).await.unwrap();
    unit.save().await.unwrap();
    let mut undo = None;
    for mail in &mails {
        if let Some(Letter::AccountsMerged { undo: page, .. }) = node.letter(mail).await.unwrap() {
            undo = Some(page.as_str().to_owned());
        }
    }
    let undo = undo.unwrap();
    let token = undo.split_once("token=").unwrap().1;
    assert!(node.undo_merge(token, &client()).await.unwrap());
    assert_eq!(heard(), [one.clone(), other]);

    // The undoing has ended the sessions of the account that both were.
    let ended = node.viewer(signed_in.access_token.expose()).await;
    assert_eq!(refusal(ended), Some(Refusal::TokenInvalid));
    let again = sign_in(&node, "sam@example.com").await;
    let viewer = node.viewer(again.access_token.expose()).await.unwrap();
    let proof = OwnProof::Password(&password);
    node.delete_account(&viewer, proof, &client())
        .await
        .unwrap();
    assert_eq!(heard(), [one]);
}
