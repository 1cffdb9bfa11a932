//! Generated input: the same for the same numbers.

use std::io::{BufWriter, Write};
use std::path::Path;

const WORDS: &[&str] = &[
    "harbor", "lantern", "orchard", "silver", "winter", "river", "shadow", "garden", "copper",
    "distant", "hollow", "bright", "paper", "stone", "quiet", "ember", "velvet", "northern",
    "broken", "golden", "midnight", "crystal", "secret", "ancient", "restless", "painted",
    "hidden", "wild", "lonely", "iron",
];
const KOREAN: &[&str] = &[
    "바다",
    "등불",
    "과수원",
    "겨울",
    "그림자",
    "정원",
    "구리",
    "종이",
    "돌",
    "고요",
    "밤",
    "비밀",
    "북쪽",
    "황금",
    "강",
];
const CHINESE: &[&str] = &[
    "海港", "灯火", "果园", "冬天", "影子", "花园", "铜", "纸", "石头", "寂静", "午夜", "秘密",
    "北方", "黄金", "河流",
];

fn pick<'a>(words: &'a [&str], n: usize, salt: usize) -> &'a str {
    let mixed = n
        .wrapping_mul(0x9E37_79B9)
        .wrapping_add(salt.wrapping_mul(0x85EB_CA6B))
        >> 7;
    words.get(mixed % words.len()).copied().unwrap_or("x")
}

/// What titles have in common with others, by number.
pub(crate) struct Traits {
    pub(crate) genres: [usize; 2],
    pub(crate) people: [usize; 3],
}

impl Traits {
    /// Whether two titles share a genre or a person.
    pub(crate) fn meet(&self, other: &Self) -> bool {
        let shared = |one: &[usize], two: &[usize]| one.iter().any(|n| two.contains(n));
        shared(&self.genres, &other.genres) || shared(&self.people, &other.people)
    }
}

/// The traits of title `n`.
pub(crate) fn traits(n: usize) -> Traits {
    Traits {
        genres: [n % 12, 12 + n % 11],
        people: [n % 4999, (n * 7) % 4999, (n * 13) % 4999],
    }
}

/// Series of one season and one episode, with the traits of their numbers, which their slugs end in.
pub(crate) fn series(path: &Path, numbers: std::ops::Range<usize>) -> anyhow::Result<()> {
    let mut out = BufWriter::new(std::fs::File::create(path)?);
    for n in numbers {
        let Traits { genres, people } = traits(n);
        writeln!(
            out,
            "{{\"id\":\"new:{n}\",\"kind\":\"series\",\"slug\":\"new-{n}\",\"titles\":{{\"en\":\"New {n}\"}},\
             \"categories\":[\"Genre {}\",\"Genre {}\"],\"cast\":[\"Person {}\",\"Person {}\",\"Person {}\"]}}\n\
             {{\"id\":\"new:{n}:1\",\"kind\":\"season\",\"parent\":\"new:{n}\",\"number\":1,\"titles\":{{\"en\":\"Season 1\"}}}}\n\
             {{\"id\":\"new:{n}:1:1\",\"kind\":\"episode\",\"parent\":\"new:{n}:1\",\"number\":1,\"titles\":{{\"en\":\"One\"}}}}",
            genres[0], genres[1], people[0], people[1], people[2],
        )?;
    }
    Ok(out.flush()?)
}

/// Films with six titles, one synopsis, two of 24 categories, three of 5,000 people and one poster each.
pub(crate) fn titles(path: &Path, count: usize) -> anyhow::Result<()> {
    let mut out = BufWriter::new(std::fs::File::create(path)?);
    for n in 0..count {
        let Traits { genres, people } = traits(n);
        let english = format!("{} {} {n}", pick(WORDS, n, 1), pick(WORDS, n, 2));
        let korean = format!("{} {} {n}", pick(KOREAN, n, 3), pick(KOREAN, n, 4));
        let chinese = format!("{}{}{n}", pick(CHINESE, n, 5), pick(CHINESE, n, 6));
        let synopsis = (0..40)
            .map(|w| pick(WORDS, n, 10 + w))
            .collect::<Vec<_>>()
            .join(" ");
        writeln!(
            out,
            "{{\"id\":\"gen:{n}\",\"kind\":\"movie\",\"titles\":{{\"en\":\"The {english}\",\"ko\":\"{korean}\",\"es\":\"El {english}\",\"pt\":\"O {english}\",\
             \"zh-hans\":\"{chinese}\",\"zh-hant\":\"{chinese}傳\"}},\"synopses\":{{\"en\":\"{synopsis}.\"}},\"categories\":[\"Genre {}\",\"Genre {}\"],\
             \"cast\":[\"Person {}\",\"Person {}\",\"Person {}\"],\"images\":[{{\"url\":\"https://img.example/{n}.jpg\",\"orientation\":\"portrait\",\"language\":\"en\"}}],\
             \"year\":{},\"runtime_min\":{}}}",
            genres[0],
            genres[1],
            people[0],
            people[1],
            people[2],
            1960 + n % 60,
            70 + n % 80,
        )?;
    }
    Ok(out.flush()?)
}

/// So many titles of such a file, spread over it and over the languages, the last one included.
pub(crate) fn some_titles(path: &Path, count: usize) -> anyhow::Result<Vec<(String, String)>> {
    let text = std::fs::read_to_string(path)?;
    let lines: Vec<&str> = text.lines().collect();
    let languages = ["ko", "es", "zh-hans", "en", "pt", "zh-hant"];
    let step = (lines.len() / count.max(1)).max(1);
    lines
        .iter()
        .rev()
        .step_by(step)
        .take(count)
        .enumerate()
        .map(|(n, line)| {
            let record: serde_json::Value = serde_json::from_str(line)?;
            let language = languages.get(n % languages.len()).copied().unwrap_or("en");
            let title = record["titles"][language].as_str().unwrap_or_default();
            Ok((language.to_owned(), title.to_owned()))
        })
        .rev()
        .collect()
}
