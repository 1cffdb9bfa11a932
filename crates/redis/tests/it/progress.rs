//! Watch progress as several nodes see it.

use std::sync::Arc;
use std::time::Duration;

use marquee_catalog::watching::{Copied, ProgressCopy, RECENT, Ticket};
use marquee_domain::personal::{DeviceId, Owner, Progress};
use marquee_domain::{ContentId, ServiceId};
use marquee_redis::testing::TestRedis;
use marquee_redis::{Redis, SharedProgress};

pub(crate) const SERVICE: ServiceId = ServiceId(1);

pub(crate) fn node(redis: &TestRedis) -> Arc<SharedProgress> {
    let node = Arc::new(SharedProgress::new(Redis::open(&redis.url()).unwrap()));
    let kept = node.clone();
    tokio::spawn(async move { kept.keep_repaired().await });
    node
}

pub(crate) fn owner(name: &str) -> Owner {
    Owner::Device(DeviceId::parse(name).unwrap())
}

pub(crate) fn watched(content: i64, position_s: i64, updated_at: i64) -> Progress {
    Progress {
        content: ContentId(content),
        position_s,
        updated_at,
        device: "tv:1".to_owned(),
    }
}

/// What is known without the database.
async fn known(node: &SharedProgress, owner: &Owner) -> Option<Vec<Progress>> {
    match node.recent(owner, SERVICE).await {
        Copied::Known(found) => Some(found),
        Copied::Missing(_) | Copied::Silent => None,
    }
}

/// The ticket for a list that is missing.
async fn ticket(node: &SharedProgress, owner: &Owner) -> Ticket {
    match node.recent(owner, SERVICE).await {
        Copied::Missing(ticket) => ticket,
        other => panic!("{other:?} is no ticket"),
    }
}

/// Fills the list with what the database would say.
async fn fill(node: &SharedProgress, owner: &Owner, latest: &[Progress]) {
    let ticket = ticket(node, owner).await;
    node.fill(owner, SERVICE, &ticket, latest).await;
}

