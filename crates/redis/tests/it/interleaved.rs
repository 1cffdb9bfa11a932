//! Saves and reads of two nodes, cut into their steps and dealt in any order.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use fastrand::Rng;
use marquee_catalog::watching::{Copied, ProgressCopy, Ticket};
use marquee_domain::personal::{Owner, Progress};
use marquee_redis::SharedProgress;
use marquee_redis::testing::TestRedis;

use crate::progress::{SERVICE, node, owner, watched};

/// A save or a read that is under way: what it does next.
enum Step {
    /// The save is in the database; Redis is told, then it is acknowledged.
    Put(Progress),
    /// The list was missing; the database is asked.
    Ask(Ticket),
    /// The database has answered; Redis is told.
    Fill(Ticket, Vec<Progress>),
}

struct UnderWay {
    node: usize,
    who: usize,
    step: Step,
}

/// The database, and which of it was acknowledged.
#[derive(Default)]
struct World {
    stored: HashMap<(usize, i64), Progress>,
    acknowledged: HashMap<(usize, i64), Progress>,
    under_way: Vec<UnderWay>,
    /// Reads that Redis answered.
    known: u32,
    /// Of these the ones within ten steps of a save of the same owner.
    known_soon: u32,
    saved_at: HashMap<usize, i64>,
}

impl World {
    fn latest(&self, who: usize) -> Vec<Progress> {
        let of_owner = self.stored.iter().filter(|((of, _), _)| *of == who);
        let mut latest: Vec<Progress> = of_owner.map(|(_, one)| one.clone()).collect();
        latest.sort_by_key(|one| std::cmp::Reverse((one.updated_at, one.content)));
        latest
    }

    /// Nothing is older than what was acknowledged, and nothing was made up.
    fn check(&self, who: usize, found: &[Progress], step: i64) {
        for ((of, content), wanted) in &self.acknowledged {
            let seen = found.iter().find(|one| one.content.0 == *content);
            assert!(
                *of != who || seen.is_some_and(|seen| seen.updated_at >= wanted.updated_at),
                "step {step}: {seen:?} is older than {wanted:?}"
            );
        }
        for one in found {
            let stored = &self.stored[&(who, one.content.0)];
            assert!(one.updated_at <= stored.updated_at, "step {step}: {one:?}");
        }
    }

    /// Begins a save: it is in the database.
    fn store(&mut self, who: usize, new: Progress) -> Progress {
        let key = (who, new.content.0);
        let stored = self.stored.entry(key).or_insert_with(|| new.clone());
        if stored.updated_at <= new.updated_at {
            *stored = new;
        }
        stored.clone()
    }

    /// Does the next step of something that is under way.
    async fn go_on(&mut self, nodes: &[Arc<SharedProgress>], owners: &[Owner], chosen: usize) {
        let UnderWay { node, who, step } = self.under_way.swap_remove(chosen);
        match step {
            Step::Put(saved) => {
                nodes[node].put(&owners[who], SERVICE, &saved).await;
                let key = (who, saved.content.0);
                let acknowledged = self.acknowledged.entry(key).or_insert(saved.clone());
                if acknowledged.updated_at <= saved.updated_at {
                    *acknowledged = saved;
                }
            }
            Step::Ask(ticket) => {
                let step = Step::Fill(ticket, self.latest(who));
                self.under_way.push(UnderWay { node, who, step });
            }
            Step::Fill(ticket, latest) => {
                let filling = nodes[node].fill(&owners[who], SERVICE, &ticket, &latest);
                filling.await;
            }
        }
    }
}

/// Waits until a node uses Redis again, however it noticed that it was gone.
async fn used_again(node: &SharedProgress) {
    for _ in 0..200 {
        if node.recent(&owner("x"), SERVICE).await != Copied::Silent {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("Redis is not used again");
}

async fn play(seed: u64) {
    let Some(mut redis) = TestRedis::start() else {
        return;
    };
    let nodes = [node(&redis), node(&redis)];
    let owners = [owner("a"), owner("a:1"), owner("b")];
    let mut random = Rng::with_seed(seed);
    let mut world = World::default();
    for step in 0..4000_i64 {
        let (at, who) = (random.usize(0..2), random.usize(0..owners.len()));
        match random.u16(0..1000) {
            0..250 => {
                // Clocks of nodes differ a little.
                let new = watched(random.i64(1..6), step, 1000 + step - random.i64(0..3));
                let saved = world.store(who, new);
                world.saved_at.insert(who, step);
                let step = Step::Put(saved);
                world.under_way.push(UnderWay {
                    node: at,
                    who,
                    step,
                });
            }
            250..450 => match nodes[at].recent(&owners[who], SERVICE).await {
                Copied::Known(found) => {
                    world.check(who, &found, step);
                    world.known += 1;
                    let saved_at = world.saved_at.get(&who);
                    world.known_soon += u32::from(saved_at.is_some_and(|at| step - at <= 10));
                }
                Copied::Missing(ticket) => world.under_way.push(UnderWay {
                    node: at,
                    who,
                    step: Step::Ask(ticket),
                }),
                Copied::Silent => {}
            },
            450..980 => {
                if !world.under_way.is_empty() {
                    let chosen = random.usize(0..world.under_way.len());
                    world.go_on(&nodes, &owners, chosen).await;
                }
            }
            980..990 => drop(redis.ask("DEL cwt:1:device:a cwt:1:device:a:1 cwt:1:device:b")),
            990..994 => drop(redis.ask("DEL cwi:1:device:a cwi:1:device:b")),
            994..997 => drop(redis.ask("FLUSHALL")),
            997..999 => drop(redis.ask("SAVE")),
            _ => {
                redis.kill();
                // What is saved meanwhile is remembered.
                for _ in 0..world.under_way.len().min(3) {
                    let chosen = random.usize(0..world.under_way.len());
                    world.go_on(&nodes, &owners, chosen).await;
                }
                redis.start_again();
                for node in &nodes {
                    used_again(node).await;
                }
            }
        }
    }
    assert!(world.known > 100, "{} answers of Redis", world.known);
    assert!(world.known_soon > 50, "{} after a save", world.known_soon);
}

#[tokio::test]
async fn whatever_the_order_redis_is_never_older_than_acknowledged() {
    for seed in [1, 2] {
        play(seed).await;
    }
}
