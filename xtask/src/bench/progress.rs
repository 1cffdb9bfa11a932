//! Progress saves, each on disk before it is answered.

use std::path::Path;

use anyhow::Context;

use super::client::Client;
use super::report;
use crate::run::{Scratch, output, say};
use crate::servers::Marquee;

const SECONDS: u32 = 8;
/// Connections at a time: what is saved together is written to disk together.
const CONNECTIONS: [u32; 3] = [16, 32, 64];

/// Many devices save how far they have watched.
pub(crate) fn saves(binary: &Path) -> anyhow::Result<()> {
    say("progress saves into SQLite");
    let data = Scratch::new("bench-progress")?;
    let marquee = Marquee::start(binary, "demo", &data.0, &[])?;
    let mut client = Client::new(&marquee.url)?;
    let (_, body) = client.get("/odx/api/v4/content/?page_size=20&types=episode,movie")?;
    let page: serde_json::Value = serde_json::from_slice(&body)?;
    let ids: Vec<String> = page["result"]["results"]
        .as_array()
        .context("a list of contents")?
        .iter()
        .filter_map(|content| content["data"]["info"]["content_id"].as_i64())
        .map(|id| id.to_string())
        .collect();
    anyhow::ensure!(!ids.is_empty(), "no content to watch");
    let script = data.0.join("saves.lua");
    std::fs::write(
        &script,
        format!(
            "local ids, threads = {{{}}}, 0\n\
             function setup(thread) threads = threads + 1; thread:set('me', threads) end\n\
             function init() n = 0; wrk.headers['service-name'] = 'amasian'; wrk.headers['content-type'] = 'application/json' end\n\
             function request()\n\
               n = n + 1\n\
               wrk.headers['did'] = 'tv-' .. me .. '-' .. (n % 5000)\n\
               local body = '{{\"content_id\":' .. ids[n % #ids + 1] .. ',\"last_position\":' .. (n % 60) .. '}}'\n\
               return wrk.format('POST', '/odx/api/v4/continue-watching/', nil, body)\n\
             end\n",
            ids.join(",")
        ),
    )?;
    for connections in CONNECTIONS {
        let mut wrk = std::process::Command::new("wrk");
        wrk.args(["-t2", &format!("-c{connections}"), &format!("-d{SECONDS}s")])
            .args(["--latency", "-s"])
            .arg(&script)
            .arg(&marquee.url);
        let printed = output(&mut wrk)?;
        anyhow::ensure!(!printed.contains("Non-2xx"), "saves failed:\n{printed}");
        let word = |name: &str| {
            let line = printed.lines().find(|line| line.trim().starts_with(name));
            let value = line.and_then(|line| line.split_whitespace().last());
            value.unwrap_or("?").to_owned()
        };
        report(
            &format!("progress saves, {connections} connections (aim: 5000/s, p99 under 20 ms)"),
            &format!("{}/s, p99 {}", word("Requests/sec:"), word("99%")),
        );
    }
    Ok(())
}
