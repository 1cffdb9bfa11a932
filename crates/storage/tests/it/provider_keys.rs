//! The keys of providers: one set for each, the last one put.

use marquee_domain::account::Provider;
use marquee_storage::provider_keys::{self, ProviderKeys};
use marquee_storage::testing::{TestDb, on_both};

on_both!(each_provider_has_the_keys_that_were_put_last);

async fn each_provider_has_the_keys_that_were_put_last(test: TestDb) {
    let find = async |provider| {
        let found = provider_keys::find(&mut test.db.reader(), provider).await;
        found.unwrap()
    };
    assert_eq!(find(Provider::Google).await, None);
    let keys = |address: &str, fetched_at| ProviderKeys {
        address: address.to_owned(),
        jwks: format!("{{\"keys\":[{fetched_at}]}}"),
        fetched_at,
        fresh_until: fetched_at + 5,
    };
    let put = [
        (Provider::Google, keys("https://a.example/keys", 10)),
        (Provider::Apple, keys("https://b.example/keys", 20)),
        (Provider::Google, keys("https://c.example/keys", 5)),
    ];
    let mut unit = test.db.begin().await.unwrap();
    for (provider, keys) in &put {
        provider_keys::put(&mut unit, *provider, keys)
            .await
            .unwrap();
    }
    unit.save().await.unwrap();
    assert_eq!(find(Provider::Google).await.as_ref(), Some(&put[2].1));
    assert_eq!(find(Provider::Apple).await.as_ref(), Some(&put[1].1));
}
