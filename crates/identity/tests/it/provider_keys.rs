//! The keys of providers: renewed, found by new names, and good for sign-ins while the provider is away.

use std::sync::Arc;
use std::time::{Duration, Instant};

use marquee_domain::account::Provider;
use marquee_identity::testing::{Behaviour, FakeProvider, TestKey};
use marquee_identity::{IdentityError, Providers, Refusal, Result, SocialClaims, SocialTokens};
use marquee_storage::provider_keys::{self, ProviderKeys};
use marquee_storage::testing::{TestDb, on_both};
use serde_json::json;

use crate::provider_tokens::{EC, NOW, RSA, claims, egress, google, is_invalid};

on_both!(
    a_new_key_is_found_at_once_and_an_old_one_is_forgotten,
    stale_keys_are_renewed_beside_the_call,
    an_outage_stops_nobody_for_a_week,
    nobody_waits_for_a_provider_that_is_known_to_be_away,
    a_restart_in_an_outage_stops_nobody,
    without_any_keys_it_is_not_the_tokens_fault,
    many_calls_fetch_once,
    a_caller_who_hangs_up_stops_nothing,
    what_other_nodes_fetched_is_taken_over,
);

const MINUTE: i64 = 60_000;
pub(crate) const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// Checks a good token of a key at a time.
pub(crate) async fn check(providers: &Providers, key: &TestKey, now: i64) -> Result<SocialClaims> {
    let mut claims = claims();
    claims["iat"] = json!(now / 1000);
    claims["exp"] = json!(now / 1000 + 600);
    let token = key.token(&claims);
    providers.check(Provider::Google, &token, now).await
}

/// The seconds after which it makes sense to ask again.
pub(crate) fn unreachable(result: &Result<SocialClaims>) -> u64 {
    match result {
        Err(IdentityError::Refused(Refusal::Unreachable(seconds))) => *seconds,
        other => panic!("{other:?}"),
    }
}

