//! Refresh tokens against a model: at most one live one per session, repeats within the grace get
//! the same successor, and every other use of a spent one ends the session.

use futures_util::future::join_all;
use marquee_domain::Clock as _;
use marquee_identity::{Identity, Refusal};
use marquee_storage::testing::{TestDb, on_both};

use crate::fixture::{House, client, refusal, sign_in, somebody};

on_both!(
    any_order_of_uses_ends_as_the_model_says,
    many_uses_at_once_leave_one_successor,
    sessions_end_by_idleness_and_by_age,
);

const GRACE: i64 = 10_000;

/// What a session ought to be.
struct Model {
    tokens: Vec<String>,
    rotated_at: i64,
    ended: bool,
}

impl Model {
    /// What presenting a token ought to answer: the number of the token that comes back.
    fn present(&mut self, number: usize, now: i64) -> Option<usize> {
        let leaf = self.tokens.len() - 1;
        if self.ended {
            return None;
        }
        if number == leaf {
            self.rotated_at = now;
            return Some(leaf + 1);
        }
        if number + 1 == leaf && now - self.rotated_at <= GRACE {
            return Some(leaf);
        }
        self.ended = true;
        None
    }
}

async fn any_order_of_uses_ends_as_the_model_says(test: TestDb) {
    let house = House::new(test);
    let nodes = [house.node(), house.node()];
    somebody(&nodes[0], "sam@example.com").await;
    let mut random = fastrand::Rng::with_seed(7);
    for _ in 0..40 {
        let first = sign_in(&nodes[0], "sam@example.com").await;
        // What keeps sign-ins apart has nothing to do with this.
        house.clock.advance(70_000);
        let mut model = Model {
            tokens: vec![first.refresh_token.expose().to_owned()],
            rotated_at: 0,
            ended: false,
        };
        for _ in 0..12 {
            house.clock.advance(random.i64(0..6_000));
            let leaf = model.tokens.len() - 1;
            // Mostly the newest, often the one before it (an answer that was lost), now and then any.
            let number = match random.u8(0..10) {
                0..5 => leaf,
                5..9 => leaf.saturating_sub(1),
                _ => random.usize(0..=leaf),
            };
            let now = house.clock.now();
            let expected = model.present(number, now);
            let token = model.tokens[number].clone();
            let node = &nodes[random.usize(0..2)];
            let answer = node.refresh(&token, &client()).await;
            match expected {
                None => assert_eq!(refusal(answer), Some(Refusal::RefreshInvalid)),
                Some(next) => {
                    let got = answer.unwrap().refresh_token.expose().to_owned();
                    match model.tokens.get(next) {
                        Some(known) => assert_eq!(known, &got, "the same successor"),
                        None => model.tokens.push(got),
                    }
                }
            }
        }
    }
}

async fn many_uses_at_once_leave_one_successor(test: TestDb) {
    let house = House::new(test);
    let nodes = [house.node(), house.node()];
    let mut token = somebody(&nodes[0], "sam@example.com").await.refresh_token;
    for _ in 0..3 {
        let uses = (0..64).map(|n| {
            let (node, token): (&Identity, _) = (&nodes[n % 2], token.clone());
            async move { node.refresh(token.expose(), &client()).await.unwrap() }
        });
        let mut successors: Vec<String> = join_all(uses)
            .await
            .iter()
            .map(|done| done.refresh_token.expose().to_owned())
            .collect();
        successors.sort();
        successors.dedup();
        assert_eq!(successors.len(), 1, "one live token");
        token = marquee_identity::Secret::new(successors.remove(0));
    }
}

async fn sessions_end_by_idleness_and_by_age(test: TestDb) {
    const DAY: i64 = 86_400_000;
    let house = House::new(test);
    let node = house.node();
    let first = somebody(&node, "sam@example.com").await;
    house.clock.advance(30 * DAY);
    let answer = node.refresh(first.refresh_token.expose(), &client()).await;
    assert_eq!(refusal(answer), Some(Refusal::RefreshInvalid));
    let mut token = sign_in(&node, "sam@example.com").await.refresh_token;
    for _ in 0..12 {
        house.clock.advance(29 * DAY);
        token = node
            .refresh(token.expose(), &client())
            .await
            .unwrap()
            .refresh_token;
    }
    // 348 days old: the last refresh gives what is left of the year.
    let last = node.refresh(token.expose(), &client()).await.unwrap();
    assert_eq!(last.refresh_max_age_s, 17 * DAY / 1000);
    house.clock.advance(17 * DAY);
    let answer = node.refresh(last.refresh_token.expose(), &client()).await;
    assert_eq!(refusal(answer), Some(Refusal::RefreshInvalid));
}