/// Asks until the answer is as wanted: Redis may have been away.
async fn in_time(node: &SharedProgress, owner: &Owner, wanted: Option<&[Progress]>) {
    for _ in 0..200 {
        if known(node, owner).await.as_deref() == wanted {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(known(node, owner).await.as_deref(), wanted);
}

#[tokio::test]
async fn what_the_database_said_is_read_and_saves_are_added() {
    let Some(redis) = TestRedis::start() else {
        return;
    };
    let (one, other, me) = (node(&redis), node(&redis), owner("me"));
    assert_eq!(known(&one, &me).await, None, "nothing is known yet");
    fill(&one, &me, &[]).await;
    assert_eq!(known(&other, &me).await, Some(Vec::new()));
    one.put(&me, SERVICE, &watched(9, 30, 1000)).await;
    one.put(&me, SERVICE, &watched(10, 40, 1000)).await;
    other.put(&me, SERVICE, &watched(9, 35, 2000)).await;
    one.put(&me, SERVICE, &watched(9, 1, 500)).await;
    let both = vec![watched(9, 35, 2000), watched(10, 40, 1000)];
    assert_eq!(known(&one, &me).await, Some(both.clone()));
    assert_eq!(known(&other, &me).await, Some(both));
    let elsewhere = one.recent(&me, ServiceId(2)).await;
    assert!(
        matches!(elsewhere, Copied::Missing(_)),
        "services are apart"
    );
    assert_eq!(known(&one, &owner("me:9")).await, None);
}

#[tokio::test]
async fn a_ticket_fills_once_and_not_after_a_save() {
    let Some(redis) = TestRedis::start() else {
        return;
    };
    let (one, other, me) = (node(&redis), node(&redis), owner("me"));
    let (old, shared) = (ticket(&other, &me).await, ticket(&one, &me).await);
    assert_eq!(old, shared, "who misses the same shares a ticket");
    one.put(&me, SERVICE, &watched(1, 30, 1000)).await;
    other.fill(&me, SERVICE, &old, &[]).await;
    assert_eq!(known(&other, &me).await, None, "read before the save");
    let new = ticket(&other, &me).await;
    other
        .fill(&me, SERVICE, &new, &[watched(1, 30, 1000)])
        .await;
    assert!(known(&one, &me).await.is_some(), "at once after a save");
    one.put(&me, SERVICE, &watched(1, 40, 2000)).await;
    for used in [old, new] {
        one.fill(&me, SERVICE, &used, &[watched(1, 30, 1000)]).await;
        assert_eq!(known(&one, &me).await, Some(vec![watched(1, 40, 2000)]));
    }
}

#[tokio::test]
async fn a_ticket_is_worth_nothing_once_redis_lost_it() {
    let Some(redis) = TestRedis::start() else {
        return;
    };
    let (one, me) = (node(&redis), owner("me"));
    for loss in ["DEL cwt:1:device:me", "FLUSHALL"] {
        let old = ticket(&one, &me).await;
        one.put(&me, SERVICE, &watched(1, 30, 1000)).await;
        let _ = redis.ask(loss);
        one.fill(&me, SERVICE, &old, &[]).await;
        assert_eq!(known(&one, &me).await, None, "after {loss}");
        assert_ne!(ticket(&one, &me).await, old);
    }
}

#[tokio::test]
async fn what_redis_reads_from_a_file_at_its_start_is_not_believed() {
    let Some(mut redis) = TestRedis::start() else {
        return;
    };
    let (me, you) = (owner("me"), owner("you"));
    let one = node(&redis);
    fill(&one, &me, &[watched(1, 10, 1000)]).await;
    let old = ticket(&one, &you).await;
    assert_eq!(redis.ask("SAVE"), "+OK");
    one.put(&me, SERVICE, &watched(1, 99, 2000)).await;
    one.put(&you, SERVICE, &watched(1, 99, 2000)).await;
    redis.kill();
    redis.start_again();
    assert_eq!(redis.ask("EXISTS cwi:1:device:me cwt:1:device:you"), ":2");
    // A node that never noticed: its connection was idle.
    let other = node(&redis);
    assert_eq!(known(&other, &me).await, None);
    other.fill(&you, SERVICE, &old, &[]).await;
    assert_eq!(known(&other, &you).await, None);
}

#[tokio::test]
async fn a_save_that_nobody_waited_for_is_not_missed() {
    let Some(redis) = TestRedis::start() else {
        return;
    };
    let (one, me) = (node(&redis), owner("me"));
    fill(&one, &me, &[watched(1, 10, 1000)]).await;
    one.doubt(&me, SERVICE);
    assert_eq!(known(&one, &me).await, None, "not until it is repaired");
    in_time(&node(&redis), &me, None).await;
}

#[tokio::test]
async fn no_more_than_the_latest_are_kept() {
    let Some(redis) = TestRedis::start() else {
        return;
    };
    let (one, me) = (node(&redis), owner("me"));
    fill(&one, &me, &[]).await;
    let many = i64::try_from(RECENT).unwrap() + 20;
    for n in 1..=many {
        one.put(&me, SERVICE, &watched(n, n, 1000 + n)).await;
    }
    let kept = known(&one, &me).await.unwrap();
    assert_eq!(kept.len(), RECENT);
    assert_eq!(kept[0].content, ContentId(many));
}

#[tokio::test]
async fn what_redis_missed_is_not_believed_when_it_is_back() {
    let Some(mut redis) = TestRedis::start() else {
        return;
    };
    let (one, other, me) = (node(&redis), node(&redis), owner("me"));
    fill(&one, &me, &[watched(1, 10, 1000)]).await;
    redis.pause();
    other.put(&me, SERVICE, &watched(1, 99, 2000)).await;
    assert_eq!(known(&other, &me).await, None, "the database knows");
    redis.resume();
    in_time(&one, &me, None).await;
    in_time(&other, &me, None).await;

    redis.kill();
    assert_eq!(known(&one, &me).await, None);
    redis.start_again();
    let rebuilt = [watched(1, 99, 2000)];
    for _ in 0..200 {
        // What is asked while it is away goes nowhere.
        match one.recent(&me, SERVICE).await {
            Copied::Known(_) => break,
            Copied::Missing(ticket) => one.fill(&me, SERVICE, &ticket, &rebuilt).await,
            Copied::Silent => {}
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    in_time(&other, &me, Some(&rebuilt)).await;
}

#[tokio::test]
async fn after_more_than_can_be_remembered_nothing_is_believed() {
    let Some(mut redis) = TestRedis::start() else {
        return;
    };
    let (one, me) = (node(&redis), owner("me"));
    fill(&one, &me, &[watched(1, 10, 1000)]).await;
    assert!(known(&one, &me).await.is_some());
    redis.pause();
    for n in 0..10_100 {
        one.put(&owner(&format!("d{n}")), SERVICE, &watched(1, 1, 1))
            .await;
    }
    redis.resume();
    in_time(&node(&redis), &me, None).await;
    redis.kill();
}

#[tokio::test]
async fn rubbish_of_others_is_not_believed() {
    let Some(redis) = TestRedis::start() else {
        return;
    };
    let client = redis::Client::open(redis.url()).unwrap();
    let mut raw = client.get_multiplexed_async_connection().await.unwrap();
    let set = |key: &'static str| redis::Cmd::set(key, "rubbish");
    let me = owner("me");
    set("cwi:1:device:me").exec_async(&mut raw).await.unwrap();
    assert_eq!(known(&node(&redis), &me).await, None);
    redis::Cmd::del("cwi:1:device:me")
        .exec_async(&mut raw)
        .await
        .unwrap();

    let one = node(&redis);
    fill(&one, &me, &[watched(7, 1, 1)]).await;
    set("cw:device:me:7").exec_async(&mut raw).await.unwrap();
    assert_eq!(known(&node(&redis), &me).await, None);
}
