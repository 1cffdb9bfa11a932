//! Search over HTTP: what is found of a catalog with questions and answers, and how fast among 100,000
//! titles in six languages.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::Context;
use serde_json::Value;

use super::client::{Client, percentile, resident_mib};
use super::{generate, report};
use crate::run::{Scratch, free_port, output, say};
use crate::servers::{Marquee, alone};

/// Titles of the large catalog.
const TITLES: usize = 100_000;
/// How long an index may take to be made.
const PATIENCE: Duration = Duration::from_secs(300);
/// When a server begins to learn after its start, and a little more.
const LEARNING_BEGINS: Duration = Duration::from_secs(12);

fn import(binary: &Path, data: &Path, files: &[PathBuf]) -> anyhow::Result<()> {
    let mut import = alone(binary);
    import.args(["import", "catalog", "--data-dir"]).arg(data);
    import.args(files).stdout(Stdio::null());
    import.env("MARQUEE_NEW_SERVICE_VISIBILITY", "public");
    // Files from elsewhere hold records that are refused; the rest is imported.
    let status = import.stderr(Stdio::null()).status()?;
    anyhow::ensure!(
        matches!(status.code(), Some(0 | 2)),
        "the import ended with {status}"
    );
    Ok(())
}

fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
        out
    })
}

fn ask(client: &mut Client, text: &str, language: &str) -> anyhow::Result<(Value, f64)> {
    let path = format!("/odx/api/v4/search/?q={}", encoded(text));
    let began = Instant::now();
    let (status, body) = client.get_in(&path, language)?;
    let took = began.elapsed().as_secs_f64() * 1000.0;
    anyhow::ensure!(status == 200, "{path} answered {status}");
    Ok((serde_json::from_slice(&body)?, took))
}

/// Whether a server learns recommendations, which at 100,000 titles it does for half a minute from ten seconds after
/// its first start on.
#[derive(Clone, Copy)]
enum Learning {
    Off,
    On,
}

/// Serves a catalog and waits until its index is whole; with the seconds that took.
fn serve(binary: &Path, data: &Path, learning: Learning) -> anyhow::Result<(Marquee, f64)> {
    let metrics = format!("127.0.0.1:{}", free_port()?);
    let settings = data.join("marquee.toml");
    let learns = matches!(learning, Learning::On);
    std::fs::write(
        &settings,
        format!("[metrics]\nlisten = \"{metrics}\"\n[recommend]\nenabled = {learns}\n"),
    )?;
    let settings = settings.display().to_string();
    let began = Instant::now();
    let marquee = Marquee::start(binary, "serve", data, &["--config", &settings])?;
    let mut client = Client::new(&metrics)?;
    while began.elapsed() < PATIENCE {
        let (_, text) = client.get("/metrics")?;
        let text = String::from_utf8_lossy(&text);
        if text
            .lines()
            .any(|line| line.starts_with("marquee_search_titles "))
        {
            return Ok((marquee, began.elapsed().as_secs_f64()));
        }
        #[expect(clippy::disallowed_methods, reason = "a chore has nothing else to do")]
        std::thread::sleep(Duration::from_millis(20));
    }
    anyhow::bail!("the search index was not ready after {PATIENCE:?}")
}

/// A question with its answers.
struct Question<'a> {
    text: &'a str,
    language: &'a str,
    sort: &'a str,
    /// Ranks that count as found, from the first.
    within: usize,
    /// External keys that count.
    right: Vec<&'a str>,
}

fn question(row: &str) -> Option<Question<'_>> {
    let cells: Vec<&str> = row.split('\t').collect();
    let [text, language, sort, within, right, _title] = cells[..] else {
        return None;
    };
    Some(Question {
        text,
        language,
        sort,
        within: within.trim_start_matches("top").parse().ok()?,
        right: right.split(' ').collect(),
    })
}

/// External keys of what a service holds, by kind and id.
fn keys(data: &Path) -> anyhow::Result<HashMap<(String, i64), String>> {
    let script = "import sqlite3, sys\n\
        db = sqlite3.connect(sys.argv[1])\n\
        for kind, table in (('series', 'series'), ('season', 'seasons'), ('content', 'contents')):\n\
        \x20   for id, key in db.execute('SELECT id, external_key FROM ' + table):\n\
        \x20       print(kind, id, key)\n";
    let mut python = Command::new("python3");
    python.args(["-c", script]).arg(data.join("marquee.db"));
    let printed = output(&mut python)?;
    let key = |line: &str| {
        let (kind, rest) = line.split_once(' ')?;
        let (id, key) = rest.split_once(' ')?;
        Some(((kind.to_owned(), id.parse().ok()?), key.to_owned()))
    };
    Ok(printed.lines().filter_map(key).collect())
}

