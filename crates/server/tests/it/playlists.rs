//! Every playlist that players are sent, held against the strict parser of PyPI's `m3u8`.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::binary::{Server, demo, folder, marquee, run, said};

/// Reads name and text of playlists, writes per name what was found in it or why it was refused.
const PARSER: &str = r#"
import json, sys, m3u8
verdicts = {}
for name, text in json.load(sys.stdin).items():
    try:
        read = m3u8.M3U8(text, strict=True)
        verdicts[name] = {
            "variants": len(read.playlists),
            "keys": len(read.iframe_playlists),
            "media": [media.type for media in read.media],
            "segments": len(read.segments),
            "keys_only": bool(read.is_i_frames_only),
            "ended": bool(read.is_endlist),
        }
    except Exception as error:
        verdicts[name] = {"refused": repr(error)}
json.dump(verdicts, sys.stdout)
"#;

fn parse(python: &str, playlists: &BTreeMap<String, String>) -> BTreeMap<String, Value> {
    let mut child = Command::new(python)
        .args(["-c", PARSER])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let all = serde_json::to_vec(playlists).unwrap();
    child.stdin.take().unwrap().write_all(&all).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Addresses of the multivariant playlists of everything that plays, as paths.
fn films(server: &Server) -> Vec<String> {
    let service = [("service-name", "amasian")];
    let path = |address: &Value| {
        let path = address.as_str()?.strip_prefix(&server.url);
        Some(path.expect("an address of this server").to_owned())
    };
    let (mut films, mut page) = (
        Vec::new(),
        Some("/odx/api/v4/content/?page_size=50".to_owned()),
    );
    while let Some(address) = page {
        let list = server.call("GET", &address, &service, b"").json();
        for item in list["result"]["results"].as_array().unwrap() {
            let id = &item["data"]["info"]["content_id"];
            let playback = format!("/odx/api/v4/playback/{id}/");
            let playback = server.call("GET", &playback, &service, b"");
            assert_eq!(playback.status, 200, "{id}: {}", playback.text());
            films.extend(path(&playback.json()["result"]["manifests"][0]["url"]));
        }
        page = path(&list["result"]["next"]);
    }
    films
}

/// The playlists that a playlist names, in lines of their own or as an attribute.
fn named(text: &str) -> BTreeSet<&str> {
    text.lines()
        .filter_map(|line| match line.split_once("URI=\"") {
            Some((_, rest)) => rest.split('"').next(),
            None => (!line.starts_with('#')).then_some(line),
        })
        .filter(|address| address.ends_with(".m3u8"))
        .collect()
}

/// A film of the demo folder, and the samples of other codecs and containers.
fn other_media(folder: &Path) {
    std::fs::create_dir(folder).unwrap();
    let samples = demo("../crates/packager/tests/media");
    for (number, entry) in std::fs::read_dir(samples).unwrap().enumerate() {
        let path = entry.unwrap().path();
        let kind = path.extension().unwrap().to_str().unwrap();
        if kind != "md" {
            std::fs::copy(&path, folder.join(format!("Sample {number} (2020).{kind}"))).unwrap();
        }
    }
}

#[test]
fn every_playlist_passes_a_strict_parser() {
    let dir = folder();
    let Some(python) = crate::python::with(dir.path(), "m3u8", "m3u8") else {
        return;
    };
    let server = Server::running("demo", marquee(dir.path()));
    let media = dir.path().join("media");
    other_media(&media);
    let (code, out, err) = said(&run(dir.path(), &["add", media.to_str().unwrap()]));
    assert_eq!(code, Some(0), "{out}{err}");
    // The server sees what another process wrote within a second.
    let mut films = Vec::new();
    crate::binary::until("all films", crate::binary::PATIENCE, || {
        films = self::films(&server);
        films.len() >= 58 + 8
    });

    let mut playlists = BTreeMap::new();
    for film in &films {
        let text = server.get(film).text();
        let folder = film.strip_suffix("master.m3u8").unwrap();
        for name in named(&text) {
            let answer = server.get(&format!("{folder}{name}"));
            assert_eq!(answer.status, 200, "{name}");
            playlists.insert(format!("{folder}{name}"), answer.text());
        }
        playlists.insert(film.clone(), text);
    }
    let verdicts = parse(&python, &playlists);
    assert_eq!(verdicts.len(), playlists.len());
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for (name, verdict) in &verdicts {
        let text = &playlists[name];
        assert_eq!(verdict["refused"], Value::Null, "{name}: {verdict}\n{text}");
        let several = verdict["segments"].as_u64() > Some(0) && verdict["ended"] == true;
        let (kind, whole) = match name.rsplit('/').next() {
            Some("master.m3u8") => ("multivariant", verdict["variants"].as_u64() > Some(0)),
            Some("iframes.m3u8") => ("I-frame", several && verdict["keys_only"] == true),
            _ => ("media", several && verdict["keys_only"] == false),
        };
        assert!(whole, "{name}: {verdict}\n{text}");
        *seen.entry(kind.to_owned()).or_default() += 1;
        for media in verdict["media"].as_array().unwrap() {
            *seen.entry(media.as_str().unwrap().to_owned()).or_default() += 1;
        }
        if verdict["keys"].as_u64() > Some(0) {
            *seen.entry("with I-frames".to_owned()).or_default() += 1;
        }
    }
    for kind in [
        "multivariant",
        "media",
        "I-frame",
        "AUDIO",
        "SUBTITLES",
        "with I-frames",
    ] {
        assert!(seen.get(kind) > Some(&10), "{seen:?}");
    }
    eprintln!("{} films: {seen:?}", films.len());

    // The parser does refuse what is wrong.
    let sound = playlists
        .iter()
        .find(|(name, _)| name.ends_with("/iframes.m3u8"))
        .unwrap()
        .1;
    let broken = BTreeMap::from([
        ("sound", sound.clone()),
        (
            "a duration without its comma",
            sound.replacen(",\n", "\n", 1),
        ),
        (
            "a version that is too old",
            sound.replace("VERSION:7", "VERSION:3"),
        ),
        ("a line from nowhere", format!("{sound}nowhere.m4s\n")),
        (
            "a tag that does not exist",
            format!("{sound}#EXT-X-INVENTED\n"),
        ),
    ]);
    let broken = broken
        .into_iter()
        .map(|(name, text)| (name.to_owned(), text));
    for (name, verdict) in parse(&python, &broken.collect()) {
        assert_eq!(
            verdict["refused"] == json!(null),
            name == "sound",
            "{name}: {verdict}"
        );
    }
}
