//! `kill -9` while people sign up, refresh, merge and let televisions in: what was answered holds, nothing is half
//! done, and no code opens twice.

mod families;
mod merges;
mod platform;
mod sign_ups;
mod televisions;

use std::collections::{BTreeMap, HashSet};
use std::sync::Mutex;
use std::time::Duration;

use marquee_storage::testing::postgres;

use self::families::Family;
use self::merges::Merges;
use self::platform::{After, Platform};
use self::sign_ups::SignUps;
use self::televisions::Televisions;
use crate::binary::{Answer, Dice};
use crate::kill::{Starts, killed_at_work};

/// Kills of each of two servers on SQLite, 200 in a run; and of one on PostgreSQL, whose commits are its own.
const KILLS: usize = 100;
const POSTGRES_KILLS: usize = 25;

/// What a client was told of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    /// It was not sent.
    Unsent,
    /// It was sent, and nothing came back.
    Sent,
    /// It was answered with success.
    Answered,
}

impl Told {
    /// Takes the answer, which has to be this one.
    fn answered(&mut self, answer: &Answer, status: u16) {
        assert_eq!(answer.status, status, "{}", answer.text());
        *self = Self::Answered;
    }
}

/// What was hit.
#[derive(Default)]
struct Tally {
    acknowledged: BTreeMap<&'static str, usize>,
    /// Calls that were cut off: how many had been stored, how many not.
    cut: BTreeMap<&'static str, [usize; 2]>,
    /// Families that the test itself ended.
    replayed: i64,
}

impl Tally {
    fn acknowledged(&mut self, what: &'static str, count: usize) {
        *self.acknowledged.entry(what).or_default() += count;
    }

    fn cut(&mut self, what: &'static str, stored: bool) {
        self.cut.entry(what).or_default()[usize::from(!stored)] += 1;
    }
}

/// One client.
enum Work {
    SignUps(SignUps),
    Family(Family, usize),
    Merges(Merges),
    Televisions(Televisions),
}

fn kill_again_and_again(platform: &Platform, kills: usize, seed: u64) {
    let (mut server, contents) = platform.first_start();
    let mut dice = Dice(seed);
    let (mut starts, mut tally) = (Starts::default(), Tally::default());
    let mut addresses = Vec::new();
    let mut families = [(); 2].map(|()| Family::begin(platform, &server));
    let mut merges = [(); 2].map(|()| Merges::default());
    for _ in 0..kills {
        for merges in &mut merges {
            merges.prepare(platform, &server, &contents);
        }
        let [one, other] = families;
        let [these, those] = merges;
        let clients = [
            Work::SignUps(SignUps::default()),
            Work::SignUps(SignUps::default()),
            Work::Family(one, 0),
            Work::Family(other, 0),
            Work::Merges(these),
            Work::Merges(those),
            Work::Televisions(Televisions::new(platform, &server)),
        ]
        .map(Mutex::new);
        let moment = Duration::from_millis(10 + dice.below(240));
        let _: [Option<()>; 7] = killed_at_work(&mut server, moment, |number, server| {
            match &mut *clients[number].lock().unwrap() {
                Work::SignUps(sign_ups) => sign_ups.go_on(platform, server),
                Work::Family(family, done) => family.go_on(server, done),
                Work::Merges(merges) => merges.go_on(platform, server, &contents),
                Work::Televisions(televisions) => televisions.go_on(platform, server),
            }
        });
        server = starts.after_a_kill(platform.command());
        let books = platform.books();
        let after = After {
            platform,
            server: &server,
            books: &books,
        };
        let (mut kept, mut left) = (Vec::new(), Vec::new());
        // Families first: a lost answer is repeated for ten seconds.
        let mut clients = clients.map(|client| client.into_inner().unwrap());
        clients.sort_by_key(|client| !matches!(client, Work::Family(..)));
        for client in clients {
            match client {
                Work::SignUps(sign_ups) => {
                    addresses.extend(sign_ups.check(&after, &mut tally));
                }
                Work::Family(family, done) => {
                    tally.acknowledged("refreshes", done);
                    kept.push(family.check(&after, &mut tally));
                }
                Work::Merges(mut merges) => {
                    merges.check(&after, &mut tally);
                    left.push(merges);
                }
                Work::Televisions(televisions) => {
                    televisions.check(&after, &mut tally);
                }
            }
        }
        books.close();
        families = kept.try_into().ok().unwrap();
        merges = left.try_into().ok().unwrap();
    }
    // What the first of them knew has outlived the last kill.
    let books = platform.books();
    let sql = "SELECT COUNT(*) FROM accounts a JOIN passwords p ON p.account_id = a.id WHERE a.email LIKE 'new%'";
    let there = books.count(sql, []);
    let ended = "SELECT COUNT(*) FROM sessions WHERE end_reason = 'replayed'";
    let replayed = books.count(ended, []);
    books.close();
    let all: HashSet<&String> = addresses.iter().collect();
    assert_eq!(there, i64::try_from(all.len()).unwrap());
    assert_eq!(replayed, tally.replayed, "sessions revoked for nothing");
    let figures = format!(
        "{}; acknowledged: {:?}; cut off, stored and not: {:?}",
        starts.figures(),
        tally.acknowledged,
        tally.cut
    );
    eprintln!("accounts: {figures}");
    let hit = |what: &str| {
        tally
            .cut
            .get(what)
            .is_some_and(|cut| cut.iter().sum::<usize>() * 20 >= kills)
    };
    for what in [
        "sign-ups",
        "codes given back",
        "refreshes",
        "merges of accounts",
    ] {
        assert!(hit(what), "too few {what} were hit: {figures}");
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Runtime::new().unwrap()
}

#[test]
fn accounts_survive_kill_9_the_first_hundred_times() {
    kill_again_and_again(&Platform::new(None, runtime()), KILLS, 1);
}

#[test]
fn accounts_survive_kill_9_the_second_hundred_times() {
    kill_again_and_again(&Platform::new(None, runtime()), KILLS, 2);
}

#[test]
fn accounts_on_postgresql_survive_kill_9() {
    let runtime = runtime();
    if let Some(db) = runtime.block_on(postgres()) {
        kill_again_and_again(&Platform::new(Some(db), runtime), POSTGRES_KILLS, 3);
    }
}
