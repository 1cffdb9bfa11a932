//! Nodes over one database, and somebody who has an account.

use std::sync::Arc;

use marquee_domain::account::{Role, Viewer};
use marquee_domain::letter::PagePath;
use marquee_domain::{Clock as _, DisplayName, Letter, MockClock, UiLanguage};
use marquee_identity::{
    Address, Client, HasherSettings, Identity, IdentityError, IdentitySettings, NewPerson,
    NoProviders, Password, Proof, Refusal, SignedIn,
};
use marquee_storage::outbox;
use marquee_storage::testing::TestDb;

pub(crate) const NOW: i64 = 1_700_000_000_000;
pub(crate) const PASSWORD: &str = "long enough";

/// One database, one clock, any number of nodes.
pub(crate) struct House {
    pub(crate) test: TestDb,
    pub(crate) clock: Arc<MockClock>,
}

impl House {
    pub(crate) fn new(test: TestDb) -> Self {
        let clock = Arc::new(MockClock::at(NOW));
        Self { test, clock }
    }

    pub(crate) fn node(&self) -> Identity {
        let (db, clock) = (self.test.db.clone(), self.clock.clone());
        marquee_identity::testing::identity(db, clock, Arc::new(NoProviders))
    }

    pub(crate) fn now(&self) -> i64 {
        self.clock.now()
    }

    /// A node with settings of its own.
    pub(crate) fn node_with(&self, hasher: HasherSettings, settings: IdentitySettings) -> Identity {
        let (db, clock) = (self.test.db.clone(), self.clock.clone());
        marquee_identity::testing::identity_with(
            db,
            clock,
            Arc::new(NoProviders),
            (hasher, settings),
        )
    }
}

pub(crate) fn client() -> Client {
    Client::nobody(UiLanguage::En)
}

/// Makes an account, and signs in to it.
pub(crate) async fn somebody(node: &Identity, email: &str) -> SignedIn {
    let (address, password) = (Address::parse(email).unwrap(), Password::new(PASSWORD));
    node.add_person(NewPerson {
        address: &address,
        password: Some(&password),
        display_name: &DisplayName::default(),
        role: Role::Viewer,
        language: UiLanguage::En,
    })
    .await
    .unwrap();
    sign_in(node, email).await
}

pub(crate) async fn sign_in(node: &Identity, email: &str) -> SignedIn {
    let (address, password) = (Address::parse(email).unwrap(), Password::new(PASSWORD));
    node.sign_in(&address, &password, None, &client())
        .await
        .unwrap()
}

/// Signs in again; what calls of the new session come with.
pub(crate) async fn viewer(node: &Identity, email: &str) -> Viewer {
    let signed_in = sign_in(node, email).await;
    node.viewer(signed_in.access_token.expose()).await.unwrap()
}

/// Takes another account in by its password.
pub(crate) async fn merge(node: &Identity, into: &Viewer, other: &str) {
    let (other, password) = (Address::parse(other).unwrap(), Password::new(PASSWORD));
    let proof = Proof::Password(&other, &password);
    let merged = node.merge_accounts(into, (proof, None), &client()).await;
    merged.unwrap();
}

/// The token of the link that sets somebody's password, asked for and mailed just now.
pub(crate) async fn reset_token(house: &House, node: &Identity, email: &str) -> String {
    let address = Address::parse(email).unwrap();
    node.request_reset(&address, &client()).await.unwrap();
    node.work_off().await.unwrap();
    let page = |letter| match letter {
        Letter::PasswordReset { page, .. } => Some(page),
        _ => None,
    };
    token_of(letters(house, node).await.into_iter().filter_map(page))
}

/// The token of the last of some links.
pub(crate) fn token_of(pages: impl IntoIterator<Item = PagePath>) -> String {
    let last = pages.into_iter().last().unwrap();
    last.as_str().split_once("token=").unwrap().1.to_owned()
}

/// Why something was refused.
pub(crate) fn refusal<T>(result: Result<T, IdentityError>) -> Option<Refusal> {
    match result {
        Err(IdentityError::Refused(refusal)) => Some(refusal),
        Err(error) => panic!("{error}"),
        Ok(_) => None,
    }
}

/// What is mailed now.
pub(crate) async fn letters(house: &House, node: &Identity) -> Vec<Letter> {
    let mut letters = Vec::new();
    for mail in mails(house).await {
        letters.extend(node.letter(&mail).await.unwrap());
    }
    letters
}

/// The mails that wait, which are taken out of the outbox.
pub(crate) async fn mails(house: &House) -> Vec<outbox::Mail> {
    let now = house.now();
    let mut unit = house.test.db.begin().await.unwrap();
    let mails = outbox::claim(&mut unit, now, 1_000, 100).await.unwrap();
    for mail in &mails {
        outbox::sent(&mut unit, mail.id, now).await.unwrap();
    }
    unit.save().await.unwrap();
    mails
}
