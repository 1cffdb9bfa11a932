//! The binary as its operator meets it: started, fed, killed, stopped, attacked.

#![expect(
    clippy::unwrap_used,
    reason = "what fails to unwrap in a test is its failure"
)]

mod accounts;
mod artwork;
mod bad_accounts;
mod binary;
mod commands;
mod durability;
mod garbage;
mod kill;
mod killed;
mod killed_accounts;
mod limits;
mod mail;
mod nodes;
mod object_storage;
mod operator;
mod playlists;
mod plays;
mod python;
mod recommend;
mod schema;
mod slow_clients;
mod social;
mod start;
mod stop;
mod tls;
