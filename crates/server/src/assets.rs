//! What is embedded in the binary: the built web page and the demo.

use rust_embed::RustEmbed;

/// The web page as `npm run build` made it; empty when it was not built.
#[derive(RustEmbed)]
#[folder = "../../web/dist"]
#[allow_missing = true]
pub(crate) struct Web;

/// The demo: records, artwork and media.
#[derive(RustEmbed)]
#[folder = "../../demo"]
#[include = "catalog.jsonl"]
#[include = "art/*"]
#[include = "media/*"]
#[allow_missing = true]
pub(crate) struct Demo;
