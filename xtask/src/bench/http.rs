//! Cached answers against nginx serving the same bytes.

use std::path::Path;

use super::client::{Client, cpu_seconds, wrk};
use super::report;
use crate::run::{Scratch, say};
use crate::servers::{Marquee, Nginx};

/// Connections at a time.
const CONNECTIONS: u32 = 64;
/// Seconds per run; three runs each, taking turns.
const SECONDS: u32 = 4;

/// Cached content detail and list.
pub(crate) fn cached(binary: &Path) -> anyhow::Result<()> {
    say("cached answers against nginx, 64 connections");
    let (data, work, site) = (
        Scratch::new("bench-data")?,
        Scratch::new("bench-nginx")?,
        Scratch::new("bench-site")?,
    );
    let marquee = Marquee::start(binary, "demo", &data.0, &[])?;
    let nginx = Nginx::start(&site.0, &work.0)?;
    let paths = [
        ("content detail", "/odx/api/v4/content/harbor-lights-s1e1/"),
        ("content list of 20", "/odx/api/v4/content/?page_size=20"),
        (
            "home screen: its rows",
            "/odx/api/v4/carousel/browser/group/",
        ),
        (
            "home screen: tiles of rows",
            "/odx/api/v4/carousel/?page_size=20",
        ),
        ("home screen: covers", "/odx/api/v4/cover/"),
    ];
    for (n, (what, path)) in paths.into_iter().enumerate() {
        let (status, body) = Client::new(&marquee.url)?.get(path)?;
        anyhow::ensure!(status == 200, "{path} answered {status}");
        std::fs::write(site.0.join(format!("{n}.json")), &body)?;
        let (mut ours, mut theirs, mut our_cpu, mut their_cpu) = (0.0_f64, 0.0_f64, 0.0, 0.0);
        for _ in 0..3 {
            let before = cpu_seconds(nginx.id);
            let rate = wrk(
                &format!("{}/{n}.json", nginx.url),
                CONNECTIONS,
                SECONDS,
                &[],
            )?;
            their_cpu += (cpu_seconds(nginx.id) - before) / (rate * f64::from(SECONDS)) * 1e6 / 3.0;
            theirs = theirs.max(rate);
            let before = cpu_seconds(marquee.id());
            let rate = wrk(&format!("{}{path}", marquee.url), CONNECTIONS, SECONDS, &[])?;
            our_cpu +=
                (cpu_seconds(marquee.id()) - before) / (rate * f64::from(SECONDS)) * 1e6 / 3.0;
            ours = ours.max(rate);
        }
        report(
            &format!("{what} ({} bytes), requests/s against nginx", body.len()),
            &format!(
                "{:.2}  ({ours:.0} / {theirs:.0}; CPU per request {our_cpu:.1} us / {their_cpu:.1} us)",
                ours / theirs
            ),
        );
    }
    Ok(())
}
