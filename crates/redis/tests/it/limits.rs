//! Limits in Redis: the same as in process, counted by all nodes, stood in for when Redis is away.

use std::sync::Arc;
use std::time::{Duration, Instant};

use marquee_domain::MockClock;
use marquee_limits::{Key, Limits, Rates, Rule, Shared};
use marquee_redis::testing::TestRedis;
use marquee_redis::{Redis, SharedLimits};

const SECRET: [u8; 32] = [7; 32];

fn node(redis: &TestRedis, clock: &Arc<MockClock>) -> Limits {
    let shared = SharedLimits::new(Redis::open(&redis.url()).unwrap(), &SECRET);
    let shared: Arc<dyn Shared> = Arc::new(shared);
    Limits::new(Rates::default(), clock.clone(), Some(shared))
}

fn clock() -> Arc<MockClock> {
    Arc::new(MockClock::at(1_700_000_000_000))
}

/// How many of `calls` are let through.
async fn allowed(limits: &Limits, rule: Rule, key: &str, calls: usize) -> usize {
    let mut allowed = 0;
    for _ in 0..calls {
        allowed += usize::from(limits.check(rule, key).await.is_ok());
    }
    allowed
}

#[tokio::test]
async fn redis_decides_as_a_process_does() {
    let Some(redis) = TestRedis::start() else {
        return;
    };
    let clock = clock();
    let shared = node(&redis, &clock);
    let alone = Limits::new(Rates::default(), clock.clone(), None);
    let mut random = fastrand::Rng::with_seed(11);
    let rules = [
        Rule::SignUpMail,
        Rule::SignUpMailHourly,
        Rule::TvPoll,
        Rule::SignInAddress,
        Rule::RefreshClient,
    ];
    let keys = ["ann@example.org", "bob@example.org"];
    let mut refused = 0;
    for step in 0..2000 {
        clock.advance(random.i64(0..3000));
        let mut some = Vec::new();
        for _ in 0..random.usize(1..4) {
            let call = (rules[random.usize(..rules.len())], keys[random.usize(..2)]);
            if !some.contains(&call) {
                some.push(call);
            }
        }
        if random.u8(..10) == 0 {
            let (rule, key) = some[0];
            shared.give_back(rule, key).await;
            alone.give_back(rule, key).await;
            continue;
        }
        let calls: Vec<_> = some
            .iter()
            .map(|(rule, key)| (*rule, Key::from(*key)))
            .collect();
        let (one, other) = (
            shared.check_all(&calls).await,
            alone.check_all(&calls).await,
        );
        assert_eq!(one, other, "step {step}: {calls:?}");
        refused += usize::from(one.is_err());
    }
    assert!(
        (100..1900).contains(&refused),
        "both answers come: {refused}"
    );
}

#[tokio::test]
async fn nodes_count_together_and_no_address_stands_in_redis() {
    let Some(redis) = TestRedis::start() else {
        return;
    };
    let clock = clock();
    let (one, other) = (node(&redis, &clock), node(&redis, &clock));
    let (mine, theirs) = tokio::join!(
        allowed(&one, Rule::SignInAddress, "ann@example.org", 30),
        allowed(&other, Rule::SignInAddress, "ann@example.org", 30)
    );
    assert_eq!(mine + theirs, 10);
    let client = Key::client("192.0.2.1".parse().unwrap());
    one.check(Rule::SignInClient, client).await.unwrap();
    assert_eq!(redis.ask("DBSIZE"), ":2");
    let keys = redis.ask("EVAL \"return table.concat(redis.call('KEYS', '*'), ' ')\" 0");
    let all = redis.ask(
        "EVAL \"local s = '' for _, k in ipairs(redis.call('KEYS', '*')) do s = s .. k .. ' ' .. redis.call('PTTL', k) .. ' ' end return {ok = s}\" 0",
    );
    assert!(
        !keys.contains("ann") && !all.contains("ann") && !all.contains("192.0.2"),
        "{all}"
    );
    let lives: Vec<i64> = all
        .split(' ')
        .filter_map(|word| word.parse().ok())
        .collect();
    assert_eq!(lives.len(), 2, "{all}");
    assert!(
        lives.iter().all(|ms| (1..=601_000).contains(ms)),
        "all expire: {all}"
    );
}

#[tokio::test]
async fn without_redis_a_node_counts_alone_and_returns() {
    let Some(mut redis) = TestRedis::start() else {
        return;
    };
    let clock = clock();
    let (one, other) = (node(&redis, &clock), node(&redis, &clock));
    assert_eq!(allowed(&one, Rule::SignInAddress, "a@b", 8).await, 8);
    // It answers nobody, then it is gone: the node goes on from what it let through itself.
    redis.pause();
    let began = Instant::now();
    assert_eq!(allowed(&one, Rule::SignInAddress, "a@b", 20).await, 2);
    assert!(
        began.elapsed() < Duration::from_secs(2),
        "nobody waits for it: {:?}",
        began.elapsed()
    );
    redis.resume();
    redis.kill();
    assert_eq!(allowed(&other, Rule::SignInAddress, "c@d", 50).await, 10);
    redis.start_again();
    // It has forgotten everything; nodes find it again by themselves and count together.
    let end = Instant::now() + Duration::from_secs(30);
    while redis.ask("DBSIZE") == ":0" {
        assert!(Instant::now() < end, "it is never asked again");
        let _ = one.check(Rule::SignInAddress, "look").await;
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let end = Instant::now() + Duration::from_secs(30);
    loop {
        let before = redis.ask("DBSIZE");
        let key = format!("{}@look", fastrand::u64(..));
        other.check(Rule::SignInAddress, &key).await.unwrap();
        if redis.ask("DBSIZE") != before {
            break;
        }
        assert!(Instant::now() < end, "it is never asked again");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let both = allowed(&one, Rule::SignInAddress, "e@f", 8).await
        + allowed(&other, Rule::SignInAddress, "e@f", 8).await;
    assert_eq!(both, 10);
}
