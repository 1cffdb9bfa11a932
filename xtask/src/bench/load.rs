//! Large catalogs and folders: import, start, memory, lists that nobody has asked for before, and
//! many clients right after a change.

use std::path::Path;
use std::process::Stdio;
use std::time::Instant;

use super::client::{Client, percentile, resident_mib};
use super::{generate, report};
use crate::run::{Scratch, check, root, say};
use crate::servers::{Marquee, Postgres, alone};

/// Makes the address of the n-th request.
type MakePath = fn(usize) -> String;

/// Titles of the large catalog.
const TITLES: usize = 100_000;
/// Files of the large folder.
const FILES: usize = 10_000;

fn import(binary: &Path, data: &Path, file: &Path, more: &[&str]) -> anyhow::Result<f64> {
    let started = Instant::now();
    let mut import = alone(binary);
    import
        .args(["import", "catalog", "--data-dir"])
        .arg(data)
        .args(more)
        .arg(file)
        .stdout(Stdio::null());
    check(import.env("MARQUEE_NEW_SERVICE_VISIBILITY", "public"))?;
    Ok(started.elapsed().as_secs_f64())
}

/// Import rates, then what the catalog answers.
pub(crate) fn catalog(binary: &Path, imports: bool, lists: bool) -> anyhow::Result<()> {
    say("100,000 generated titles");
    let (data, input) = (Scratch::new("bench-large")?, Scratch::new("bench-input")?);
    let file = input.0.join("titles.jsonl");
    generate::titles(&file, TITLES)?;
    let seconds = import(binary, &data.0, &file, &[])?;
    report(
        "import of 100,000 titles into SQLite (aim: under 15 s)",
        &format!("{seconds:.1} s  ({:.0} titles/s)", TITLES as f64 / seconds),
    );
    if imports {
        let again = import(binary, &data.0, &file, &[])?;
        report("the same again, nothing changed", &format!("{again:.1} s"));
        let postgres = Postgres::start()?;
        let other = Scratch::new("bench-large-pg")?;
        let seconds = import(binary, &other.0, &file, &["--database", &postgres.url])?;
        report(
            "import of 100,000 titles into PostgreSQL (aim: under 30 s)",
            &format!("{seconds:.1} s  ({:.0} titles/s)", TITLES as f64 / seconds),
        );
    }
    if !lists {
        return Ok(());
    }
    let started = Instant::now();
    let marquee = Marquee::start(binary, "serve", &data.0, &[])?;
    // The wait looks every 50 ms, so this is an upper bound.
    report(
        "cold start with 100,000 titles (aim: under 300 ms)",
        &format!("under {:.0} ms", started.elapsed().as_secs_f64() * 1000.0),
    );
    report(
        "idle memory after start (aim: under 60 MB)",
        &format!("{:.0} MiB", resident_mib(marquee.id())),
    );
    let mut client = Client::new(&marquee.url)?;
    let kinds: [(&str, MakePath); 5] = [
        ("newest", |n| {
            format!(
                "/odx/api/v4/content/?page_size=20&page={}&x={n}",
                1 + n % 50
            )
        }),
        ("newest, deep pages", |n| {
            format!(
                "/odx/api/v4/content/?page_size=20&page={}&x={n}",
                1 + (n * 37) % 5000
            )
        }),
        ("category", |n| {
            format!(
                "/odx/api/v4/content/?page_size=20&category=genre-{}&page={}&x={n}",
                n % 23,
                1 + n % 40
            )
        }),
        ("category page", |n| {
            format!(
                "/odx/api/v4/category/genre-{}/contents/?page_size=20&page={}&x={n}",
                n % 23,
                1 + n % 40
            )
        }),
        ("types and popularity", |n| {
            format!(
                "/odx/api/v4/content/?page_size=20&types=movie&order=popularity&page={}&x={n}",
                1 + n % 50
            )
        }),
    ];
    for (what, path) in kinds {
        let mut times = Vec::new();
        for n in 0..300 {
            let started = Instant::now();
            let (status, _) = client.get(&path(n))?;
            anyhow::ensure!(status == 200, "{} answered {status}", path(n));
            times.push(started.elapsed().as_secs_f64() * 1000.0);
        }
        let (p50, p99) = (percentile(&mut times, 0.5), percentile(&mut times, 0.99));
        report(
            &format!("uncached list: {what} (aim: p99 under 20 ms)"),
            &format!("p50 {p50:.1} ms, p99 {p99:.1} ms"),
        );
    }
    let mut times = Vec::new();
    for n in 0..30 {
        let started = Instant::now();
        client.get(&format!(
            "/odx/api/v4/content/?search=lantern%20{n}&page_size=20"
        ))?;
        times.push(started.elapsed().as_secs_f64() * 1000.0);
    }
    report(
        "uncached search= (reported until the search engine serves it)",
        &format!(
            "p50 {:.0} ms, p99 {:.0} ms",
            percentile(&mut times, 0.5),
            percentile(&mut times, 0.99)
        ),
    );
    stampede(&marquee, binary, &data.0)
}

