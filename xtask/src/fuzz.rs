//! `cargo xtask fuzz`: libFuzzer on what takes bytes from outside.

use std::path::Path;

use anyhow::{Context, bail};

use crate::run::{check, command, root, say};
use crate::tools::find;

/// Fuzzes one target, or each of them, for this long.
pub(crate) fn fuzz(target: Option<&str>, seconds: u32) -> anyhow::Result<()> {
    if find("cargo-fuzz").is_none() {
        bail!("cargo-fuzz is missing; install it with `cargo install cargo-fuzz`");
    }
    let folder = root().join("fuzz/fuzz_targets");
    let mut targets: Vec<String> = files(&folder)?
        .iter()
        .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
        .filter(|name| target.is_none_or(|target| target == name))
        .collect();
    targets.sort();
    if targets.is_empty() {
        bail!("there is no such target");
    }
    for target in targets {
        seed(&target)?;
        say(&format!("fuzzing {target} for {seconds} s"));
        let limit = format!("-max_total_time={seconds}");
        let mut fuzz = command(
            "cargo",
            &[
                "fuzz",
                "run",
                &target,
                "--sanitizer",
                "none",
                "--",
                &limit,
                "-rss_limit_mb=2048",
                "-timeout=10",
            ],
        );
        // cargo-fuzz wants a nightly compiler; its own flag lets the stable one pass for it.
        check(fuzz.env("RUSTC_BOOTSTRAP", "1"))?;
    }
    Ok(())
}

/// Puts sound inputs into the corpus of a target: a fuzzer finds the deep places sooner from there.
fn seed(target: &str) -> anyhow::Result<()> {
    let corpus = root().join("fuzz/corpus").join(target);
    std::fs::create_dir_all(&corpus)?;
    for (number, bytes) in seeds(target)?.into_iter().enumerate() {
        std::fs::write(corpus.join(format!("seed-{number}")), bytes)?;
    }
    Ok(())
}

fn seeds(target: &str) -> anyhow::Result<Vec<Vec<u8>>> {
    let of_kind = |folder: &str, kinds: &[&str]| -> anyhow::Result<Vec<Vec<u8>>> {
        let mut found = files(&root().join(folder))?;
        found.retain(|path| {
            let kind = path.extension().and_then(|kind| kind.to_str());
            kind.is_some_and(|kind| kinds.contains(&kind))
        });
        found
            .iter()
            .map(|path| {
                std::fs::read(path).with_context(|| format!("{} cannot be read", path.display()))
            })
            .collect()
    };
    let media = "crates/packager/tests/media";
    let pictures = ["crates/artwork/tests/pictures", "demo/art"];
    match target {
        "mp4" => of_kind(media, &["mp4"]),
        "matroska" => of_kind(media, &["mkv"]),
        "image" => {
            let mut found = of_kind(pictures[0], &["jpg", "png", "webp", "gif"])?;
            found.extend(of_kind(pictures[1], &["webp"])?.into_iter().take(4));
            Ok(found)
        }
        "subtitles" => of_kind("demo/media", &["vtt", "srt"]),
        "records" => {
            let lines = std::fs::read(root().join("demo/catalog.jsonl"))?;
            Ok(lines.split(|&byte| byte == b'\n').map(<[u8]>::to_vec).collect())
        }
        "query" => Ok([
            "the harbor lan",
            "부부의 세ㄱ",
            "ㅅㅇㅈㅇ",
            "東京特許許可局",
            "关西国际机场",
            "guanxi guoji",
            "principe da pérsia",
            "ＷＡＬＬ・Ｅ",
        ]
        .map(|text| text.as_bytes().to_vec())
        .into()),
        "names" => Ok([
            "Tide (2020)/Tide (2020) - 1080p.mkv",
            "Strata/Season 01/Strata.S01E02-E03.The.Title.720p.x264.mkv",
            "Strata/2021-03-04 The Day.mp4",
            "[Group] Orbit - 012 [1080p].mkv",
            "Drift/Specials/Drift 1x02.ko.srt",
        ]
        .map(|name| name.as_bytes().to_vec())
        .into()),
        "nfo" => Ok(vec![b"<?xml version=\"1.0\" encoding=\"UTF-8\"?><movie><title>Tide</title><year>2020</year><plot>A &amp; B</plot><genre>Drama</genre><actor><name>Kim Doe</name><role>She</role></actor><premiered>2020-01-02</premiered><uniqueid type=\"imdb\">tt1</uniqueid></movie>".to_vec()]),
        _ => Ok(Vec::new()),
    }
}

fn files(folder: &Path) -> anyhow::Result<Vec<std::path::PathBuf>> {
    let entries = std::fs::read_dir(folder)
        .with_context(|| format!("{} cannot be read", folder.display()))?;
    let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    Ok(paths)
}