async fn until_asked(fake: &FakeProvider, times: usize) {
    let started = Instant::now();
    while fake.asked() < times {
        assert!(started.elapsed() < Duration::from_secs(20));
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Waits until a key is taken, or no longer, at a time.
async fn until_taken(providers: &Providers, key: &TestKey, now: i64, taken: bool) {
    let started = Instant::now();
    while check(providers, key, now).await.is_ok() != taken {
        assert!(started.elapsed() < Duration::from_secs(20));
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

async fn a_new_key_is_found_at_once_and_an_old_one_is_forgotten(test: TestDb) {
    let fake = FakeProvider::start(&[&RSA]);
    let providers = google(&test, &fake);
    assert!(check(&providers, &RSA, NOW).await.is_ok());
    fake.publish(vec![EC.jwk()]);
    // Known keys ask nobody; an unknown name does, but not within a minute of the last time.
    assert!(check(&providers, &RSA, NOW + 1).await.is_ok());
    assert!(is_invalid(&check(&providers, &EC, NOW + MINUTE - 1).await));
    assert_eq!(fake.asked(), 1);
    assert!(check(&providers, &EC, NOW + MINUTE).await.is_ok());
    assert_eq!(fake.asked(), 2);
    // What is no longer published has gone.
    assert!(is_invalid(&check(&providers, &RSA, NOW + 3 * MINUTE).await));
    assert_eq!(fake.asked(), 3);
    assert!(is_invalid(&check(&providers, &RSA, NOW + 3 * MINUTE).await));
    assert_eq!(fake.asked(), 3);
}

async fn stale_keys_are_renewed_beside_the_call(test: TestDb) {
    let fake = FakeProvider::start(&[&RSA, &EC]);
    // Too short and too long are both bounded.
    fake.cache_control("max-age=1");
    let providers = google(&test, &fake);
    assert!(check(&providers, &RSA, NOW).await.is_ok());
    assert!(check(&providers, &RSA, NOW + 5 * MINUTE - 1).await.is_ok());
    assert_eq!(fake.asked(), 1);
    fake.cache_control("max-age=99999999");
    // The call goes on with what is there; that the other key has gone is known a moment later.
    fake.publish(vec![RSA.jwk()]);
    let stale = NOW + 5 * MINUTE;
    assert!(check(&providers, &EC, stale).await.is_ok());
    until_asked(&fake, 2).await;
    until_taken(&providers, &EC, stale, false).await;
    assert!(check(&providers, &RSA, stale + DAY - 1).await.is_ok());
    assert_eq!(fake.asked(), 2);
    // After a long time without a call, nobody is let in by what may have been withdrawn meanwhile.
    fake.publish(vec![EC.jwk()]);
    let later = stale + DAY + HOUR;
    assert!(is_invalid(&check(&providers, &RSA, later).await));
    assert!(check(&providers, &EC, later).await.is_ok());
    assert_eq!(fake.asked(), 3);
}

async fn an_outage_stops_nobody_for_a_week(test: TestDb) {
    let fake = FakeProvider::start(&[&RSA]);
    let providers = google(&test, &fake);
    assert!(check(&providers, &RSA, NOW).await.is_ok());
    fake.behave(Behaviour::Down);
    for now in [
        NOW + HOUR + 1,
        NOW + 3 * HOUR,
        NOW + 3 * DAY,
        NOW + 7 * DAY - 1,
    ] {
        assert!(check(&providers, &RSA, now).await.is_ok(), "{now}");
    }
    assert!(fake.asked() > 1);
    // Whether a name that is not known is a new key, nobody can say.
    let wait = unreachable(&check(&providers, &EC, NOW + 7 * DAY - 1).await);
    assert!((1..=60).contains(&wait), "{wait}");
    unreachable(&check(&providers, &RSA, NOW + 7 * DAY).await);
    fake.behave(Behaviour::Publishes);
    let later = NOW + 7 * DAY + MINUTE;
    assert!(check(&providers, &RSA, later).await.is_ok());
    // A clock that was set back: what it kept from the future would be good for too long.
    fake.publish(vec![EC.jwk()]);
    assert!(is_invalid(&check(&providers, &RSA, NOW).await));
    assert!(check(&providers, &EC, NOW).await.is_ok());
}

async fn nobody_waits_for_a_provider_that_is_known_to_be_away(test: TestDb) {
    let fake = FakeProvider::start(&[&RSA]);
    let mut settings = fake.settings(Provider::Google, &["web-app"]);
    settings.patience = Duration::from_secs(600);
    let providers = Providers::new(&test.db, &egress(), vec![settings]);
    assert!(check(&providers, &RSA, NOW).await.is_ok());
    fake.behave(Behaviour::Down);
    // Long stale: the first call looks before it goes on. Later ones look beside, however long that takes.
    assert!(check(&providers, &RSA, NOW + DAY).await.is_ok());
    assert_eq!(fake.asked(), 2);
    fake.behave(Behaviour::Silent);
    for n in 1..4 {
        let now = NOW + DAY + n * HOUR;
        let call = check(&providers, &RSA, now);
        let done = tokio::time::timeout(Duration::from_secs(20), call).await;
        assert!(done.unwrap().is_ok());
    }
    until_asked(&fake, 3).await;
    assert_eq!(fake.asked(), 3);
}

async fn a_restart_in_an_outage_stops_nobody(test: TestDb) {
    let fake = FakeProvider::start(&[&RSA]);
    assert!(check(&google(&test, &fake), &RSA, NOW).await.is_ok());
    fake.behave(Behaviour::Down);
    for (now, asked) in [(NOW + MINUTE, 1), (NOW + 2 * DAY, 2)] {
        assert!(check(&google(&test, &fake), &RSA, now).await.is_ok());
        assert_eq!(fake.asked(), asked);
    }
    unreachable(&check(&google(&test, &fake), &RSA, NOW + 7 * DAY).await);
    // Keys that were fetched elsewhere are not those of this provider.
    let other = FakeProvider::start(&[&EC]);
    other.behave(Behaviour::Down);
    unreachable(&check(&google(&test, &other), &RSA, NOW + MINUTE).await);
    other.behave(Behaviour::Publishes);
    assert!(is_invalid(
        &check(&google(&test, &other), &RSA, NOW + MINUTE).await
    ));
}

async fn without_any_keys_it_is_not_the_tokens_fault(test: TestDb) {
    let fake = FakeProvider::start(&[&RSA]);
    fake.behave(Behaviour::Down);
    let providers = google(&test, &fake);
    assert_eq!(unreachable(&check(&providers, &RSA, NOW).await), 5);
    // Nobody waits for a server that was away a moment ago.
    assert_eq!(unreachable(&check(&providers, &RSA, NOW + 3000).await), 2);
    assert_eq!(fake.asked(), 1);
    fake.behave(Behaviour::Publishes);
    assert!(check(&providers, &RSA, NOW + 5000).await.is_ok());
}

async fn many_calls_fetch_once(test: TestDb) {
    let fake = FakeProvider::start(&[&RSA]);
    let providers = Arc::new(google(&test, &fake));
    let calls = (0..40).map(|_| {
        let providers = providers.clone();
        tokio::spawn(async move { check(&providers, &RSA, NOW).await.is_ok() })
    });
    for call in calls.collect::<Vec<_>>() {
        assert!(call.await.unwrap());
    }
    assert_eq!(fake.asked(), 1);
}

async fn a_caller_who_hangs_up_stops_nothing(test: TestDb) {
    let fake = FakeProvider::start(&[&RSA]);
    fake.behave(Behaviour::Silent);
    let providers = google(&test, &fake);
    tokio::select! {
        _ = check(&providers, &RSA, NOW) => panic!("nobody has answered yet"),
        () = until_asked(&fake, 1) => {}
    }
    // The fetch of the first goes on, and the second finds what it brought.
    fake.behave(Behaviour::Publishes);
    assert!(check(&providers, &RSA, NOW).await.is_ok());
    assert_eq!(fake.asked(), 1);
}

async fn what_other_nodes_fetched_is_taken_over(test: TestDb) {
    let fake = FakeProvider::start(&[&RSA]);
    let (one, other) = (google(&test, &fake), google(&test, &fake));
    assert!(check(&one, &RSA, NOW).await.is_ok());
    assert!(check(&other, &RSA, NOW + 1).await.is_ok());
    assert_eq!(fake.asked(), 1);
    // A new key that one of them has met.
    fake.publish(vec![RSA.jwk(), EC.jwk()]);
    assert!(check(&one, &EC, NOW + 2 * MINUTE).await.is_ok());
    assert!(check(&other, &EC, NOW + 3 * MINUTE).await.is_ok());
    assert_eq!(fake.asked(), 2);

    // What is stored may be damaged, or from a clock that went wrong: it is fetched again then.
    let stored = async |jwks: &str, fetched_at: i64| {
        let row = ProviderKeys {
            address: fake.keys_url(),
            jwks: jwks.to_owned(),
            fetched_at,
            fresh_until: fetched_at + DAY,
        };
        let mut unit = test.db.begin().await.unwrap();
        provider_keys::put(&mut unit, Provider::Google, &row)
            .await
            .unwrap();
        unit.save().await.unwrap();
    };
    let good = json!({"keys": [RSA.jwk()]}).to_string();
    for (n, (jwks, fetched_at)) in [("", NOW), ("{}", NOW), (&*good, NOW + 30 * DAY)]
        .into_iter()
        .enumerate()
    {
        stored(jwks, fetched_at).await;
        assert!(check(&google(&test, &fake), &RSA, NOW).await.is_ok());
        assert_eq!(fake.asked(), 3 + n);
    }
    let row = provider_keys::find(&mut test.db.reader(), Provider::Google).await;
    let row = row.unwrap().unwrap();
    assert_eq!((row.fetched_at, row.fresh_until), (NOW, NOW + HOUR));
}
