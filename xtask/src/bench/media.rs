//! Segments cut just in time against nginx serving the same segments cut before.

use std::path::Path;
use std::process::Command;

use anyhow::Context;

use super::client::{Client, cpu_seconds, wrk};
use super::report;
use crate::run::{Scratch, check, say};
use crate::servers::{Marquee, Nginx, alone};

const SECONDS: u32 = 6;

/// Segments of a film of ten minutes, 1080p at 5 Mb/s.
pub(crate) fn segments(binary: &Path) -> anyhow::Result<()> {
    say("making a film of ten minutes (some minutes)");
    let (media, data) = (Scratch::new("bench-media")?, Scratch::new("bench-data")?);
    let (work, site) = (Scratch::new("bench-nginx")?, Scratch::new("bench-site")?);
    let minute = media.0.join("minute.mp4");
    let mut make = Command::new("ffmpeg");
    make.args([
        "-v",
        "error",
        "-f",
        "lavfi",
        "-i",
        "testsrc2=size=1920x1080:rate=25",
        "-f",
        "lavfi",
        "-i",
        "sine=frequency=440",
        "-t",
        "30",
    ]);
    make.args([
        "-c:v",
        "libx264",
        "-preset",
        "ultrafast",
        "-bf",
        "2",
        "-g",
        "50",
        "-b:v",
        "5M",
        "-maxrate",
        "5M",
        "-bufsize",
        "5M",
    ]);
    check(make.args(["-c:a", "aac", "-b:a", "128k"]).arg(&minute))?;
    let films = media.0.join("films");
    std::fs::create_dir(&films)?;
    let mut join = Command::new("ffmpeg");
    join.args(["-v", "error", "-stream_loop", "19", "-i"])
        .arg(&minute)
        .args(["-c", "copy", "-movflags", "+faststart"]);
    check(join.arg(films.join("Film (2020).mp4")))?;

    check(
        alone(binary)
            .args(["add", "--data-dir"])
            .arg(&data.0)
            .arg(&films)
            .env("MARQUEE_NEW_SERVICE_VISIBILITY", "public"),
    )?;
    let marquee = Marquee::start(binary, "serve", &data.0, &[])?;
    let nginx = Nginx::start(&site.0, &work.0)?;
    let mut client = Client::new(&marquee.url)?;
    let (_, playback) = client.get("/odx/api/v4/playback/1/")?;
    let playback: serde_json::Value = serde_json::from_slice(&playback)?;
    let address = playback
        .pointer("/result/manifests/0/url")
        .and_then(serde_json::Value::as_str)
        .context("a stream")?;
    let base = address
        .trim_start_matches(&marquee.url)
        .trim_end_matches("master.m3u8")
        .to_owned();
    let master = String::from_utf8(client.get(&format!("{base}master.m3u8"))?.1)?;
    let video = master
        .lines()
        .find(|line| !line.starts_with('#') && !line.is_empty())
        .context("a variant")?;
    let folder = format!("{base}{}", video.trim_end_matches("index.m3u8"));
    let playlist = String::from_utf8(client.get(&format!("{base}{video}"))?.1)?;
    let names: Vec<&str> = playlist
        .lines()
        .filter(|line| line.ends_with(".m4s") && !line.starts_with('#'))
        .collect();
    let mut bytes = 0;
    for name in &names {
        let (_, body) = client.get(&format!("{folder}{name}"))?;
        bytes += body.len();
        std::fs::write(site.0.join(name), body)?;
    }
    let script = |folder: &str, file: &str| -> anyhow::Result<std::path::PathBuf> {
        let path = work.0.join(file);
        let lua = format!(
            "math.randomseed(7)\nrequest = function() return wrk.format('GET', '{folder}' .. math.random(0, {}) .. '.m4s') end\n",
            names.len() - 1
        );
        std::fs::write(&path, lua)?;
        Ok(path)
    };
    let (ours, theirs) = (script(&folder, "ours.lua")?, script("/", "theirs.lua")?);
    let (mut our_cpu, mut their_cpu, mut our_rate, mut their_rate) = (0.0, 0.0, 0.0, 0.0);
    for _ in 0..3 {
        for (id, url, script, cpu, rate) in [
            (
                nginx.id,
                &nginx.url,
                &theirs,
                &mut their_cpu,
                &mut their_rate,
            ),
            (
                marquee.id(),
                &marquee.url,
                &ours,
                &mut our_cpu,
                &mut our_rate,
            ),
        ] {
            let before = cpu_seconds(id);
            let found = wrk(url, 16, SECONDS, &["-s", &script.display().to_string()])?;
            *cpu += (cpu_seconds(id) - before) / (found * f64::from(SECONDS)) * 1e3 / 3.0;
            *rate += found / 3.0;
        }
    }
    let size = bytes / names.len().max(1);
    report(
        &format!(
            "segments of {:.1} MB, CPU per segment against nginx pre-cut",
            size as f64 / 1e6
        ),
        &format!(
            "{:.2}  ({our_cpu:.2} ms / {their_cpu:.2} ms; {our_rate:.0} / {their_rate:.0} per s)",
            our_cpu / their_cpu
        ),
    );
    Ok(())
}
