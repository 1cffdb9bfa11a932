//! What the faces share. Nothing here knows a face's JSON shapes.
//!
//! * [`edge`]: the one middleware around everything: request id, client address, CORS, time limit,
//!   metrics, access log.
//! * [`cached`]: hot answers kept as serialised and compressed bytes.
//! * [`hot`]: the short way to them, before anything is routed.
//! * [`cookie`]: cookies that more than one face sets or reads.
//! * [`conditional`] and [`range`]: RFC 9110 sections 13 and 14 as pure functions.
//! * [`link`]: signed path tokens for media.
//! * [`reads`]: the generous limit on catalog reads by client.
//! * [`region`]: which country a call comes from, and whether it may see the catalog.

pub mod cached;
pub mod client;
pub mod conditional;
pub mod cookie;
pub mod edge;
pub mod hot;
pub mod link;
pub mod range;
pub mod reads;
pub mod region;

pub use client::{ClientAddress, TrustedProxies};
pub use edge::RequestId;
