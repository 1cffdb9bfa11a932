//! What a browser sees of the pages, through the real router.

#![expect(clippy::unwrap_used, reason = "tests")]

mod attacks;
mod harness;
mod languages;
mod links;
mod qr;
mod refusals;
mod sign_in;
mod sign_up;
mod televisions;