/// What is found of a catalog: a folder of `titles-*`, `people-*`, `categories-*` and
/// `search-queries.tsv` (question, language, sort, wanted rank, keys that count, title).
pub(crate) fn quality(binary: &Path, catalog: &Path) -> anyhow::Result<()> {
    say("questions with answers");
    let data = Scratch::new("bench-quality")?;
    let mut files = Vec::new();
    for prefix in ["categories-", "people-", "titles-"] {
        let mut found: Vec<PathBuf> = std::fs::read_dir(catalog)?
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| {
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                name.starts_with(prefix) && name.contains(".jsonl")
            })
            .collect();
        found.sort();
        files.append(&mut found);
    }
    import(binary, &data.0, &files)?;
    let keys = keys(&data.0)?;
    let questions = std::fs::read_to_string(catalog.join("search-queries.tsv"))?;
    let questions: Vec<Question> = questions.lines().skip(1).filter_map(question).collect();
    let (marquee, _) = serve(binary, &data.0, Learning::Off)?;
    let mut client = Client::new(&marquee.url)?;

    let mut rates: BTreeMap<(&str, &str), (usize, usize)> = BTreeMap::new();
    let mut times = Vec::new();
    for question in &questions {
        let (answer, took) = ask(&mut client, question.text, question.language)?;
        times.push(took);
        let hits = answer.pointer("/result/results").and_then(Value::as_array);
        let hits = hits.context("an answer without results")?;
        let rank = hits.iter().position(|hit| {
            let kind = hit["type"].as_str().unwrap_or_default();
            let id = hit["data"]["info"][format!("{kind}_id")].as_i64();
            let key = id.and_then(|id| keys.get(&(kind.to_owned(), id)));
            key.is_some_and(|key| question.right.contains(&key.as_str()))
        });
        let found = rank.is_some_and(|rank| rank < question.within);
        for language in [question.language, "all"] {
            let (hits, all) = rates.entry((question.sort, language)).or_default();
            *hits += usize::from(found);
            *all += 1;
        }
    }
    for ((sort, language), (hits, all)) in &rates {
        let share = 100.0 * *hits as f64 / *all as f64;
        report(
            &format!("{sort}, {language}"),
            &format!("{share:.1} %  ({hits} of {all})"),
        );
    }
    let mut typed = Vec::new();
    for question in questions.iter().step_by(5) {
        for (at, c) in question.text.char_indices().take(12) {
            let beginning = question.text.get(..at + c.len_utf8()).unwrap_or_default();
            if !beginning.trim().is_empty() {
                typed.push(ask(&mut client, beginning, question.language)?.1);
            }
        }
    }
    for (what, times) in [
        ("these questions (aim: p99 under 25 ms)", &mut times),
        (
            "and at every key of them, completions included (aim: p99 under 10 ms)",
            &mut typed,
        ),
    ] {
        let (p50, p99) = (percentile(times, 0.5), percentile(times, 0.99));
        report(
            what,
            &format!("p50 {p50:.1} ms, p99 {p99:.1} ms of {}", times.len()),
        );
    }
    Ok(())
}

/// How fast searching is among many titles.
pub(crate) fn speed(binary: &Path) -> anyhow::Result<()> {
    say("search among 100,000 titles in six languages");
    let (data, input) = (Scratch::new("bench-search")?, Scratch::new("bench-titles")?);
    let file = input.0.join("titles.jsonl");
    generate::titles(&file, TITLES)?;
    import(binary, &data.0, std::slice::from_ref(&file))?;
    let (marquee, seconds) = serve(binary, &data.0, Learning::Off)?;
    let built = resident_mib(marquee.id());
    drop(marquee);
    let (marquee, again) = serve(binary, &data.0, Learning::Off)?;
    let before = resident_mib(marquee.id());
    let mut client = Client::new(&marquee.url)?;
    let titles = generate::some_titles(&file, 400)?;
    report(
        "start with an index that is there, findable after",
        &format!("{again:.1} s"),
    );
    report(
        "index of 100,000 titles in six languages, findable after (aim: 10 s)",
        &format!("{seconds:.1} s"),
    );
    Asked::of(&mut client, &titles)?.report(
        "",
        " (aim: p99 under 25 ms)",
        " (aim: p99 under 10 ms)",
    );
    let folder = data.0.join("cache").join("search");
    let mut size = Command::new("du");
    let size = output(size.arg("-sm").arg(&folder))?;
    let size = size.split_whitespace().next().unwrap_or("?").to_owned();
    report(
        "the index on disk; memory of the server after making it, with it, after searching",
        &format!(
            "{size} MiB; {built:.0}, {before:.0} and {:.0} MiB",
            resident_mib(marquee.id())
        ),
    );
    drop(marquee);
    let (marquee, _) = serve(binary, &data.0, Learning::On)?;
    #[expect(clippy::disallowed_methods, reason = "a chore has nothing else to do")]
    std::thread::sleep(LEARNING_BEGINS);
    let mut client = Client::new(&marquee.url)?;
    Asked::of(&mut client, &titles)?.report("while recommendations are learnt, ", "", "");
    Ok(())
}

/// How long each way of asking took, in milliseconds.
#[derive(Default)]
struct Asked {
    whole: Vec<f64>,
    swapped: Vec<f64>,
    typed: Vec<f64>,
}

impl Asked {
    /// Asks for titles whole, at every key, and with two letters swapped.
    fn of(client: &mut Client, titles: &[(String, String)]) -> anyhow::Result<Self> {
        let mut asked = Self::default();
        for (language, title) in titles {
            asked.whole.push(ask(client, title, language)?.1);
            let mut letters: Vec<char> = title.chars().collect();
            for end in 1..letters.len().min(12) {
                let beginning: String = letters.iter().take(end).collect();
                asked.typed.push(ask(client, &beginning, language)?.1);
            }
            if letters.len() > 5 {
                letters.swap(3, 4);
                let swapped: String = letters.into_iter().collect();
                asked.swapped.push(ask(client, &swapped, language)?.1);
            }
        }
        Ok(asked)
    }

    fn report(mut self, when: &str, search: &str, typing: &str) {
        for (what, times) in [
            (
                format!("{when}search: whole titles{search}"),
                &mut self.whole,
            ),
            (
                format!("{when}search: two letters swapped{search}"),
                &mut self.swapped,
            ),
            (
                format!("{when}search and completions at every key{typing}"),
                &mut self.typed,
            ),
        ] {
            let (p50, p99) = (percentile(times, 0.5), percentile(times, 0.99));
            let figures = format!("p50 {p50:.1} ms, p99 {p99:.1} ms of {}", times.len());
            report(&what, &figures);
        }
    }
}