/// 1,000 clients ask for the home page's reads right after a catalog change.
fn stampede(marquee: &Marquee, binary: &Path, data: &Path) -> anyhow::Result<()> {
    let paths = [
        "/odx/api/v4/category/",
        "/odx/api/v4/content/?page_size=20",
        "/odx/api/v4/category/genre-1/contents/?page_size=20",
    ];
    let mut clients = Vec::new();
    for _ in 0..1000 {
        clients.push(Client::new(&marquee.url)?);
    }
    let one = data.join("one.jsonl");
    std::fs::write(
        &one,
        "{\"id\":\"bench:one\",\"kind\":\"movie\",\"titles\":{\"en\":\"One\"}}\n",
    )?;
    import(binary, data, &one, &[])?;
    // The change is heard of within half a second.
    #[expect(clippy::disallowed_methods, reason = "the benchmark waits on purpose")]
    std::thread::sleep(std::time::Duration::from_millis(700));
    let shares: Vec<Vec<Client>> = {
        let mut shares: Vec<Vec<Client>> = (0..50).map(|_| Vec::new()).collect();
        for (n, client) in clients.into_iter().enumerate() {
            if let Some(share) = shares.get_mut(n % 50) {
                share.push(client);
            }
        }
        shares
    };
    let threads: Vec<_> = shares
        .into_iter()
        .map(|mut share| {
            std::thread::spawn(move || {
                let mut times = Vec::new();
                for path in paths {
                    for client in &mut share {
                        let started = Instant::now();
                        if client.get(path).is_ok_and(|(status, _)| status == 200) {
                            times.push(started.elapsed().as_secs_f64() * 1000.0);
                        }
                    }
                }
                times
            })
        })
        .collect();
    let mut times: Vec<f64> = threads
        .into_iter()
        .flat_map(|thread| thread.join().unwrap_or_default())
        .collect();
    let count = times.len();
    report(
        "1,000 clients after a change (aim: p99 under 50 ms)",
        &format!(
            "p99 {:.1} ms over {count} answers",
            percentile(&mut times, 0.99)
        ),
    );
    Ok(())
}

/// A folder of 10,000 files, scanned, scanned again, and with two more.
pub(crate) fn scan(binary: &Path) -> anyhow::Result<()> {
    say("a folder of 10,000 media files");
    let (folder, data) = (Scratch::new("bench-folder")?, Scratch::new("bench-scan")?);
    let source = root().join("demo/media/orbit-360.mp4");
    // Links to one file: what is measured is scanning and probing, not this machine's disk space.
    for n in 0..FILES {
        let show = folder.0.join(format!("Show {}", n / 100)).join("Season 01");
        std::fs::create_dir_all(&show)?;
        std::fs::hard_link(&source, show.join(format!("S01E{:03}.mp4", n % 100))).or_else(
            |_| std::fs::copy(&source, show.join(format!("S01E{:03}.mp4", n % 100))).map(|_| ()),
        )?;
    }
    let run = || -> anyhow::Result<(f64, String)> {
        let started = Instant::now();
        let printed = crate::run::output(
            alone(binary)
                .args(["import", "media", "--data-dir"])
                .arg(&data.0)
                .arg(&folder.0),
        )?;
        Ok((started.elapsed().as_secs_f64(), printed.trim().to_owned()))
    };
    let (first, said) = run()?;
    report(
        "first scan of 10,000 files, probing included",
        &format!(
            "{first:.1} s  ({:.0} files/s; {said})",
            FILES as f64 / first
        ),
    );
    let (again, said) = run()?;
    report(
        "the same again (aim: under 10 s)",
        &format!("{again:.1} s  ({said})"),
    );
    for n in 0..2 {
        std::fs::hard_link(&source, folder.0.join(format!("Film {n} (2020).mp4"))).or_else(
            |_| std::fs::copy(&source, folder.0.join(format!("Film {n} (2020).mp4"))).map(|_| ()),
        )?;
    }
    let (two, said) = run()?;
    report("with two new files", &format!("{two:.1} s  ({said})"));
    Ok(())
}
