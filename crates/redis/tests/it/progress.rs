//! Watch progress as several nodes see it.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use marquee_catalog::watching::{ProgressCopy, RECENT};
use marquee_domain::personal::{DeviceId, Owner, Progress};
use marquee_domain::{ContentId, ServiceId};
use marquee_redis::testing::TestRedis;
use marquee_redis::{Redis, SharedProgress};

const SERVICE: ServiceId = ServiceId(1);

fn node(redis: &TestRedis) -> Arc<SharedProgress> {
    let node = Arc::new(SharedProgress::new(Redis::open(&redis.url()).unwrap()));
    let kept = node.clone();
    tokio::spawn(async move { kept.keep_repaired().await });
    node
}

fn owner(name: &str) -> Owner {
    Owner::Device(DeviceId::parse(name).unwrap())
}

fn watched(content: i64, position_s: i64, updated_at: i64) -> Progress {
    Progress {
        content: ContentId(content),
        position_s,
        updated_at,
        device: "tv:1".to_owned(),
    }
}

/// Asks until the answer is as wanted: Redis may have been away.
async fn in_time(node: &SharedProgress, owner: &Owner, wanted: Option<&[Progress]>) {
    for _ in 0..200 {
        if node.recent(owner, SERVICE).await.as_deref() == wanted {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(node.recent(owner, SERVICE).await.as_deref(), wanted);
}

#[tokio::test]
async fn what_the_database_said_is_read_and_saves_are_added() {
    let Some(redis) = TestRedis::start() else {
        return;
    };
    let (one, other, me) = (node(&redis), node(&redis), owner("me"));
    assert_eq!(one.recent(&me, SERVICE).await, None, "nothing is known yet");
    one.fill(&me, SERVICE, &[]).await;
    assert_eq!(other.recent(&me, SERVICE).await, Some(Vec::new()));
    one.put(&me, SERVICE, &watched(9, 30, 1000)).await;
    one.put(&me, SERVICE, &watched(10, 40, 1000)).await;
    other.put(&me, SERVICE, &watched(9, 35, 2000)).await;
    one.put(&me, SERVICE, &watched(9, 1, 500)).await;
    let both = vec![watched(9, 35, 2000), watched(10, 40, 1000)];
    assert_eq!(one.recent(&me, SERVICE).await, Some(both.clone()));
    assert_eq!(other.recent(&me, SERVICE).await, Some(both));
    let elsewhere = one.recent(&me, ServiceId(2)).await;
    assert_eq!(elsewhere, None, "services are apart");
    assert_eq!(one.recent(&owner("me:9"), SERVICE).await, None);
}

#[tokio::test]
async fn nobody_makes_an_index_of_what_was_read_before_a_save() {
    let Some(redis) = TestRedis::start() else {
        return;
    };
    let (one, other, me) = (node(&redis), node(&redis), owner("me"));
    one.put(&me, SERVICE, &watched(1, 30, 1000)).await;
    other.fill(&me, SERVICE, &[]).await;
    assert_eq!(other.recent(&me, SERVICE).await, None);
}

#[tokio::test]
async fn no_more_than_the_latest_are_kept() {
    let Some(redis) = TestRedis::start() else {
        return;
    };
    let (one, me) = (node(&redis), owner("me"));
    one.fill(&me, SERVICE, &[]).await;
    let many = i64::try_from(RECENT).unwrap() + 20;
    for n in 1..=many {
        one.put(&me, SERVICE, &watched(n, n, 1000 + n)).await;
    }
    let kept = one.recent(&me, SERVICE).await.unwrap();
    assert_eq!(kept.len(), RECENT);
    assert_eq!(kept[0].content, ContentId(many));
}

#[tokio::test]
async fn what_redis_missed_is_not_believed_when_it_is_back() {
    let Some(mut redis) = TestRedis::start() else {
        return;
    };
    let (one, other, me) = (node(&redis), node(&redis), owner("me"));
    one.fill(&me, SERVICE, &[watched(1, 10, 1000)]).await;
    redis.pause();
    other.put(&me, SERVICE, &watched(1, 99, 2000)).await;
    assert_eq!(other.recent(&me, SERVICE).await, None, "the database knows");
    redis.resume();
    in_time(&one, &me, None).await;
    in_time(&other, &me, None).await;

    redis.kill();
    assert_eq!(one.recent(&me, SERVICE).await, None);
    redis.start_again();
    let rebuilt = [watched(1, 99, 2000)];
    for _ in 0..200 {
        // What is asked while it is away goes nowhere.
        one.fill(&me, SERVICE, &rebuilt).await;
        if one.recent(&me, SERVICE).await.is_some() {
            break;
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
    one.fill(&me, SERVICE, &[watched(1, 10, 1000)]).await;
    assert!(one.recent(&me, SERVICE).await.is_some());
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
    assert_eq!(node(&redis).recent(&me, SERVICE).await, None);
    redis::Cmd::del("cwi:1:device:me")
        .exec_async(&mut raw)
        .await
        .unwrap();

    let one = node(&redis);
    one.fill(&me, SERVICE, &[watched(7, 1, 1)]).await;
    set("cw:device:me:7").exec_async(&mut raw).await.unwrap();
    assert_eq!(node(&redis).recent(&me, SERVICE).await, None);
}

/// Two nodes, a few owners, any order of saving, reading and losing everything: what is read is always
/// what was saved.
#[tokio::test]
async fn random_use_reads_what_was_saved() {
    let Some(redis) = TestRedis::start() else {
        return;
    };
    let nodes = [node(&redis), node(&redis)];
    let client = redis::Client::open(redis.url()).unwrap();
    let mut raw = client.get_multiplexed_async_connection().await.unwrap();
    let mut random = fastrand::Rng::with_seed(7);
    let mut truth: HashMap<(usize, i64), Progress> = HashMap::new();
    let owners = [owner("a"), owner("a:1"), owner("b")];
    let mut known = 0;
    for step in 0..3000_i64 {
        let node = &nodes[random.usize(0..2)];
        let who = random.usize(0..owners.len());
        match random.u8(0..100) {
            0..60 => {
                let content = random.i64(1..8);
                let late = random.i64(0..3);
                let new = watched(content, step, step - late);
                let stored = truth.entry((who, content)).or_insert_with(|| new.clone());
                if stored.updated_at <= new.updated_at {
                    *stored = new;
                }
                node.put(&owners[who], SERVICE, stored).await;
            }
            60..98 => {
                let mut wanted: Vec<Progress> = truth
                    .iter()
                    .filter(|((of, _), _)| *of == who)
                    .map(|(_, progress)| progress.clone())
                    .collect();
                wanted.sort_by_key(|one| std::cmp::Reverse((one.updated_at, one.content)));
                match node.recent(&owners[who], SERVICE).await {
                    Some(found) => {
                        known += 1;
                        assert_eq!(found, wanted, "step {step}");
                    }
                    None => node.fill(&owners[who], SERVICE, &wanted).await,
                }
            }
            98 => {
                let marks = ["cwm:device:a", "cwm:device:a:1", "cwm:device:b"];
                redis::Cmd::del(&marks).exec_async(&mut raw).await.unwrap();
            }
            _ => redis::cmd("FLUSHALL").exec_async(&mut raw).await.unwrap(),
        }
    }
    assert!(known > 100, "{known} reads were answered by Redis");
}
