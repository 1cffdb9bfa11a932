//! Builds an index of the catalogs in a folder and measures what is found, how fast, and at what
//! cost:
//!
//!     cargo run --release -p marquee-search --example evaluate -- --catalog DIR [--six] [--misses FILE]
//!
//! The folder holds `titles-*.jsonl.zst` and `search-queries.tsv` (query, language, type, wanted
//! rank, ids that count, title). With `--six` every document gets a title in each of the six
//! languages, invented where it has none.

#![expect(
    clippy::unwrap_used,
    reason = "a measurement stops at the first surprise"
)]

mod catalog;
mod filled;
mod typos;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use marquee_domain::UiLanguage;
use marquee_search::{Change, Index, Query, Wanted};

use catalog::{Catalog, Question};

/// Hits and questions of one kind.
#[derive(Default)]
struct Rate {
    hits: usize,
    questions: usize,
}

fn language(tag: &str) -> UiLanguage {
    UiLanguage::negotiate(tag)
}

fn wanted(tag: &str) -> Wanted<'static> {
    Wanted {
        language: language(tag),
        service: 1,
        kinds: &[],
    }
}

fn memory_kib(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with(name));
    line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok())
        .unwrap_or_default()
}

/// Processor time of this process, in seconds; tells work from waiting on a shared machine.
fn processor_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|f| f.parse::<f64>().ok());
    (ticks(13).unwrap_or_default() + ticks(14).unwrap_or_default()) / 100.0
}

fn build(catalog: &mut Catalog) -> (tempfile::TempDir, Index) {
    let folder = tempfile::tempdir().unwrap();
    let documents = std::mem::take(&mut catalog.documents);
    let count = documents.len();
    let changes: Vec<Change> = documents.into_iter().map(Change::Put).collect();
    let index = Index::create(&folder.path().join("index"), 1).unwrap();
    let (began, busy) = (Instant::now(), processor_seconds());
    for batch in changes.chunks(10_000) {
        index.apply(batch).unwrap();
    }
    index.commit(1).unwrap();
    let (findable, busy) = (began.elapsed(), processor_seconds() - busy);
    index.settle().unwrap();
    let settled = began.elapsed();
    let size: u64 = std::fs::read_dir(index.folder())
        .unwrap()
        .map(|entry| entry.unwrap().metadata().unwrap().len())
        .sum();
    println!(
        "build: {count} documents findable after {:.2} s ({busy:.2} s of processor time), merged after {:.2} s; {:.1} MB on disk",
        findable.as_secs_f64(),
        settled.as_secs_f64(),
        size as f64 / 1e6
    );
    drop(index);
    let began = Instant::now();
    let index = Index::open(&folder.path().join("index"), 1).unwrap();
    println!(
        "open with every checksum: {:.0} ms",
        began.elapsed().as_secs_f64() * 1e3
    );
    (folder, index)
}

fn report(name: &str, times: &mut [Duration]) {
    times.sort_unstable();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3;
    println!(
        "{name}: {} calls, p50 {:.2} ms, p99 {:.2} ms, most {:.2} ms",
        times.len(),
        at(0.5),
        at(0.99),
        at(1.0)
    );
}

fn ask(index: &Index, catalog: &Catalog, questions: &[Question], misses: &mut String) {
    let mut rates: BTreeMap<(String, String), Rate> = BTreeMap::new();
    let mut times = Vec::new();
    let mut slow: Vec<(Duration, String)> = Vec::new();
    for question in questions {
        let query = Query {
            text: &question.query,
            wanted: wanted(&question.language),
            limit: 50,
        };
        let began = Instant::now();
        let hits = index.search(&query).unwrap();
        let took = began.elapsed();
        times.push(took);
        slow.push((took, question.query.clone()));
        let right = |id: i64| question.expected.contains(&catalog.names[id as usize]);
        let rank = hits.iter().position(|hit| right(hit.key.id));
        let found = rank.is_some_and(|rank| rank < question.within);
        for language in [question.language.as_str(), "all"] {
            let rate = rates
                .entry((question.sort.clone(), language.to_owned()))
                .or_default();
            rate.questions += 1;
            rate.hits += usize::from(found);
        }
        if !found {
            let first = hits.iter().take(3).map(|hit| {
                let id = hit.key.id as usize;
                format!(
                    "{} {:?} {:?}",
                    catalog.names[id],
                    catalog.titles[id].first(),
                    hit.reason
                )
            });
            let first: Vec<String> = first.collect();
            writeln!(
                misses,
                "{}\t{}\t{:?}\t{}\tat {rank:?}\t{}",
                question.sort,
                question.language,
                question.query,
                question.title,
                first.join(" | ")
            )
            .unwrap();
        }
    }
    for ((sort, language), rate) in &rates {
        println!(
            "{sort:28} {language:8} {:4} of {:4}  {:5.1} %",
            rate.hits,
            rate.questions,
            100.0 * rate.hits as f64 / rate.questions as f64
        );
    }
    report("search", &mut times);
    slow.sort();
    for (took, query) in slow.iter().rev().take(5) {
        println!("  slow: {:.1} ms {query:?}", took.as_secs_f64() * 1e3);
    }
}

/// Every beginning of every question, as it is typed.
fn type_along(index: &Index, questions: &[Question]) {
    let (mut searches, mut completions) = (Vec::new(), Vec::new());
    for question in questions.iter().step_by(7) {
        let wanted = wanted(&question.language);
        for (at, c) in question.query.char_indices().take(24) {
            let text = &question.query[..at + c.len_utf8()];
            let began = Instant::now();
            index.auto_complete(text, &wanted, 10).unwrap();
            completions.push(began.elapsed());
            let began = Instant::now();
            let query = Query {
                text,
                wanted,
                limit: 50,
            };
            index.search(&query).unwrap();
            searches.push(began.elapsed());
        }
    }
    report("auto_complete at every key", &mut completions);
    report("search at every key", &mut searches);
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let (mut folder, mut misses_file, mut six) = (None, None, false);
    while let Some(flag) = arguments.next() {
        match flag.as_str() {
            "--catalog" => folder = arguments.next().map(PathBuf::from),
            "--misses" => misses_file = arguments.next().map(PathBuf::from),
            "--six" => six = true,
            other => panic!("unknown flag {other}"),
        }
    }
    let folder = folder.expect("--catalog DIR");
    let mut catalog = Catalog::read(&folder);
    if six {
        filled::fill(&mut catalog, &folder);
    }
    let texts: usize = catalog
        .documents
        .iter()
        .map(|document| document.texts.len())
        .sum();
    println!("read: {} titles, {texts} texts", catalog.documents.len());
    println!("memory before: {} MB", memory_kib("VmRSS") / 1024);
    let (_folder, index) = build(&mut catalog);
    println!(
        "memory with the index open: {} MB, of which anonymous {} MB; peak {} MB",
        memory_kib("VmRSS") / 1024,
        memory_kib("RssAnon") / 1024,
        memory_kib("VmHWM") / 1024
    );
    let mut misses = String::new();
    let questions = Question::read(&folder.join("search-queries.tsv"));
    ask(&index, &catalog, &questions, &mut misses);
    ask(
        &index,
        &catalog,
        &typos::questions(&catalog, 2000),
        &mut misses,
    );
    type_along(&index, &questions);
    println!(
        "memory after the questions: {} MB, of which anonymous {} MB",
        memory_kib("VmRSS") / 1024,
        memory_kib("RssAnon") / 1024
    );
    if let Some(file) = misses_file {
        std::fs::write(file, misses).unwrap();
    }
}
