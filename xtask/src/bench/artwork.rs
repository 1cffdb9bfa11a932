//! Copies of pictures, made as fast as the cores allow.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, bail};

use super::client::{Client, cpu_seconds};
use super::report;
use crate::run::{Scratch, check, say};
use crate::servers::{Marquee, alone};

/// Pictures of 1920 by 1080, as many copies of each width.
const PICTURES: usize = 24;
/// The widths that are served, without the one that pictures have anyway.
const WIDTHS: [u32; 5] = [160, 320, 480, 720, 1080];

/// First copies of pictures: read, decoded, resized, encoded, written, sent. None is asked for twice.
pub(crate) fn copies(binary: &Path) -> anyhow::Result<()> {
    say("making pictures");
    let (base, data) = (Scratch::new("bench-pictures")?, Scratch::new("bench-data")?);
    let pattern = base.0.join("%02d.jpg");
    let count = PICTURES.to_string();
    // Many small shapes, colours and edges, each picture another one: as hard to encode as a photograph.
    let mut make = Command::new("ffmpeg");
    make.args(["-v", "error", "-f", "lavfi", "-i"])
        .arg("mandelbrot=size=1920x1080:rate=1:end_scale=0.01:end_pts=30")
        .args([
            "-vf",
            "noise=alls=8:allf=t",
            "-frames:v",
            &count,
            "-q:v",
            "3",
        ]);
    check(make.arg(&pattern))?;
    let records: Vec<String> = (1..=PICTURES)
        .map(|n| {
            format!(
                r#"{{"id":"f{n}","kind":"movie","titles":{{"en":"F{n}"}},"images":[{{"path":"{n:02}.jpg"}}]}}"#
            )
        })
        .collect();
    let file = base.0.join("records.jsonl");
    std::fs::write(&file, records.join("\n"))?;
    let before = Instant::now();
    check(
        alone(binary)
            .args(["import", "catalog", "--data-dir"])
            .arg(&data.0)
            .arg(&file)
            .env("MARQUEE_NEW_SERVICE_VISIBILITY", "public"),
    )?;
    let taken = before.elapsed().as_secs_f64() * 1e3 / PICTURES as f64;
    report(
        "pictures of 1920 x 1080 looked at and stored",
        &format!("{taken:.0} ms each"),
    );
    let names = names(&data.0.join("art"))?;
    if names.len() != PICTURES {
        bail!("{} of {PICTURES} pictures were stored", names.len());
    }
    let marquee = Marquee::start(binary, "serve", &data.0, &[])?;
    for (what, accept) in [("WebP", "image/webp,*/*"), ("JPEG", "*/*")] {
        let (mut made, mut cpu, mut time) = (0, 0.0, 0.0);
        for width in WIDTHS {
            let (before, start) = (cpu_seconds(marquee.id()), Instant::now());
            let bytes = ask(&marquee.url, &names, width, accept)?;
            let used = cpu_seconds(marquee.id()) - before;
            cpu += used;
            time += start.elapsed().as_secs_f64();
            made += names.len();
            report(
                &format!("copies as {what}, {width} wide, CPU and size of each"),
                &format!(
                    "{:.1} ms, {:.1} kB",
                    used * 1e3 / names.len() as f64,
                    bytes as f64 / 1e3 / names.len() as f64
                ),
            );
        }
        report(
            &format!("copies as {what}, all widths, per second of one core"),
            &format!(
                "{:.1}  ({:.1} per s on this machine)",
                made as f64 / cpu,
                made as f64 / time
            ),
        );
    }
    Ok(())
}

/// Asks for one width of all pictures on four connections; the sum of their bytes.
fn ask(url: &str, names: &[String], width: u32, accept: &str) -> anyhow::Result<usize> {
    let ask = |names: &[String]| -> anyhow::Result<usize> {
        let mut client = Client::new(url)?;
        let mut bytes = 0;
        for name in names {
            let (status, body) =
                client.get_with(&format!("/art/{name}/{width}"), &[("accept", accept)])?;
            if status != 200 {
                bail!("{name} in {width}: {status}");
            }
            bytes += body.len();
        }
        Ok(bytes)
    };
    std::thread::scope(|scope| {
        let parts = names.chunks(names.len().div_ceil(4));
        let asking: Vec<_> = parts.map(|part| scope.spawn(move || ask(part))).collect();
        let mut sum = 0;
        for part in asking {
            sum += part
                .join()
                .map_err(|_| anyhow::anyhow!("a client was lost"))??;
        }
        Ok(sum)
    })
}

/// The stored pictures, without their placeholders.
fn names(folder: &Path) -> anyhow::Result<Vec<String>> {
    let entries = std::fs::read_dir(folder).context("the stored pictures")?;
    let mut names: Vec<String> = entries
        .flatten()
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| name.ends_with(".jpg"))
        .collect();
    names.sort();
    Ok(names)
}
