//! Catalog files as documents, and questions with their answers.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use marquee_domain::LanguageTag;
use marquee_search::{DocKey, Document, Kind};
use serde::Deserialize;
use serde::de::DeserializeOwned;

#[derive(Deserialize)]
struct Record {
    id: String,
    kind: Option<String>,
    #[serde(default)]
    titles: BTreeMap<String, String>,
    #[serde(default)]
    aliases: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    cast: Vec<String>,
    #[serde(default)]
    directors: Vec<String>,
    #[serde(default)]
    genres: Vec<String>,
    #[serde(default)]
    tags: Vec<String>,
    year: Option<i64>,
    rating: Option<Rating>,
}

/// A person or category, named by id in records.
#[derive(Deserialize)]
struct Label {
    id: String,
    #[serde(default)]
    names: BTreeMap<String, String>,
    #[serde(default)]
    aliases: Vec<String>,
}

#[derive(Deserialize)]
struct Rating {
    votes: Option<f64>,
}

/// A catalog ready to index.
pub(crate) struct Catalog {
    pub(crate) documents: Vec<Document>,
    /// The id in the files, by document id.
    pub(crate) names: Vec<String>,
    /// Titles with languages, by document id.
    pub(crate) titles: Vec<Vec<(String, String)>>,
}

fn lines<T: DeserializeOwned>(path: &Path) -> impl Iterator<Item = T> {
    let file = BufReader::new(zstd::Decoder::new(File::open(path).unwrap()).unwrap());
    file.split(b'\n')
        .map(|line| serde_json::from_slice(&line.unwrap()).unwrap())
}

fn files(folder: &Path, prefix: &str) -> Vec<std::path::PathBuf> {
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            name.starts_with(prefix) && name.ends_with(".jsonl.zst")
        })
        .collect();
    files.sort();
    files
}

impl Catalog {
    pub(crate) fn read(folder: &Path) -> Self {
        let mut labels: HashMap<String, Vec<String>> = HashMap::new();
        for path in files(folder, "people-")
            .into_iter()
            .chain(files(folder, "categories-"))
        {
            for label in lines::<Label>(&path) {
                let mut names: Vec<String> = label.names.into_values().collect();
                names.extend(label.aliases);
                labels.insert(label.id, names);
            }
        }
        let named = |ids: Vec<String>| -> Vec<String> {
            ids.into_iter()
                .flat_map(|id| labels.get(&id).cloned().unwrap_or_else(|| vec![id]))
                .collect()
        };
        let mut catalog = Self {
            documents: vec![],
            names: vec![],
            titles: vec![],
        };
        let titles = files(folder, "titles-");
        for record in titles.iter().flat_map(|path| lines::<Record>(path)) {
            let kind = match record.kind.as_deref() {
                Some("season" | "episode") => continue,
                Some("series" | "collection") => Kind::Series,
                _ => Kind::Content,
            };
            let mut texts: Vec<(String, String)> = record.titles.into_iter().collect();
            catalog.titles.push(texts.clone());
            for (language, titles) in record.aliases {
                texts.extend(titles.into_iter().map(|title| (language.clone(), title)));
            }
            let id = catalog.names.len() as i64;
            catalog.names.push(record.id);
            catalog.documents.push(Document {
                key: DocKey { kind, id },
                service: 1,
                texts: texts
                    .into_iter()
                    .map(|(language, title)| {
                        // The files have keys that are no language tags.
                        let unknown = || LanguageTag::parse("und").unwrap();
                        let tag = LanguageTag::parse(&language).unwrap_or_else(unknown);
                        (tag, title)
                    })
                    .collect(),
                people: named(record.cast.into_iter().chain(record.directors).collect()),
                categories: named(record.genres),
                tags: named(record.tags),
                popularity: record
                    .rating
                    .and_then(|rating| rating.votes)
                    .unwrap_or_default(),
                published_at: record.year.map_or(0, |year| (year - 1970) * 31_556_952_000),
            });
        }
        catalog
    }
}

/// A question with its answers.
pub(crate) struct Question {
    pub(crate) query: String,
    pub(crate) language: String,
    pub(crate) sort: String,
    /// Ranks that count as found, from the first.
    pub(crate) within: usize,
    pub(crate) expected: Vec<String>,
    pub(crate) title: String,
}

impl Question {
    pub(crate) fn read(path: &Path) -> Vec<Self> {
        let text = std::fs::read_to_string(path).unwrap();
        let rows = text.split('\n').skip(1).filter(|row| !row.is_empty());
        rows.map(|row| {
            let cells: Vec<&str> = row.split('\t').collect();
            let [query, language, sort, within, expected, title] = cells[..] else {
                panic!("{row}");
            };
            Self {
                query: query.to_owned(),
                language: language.to_owned(),
                sort: sort.to_owned(),
                within: within.trim_start_matches("top").parse().unwrap(),
                expected: expected.split(' ').map(str::to_owned).collect(),
                title: title.to_owned(),
            }
        })
        .collect()
    }
}
