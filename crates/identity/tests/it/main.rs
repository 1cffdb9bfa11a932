//! What the identity core promises, on both databases, on several nodes, and before providers.

#![expect(clippy::unwrap_used, reason = "tests")]

mod export;
mod fixture;
mod homes;
mod in_between;
mod letters;
mod live;
mod moves;
mod provider_answers;
mod provider_attacks;
mod provider_keys;
mod provider_tokens;
mod refresh;
mod side_by_side;
mod silence;
mod tokens;
mod undoing;
