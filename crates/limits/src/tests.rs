//! What callers see: one rule, several, a store that answers and one that does not.

use std::sync::atomic::{AtomicBool, Ordering};

use marquee_domain::MockClock;

use super::*;

struct Store {
    answers: AtomicBool,
    local: Local,
}

impl Store {
    fn up(&self) -> bool {
        self.answers.load(Ordering::SeqCst)
    }
}

impl Shared for Store {
    fn check_all<'a>(
        &'a self,
        asked: &'a [Asked<'a>],
        now: Micros,
    ) -> BoxFuture<'a, Option<Result<(), Refused>>> {
        Box::pin(async move { self.up().then(|| self.local.check_all(asked, now)) })
    }

    fn give_back<'a>(&'a self, asked: Asked<'a>, now: Micros) -> BoxFuture<'a, ()> {
        Box::pin(async move {
            if self.up() {
                self.local.give_back(asked, now);
            }
        })
    }
}

fn limits(shared: Option<Arc<Store>>) -> (Limits, Arc<MockClock>) {
    let clock = Arc::new(MockClock::at(1_700_000_000_000));
    let shared = shared.map(|store| store as Arc<dyn Shared>);
    (Limits::new(Rates::default(), clock.clone(), shared), clock)
}

fn store() -> Arc<Store> {
    Arc::new(Store {
        answers: AtomicBool::new(true),
        local: Local::default(),
    })
}

#[tokio::test]
async fn the_wait_is_told_in_seconds() {
    let (limits, clock) = limits(None);
    limits.check(Rule::SignUpMail, "a@b").await.unwrap();
    limits.check(Rule::SignUpMail, "c@d").await.unwrap();
    clock.advance(1);
    let slow = limits.check(Rule::SignUpMail, "a@b").await.unwrap_err();
    assert_eq!((slow.rule, slow.retry_after_s), (Rule::SignUpMail, 60));
    clock.advance(59_998);
    let slow = limits.check(Rule::SignUpMail, "a@b").await.unwrap_err();
    assert_eq!(slow.retry_after_s, 1);
    clock.advance(1);
    limits.check(Rule::SignUpMail, "a@b").await.unwrap();
}

#[tokio::test]
async fn a_refusal_by_one_rule_is_counted_by_none() {
    let (limits, clock) = limits(None);
    let calls = [
        (Rule::SignUpMailHourly, Key::from("a@b")),
        (Rule::SignUpMail, Key::from("a@b")),
    ];
    limits.check_all(&calls).await.unwrap();
    for _ in 0..10 {
        let slow = limits.check_all(&calls).await.unwrap_err();
        assert_eq!(slow.rule, Rule::SignUpMail);
    }
    for _ in 0..4 {
        clock.advance(60_000);
        limits.check_all(&calls).await.unwrap();
    }
}

#[tokio::test]
async fn what_went_right_is_given_back() {
    let (limits, _) = limits(None);
    for _ in 0..50 {
        limits.check(Rule::SignInAddress, "a@b").await.unwrap();
        limits.give_back(Rule::SignInAddress, "a@b").await;
    }
    for _ in 0..10 {
        limits.check(Rule::SignInAddress, "a@b").await.unwrap();
    }
    assert!(limits.check(Rule::SignInAddress, "a@b").await.is_err());
}

#[tokio::test]
async fn nodes_count_together_and_alone_when_the_store_is_silent() {
    let store = store();
    let (one, _) = limits(Some(store.clone()));
    let (other, _) = limits(Some(store.clone()));
    for _ in 0..5 {
        one.check(Rule::SignInAddress, "a@b").await.unwrap();
        other.check(Rule::SignInAddress, "a@b").await.unwrap();
    }
    assert!(one.check(Rule::SignInAddress, "a@b").await.is_err());
    store.answers.store(false, Ordering::SeqCst);
    // Each remembers what it let through itself.
    for node in [&one, &other] {
        for _ in 0..5 {
            node.check(Rule::SignInAddress, "a@b").await.unwrap();
        }
        assert!(node.check(Rule::SignInAddress, "a@b").await.is_err());
    }
    store.answers.store(true, Ordering::SeqCst);
    other.give_back(Rule::SignInAddress, "a@b").await;
    one.check(Rule::SignInAddress, "a@b").await.unwrap();
    assert!(other.check(Rule::SignInAddress, "a@b").await.is_err());
}

#[tokio::test]
async fn a_rule_that_is_switched_off_counts_nothing() {
    let mut rates = Rates::default();
    rates.set("catalog_reads", "off").unwrap();
    let limits = Limits::new(rates, Arc::new(MockClock::default()), None);
    assert!(!limits.has(Rule::CatalogReads));
    for _ in 0..10_000 {
        limits.check_here(Rule::CatalogReads, 1).unwrap();
    }
    assert_eq!(limits.0.local.len(), 0);
}

#[test]
fn the_documentation_lists_every_rule_with_its_rate() {
    let text = include_str!("../../../docs/operating.md");
    for rule in Rule::ALL {
        let row = format!("| `{}` | `{}` | ", rule.name(), rule.usual());
        assert!(text.contains(&row), "{row}");
    }
}

/// What a check in process costs: `cargo nextest run --release -p marquee-limits --run-ignored only --no-capture`.
#[test]
#[ignore = "a measurement"]
fn cost_of_a_check() {
    let limits = Limits::new(
        Rates::default(),
        Arc::new(marquee_domain::SystemClock),
        None,
    );
    let client = |n: u32| std::net::IpAddr::from((0x0A00_0000 + n).to_be_bytes());
    for (clients, threads) in [(1, 1), (20_000, 1), (1_000_000, 1), (20_000, 2)] {
        let began = std::time::Instant::now();
        let rounds = 2_000_000_u32;
        std::thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| {
                    for n in 0..rounds {
                        let client = client(n.wrapping_mul(2_654_435_761) % clients);
                        let _ = std::hint::black_box(limits.check_here(Rule::CatalogReads, client));
                    }
                });
            }
        });
        let each = began.elapsed() / rounds;
        println!("{clients} clients, {threads} threads: {each:?} each");
    }
}
