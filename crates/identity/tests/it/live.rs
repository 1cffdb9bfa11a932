//! An ended session is refused on every node.

use marquee_domain::account::EndReason;
use marquee_identity::Refusal;
use marquee_storage::sessions;
use marquee_storage::testing::{TestDb, on_both};

use crate::fixture::{House, client, refusal, sign_in, somebody};

on_both!(
    other_nodes_hear_of_ended_sessions,
    without_news_each_call_asks_for_its_own,
    a_suspended_account_is_told_so,
);

async fn other_nodes_hear_of_ended_sessions(test: TestDb) {
    let house = House::new(test);
    let (one, other) = (house.node(), house.node());
    let first = somebody(&one, "sam@example.com").await;
    let second = sign_in(&one, "sam@example.com").await;
    other.follow_sessions().await.unwrap();
    let viewer = other.viewer(first.access_token.expose()).await.unwrap();
    assert!(other.viewer(second.access_token.expose()).await.is_ok());
    one.sign_out(&viewer, &client()).await.unwrap();
    // On this node at once; on the other with the next news, half a second later.
    let refused = one.viewer(first.access_token.expose()).await;
    assert_eq!(refusal(refused), Some(Refusal::TokenInvalid));
    house.clock.advance(400);
    other.follow_sessions().await.unwrap();
    let refused = other.viewer(first.access_token.expose()).await;
    assert_eq!(refusal(refused), Some(Refusal::TokenInvalid));
    assert!(other.viewer(second.access_token.expose()).await.is_ok());
    one.sign_out_everywhere(&viewer, &client()).await.unwrap();
    house.clock.advance(400);
    other.follow_sessions().await.unwrap();
    let refused = other.viewer(second.access_token.expose()).await;
    assert_eq!(refusal(refused), Some(Refusal::TokenInvalid));
}

async fn without_news_each_call_asks_for_its_own(test: TestDb) {
    let house = House::new(test);
    let (one, other) = (house.node(), house.node());
    let signed_in = somebody(&one, "sam@example.com").await;
    let token = signed_in.access_token.expose();
    let viewer = other.viewer(token).await.unwrap();
    one.sign_out(&viewer, &client()).await.unwrap();
    // This node has not heard anything for a second: it does not trust what it knows.
    let refused = other.viewer(token).await;
    assert_eq!(refusal(refused), Some(Refusal::TokenInvalid));
}

async fn a_suspended_account_is_told_so(test: TestDb) {
    let house = House::new(test);
    let node = house.node();
    let signed_in = somebody(&node, "sam@example.com").await;
    node.set_suspended(&signed_in.account, true).await.unwrap();
    let refused = node.viewer(signed_in.access_token.expose()).await;
    assert_eq!(refusal(refused), Some(Refusal::AccountDisabled));
    let refused = node
        .refresh(signed_in.refresh_token.expose(), &client())
        .await;
    assert_eq!(refusal(refused), Some(Refusal::AccountDisabled));
    let session = sessions::lookup(&mut house.test.db.reader(), &signed_in.sid)
        .await
        .unwrap();
    assert_eq!(session.unwrap().ended.unwrap().1, EndReason::Suspended);
}
