//! What a title is played from: its media, and subtitles whose names tell language and purpose.

use marquee_domain::language::LanguageTag;
use marquee_domain::media::{SourceInfo, SourceRole, SourceState};
use marquee_engine::open::file_location;
use marquee_storage::sources::NewSource;

use crate::report::Report;
use crate::scan::group::Beside;
use crate::scan::names::base;
use crate::scan::walk::{File, about};

/// Media, largest first, then subtitles.
pub(super) fn sources(media: &[File], beside: &Beside, report: &mut Report) -> Vec<NewSource> {
    let mut media: Vec<&File> = media.iter().collect();
    media.sort_by(|a, b| b.size.cmp(&a.size).then_with(|| a.path.cmp(&b.path)));
    let stems: Vec<String> = media
        .iter()
        .flat_map(|file| [file.stem().to_lowercase(), base(file.stem()).to_lowercase()])
        .collect();
    let files = media
        .into_iter()
        .map(|file| (file, SourceRole::Rendition))
        .chain(
            beside
                .subtitles
                .iter()
                .map(|file| (file, SourceRole::Subtitle)),
        );
    let mut sources = Vec::new();
    for (file, role) in files {
        let Some(location) = file_location(&file.path) else {
            report.reject(about(
                &file.path,
                "the path cannot be used as an address".to_owned(),
            ));
            continue;
        };
        let info = if role == SourceRole::Subtitle {
            subtitle_info(file.stem(), &stems)
        } else {
            SourceInfo::default()
        };
        let size_bytes = i64::try_from(file.size).unwrap_or(i64::MAX);
        sources.push(NewSource {
            role,
            location,
            size_bytes,
            revision: file.revision.clone(),
            state: SourceState::Pending,
            info,
        });
    }
    sources
}

/// Language, name and purpose from a subtitle's name: `Film.ko.forced.srt`, `Film.zh-Hant.srt`, `2_English.srt`.
fn subtitle_info(stem: &str, media: &[String]) -> SourceInfo {
    let lower = stem.to_lowercase();
    let rest = media
        .iter()
        .find_map(|media| lower.strip_prefix(media.as_str()))
        .unwrap_or(&lower);
    let mut info = SourceInfo::default();
    let mut named = Vec::new();
    for word in rest
        .split(['.', '_', ' ', '(', ')', '[', ']'])
        .filter(|word| !word.is_empty())
    {
        match word {
            "forced" => info.forced = true,
            "sdh" | "cc" | "hi" => named.push(word.to_uppercase()),
            "default" | "full" => {}
            word => {
                if let (None, Some(tag)) = (&info.language, language_of(word)) {
                    info.language = LanguageTag::parse(tag);
                }
            }
        }
    }
    if info.language.is_some() && !named.is_empty() {
        info.name = Some(named.join(" "));
    }
    info
}

/// A language from a tag, an ISO 639-2 code or its own or English name.
fn language_of(word: &str) -> Option<&'static str> {
    let known: &[(&str, &[&str])] = &[
        ("ko", &["ko", "kor", "kr", "korean", "한국어", "ko-kr"]),
        ("en", &["en", "eng", "english", "en-us", "en-gb"]),
        (
            "es",
            &[
                "es", "spa", "esp", "spanish", "español", "es-es", "es-419", "es-mx", "lat",
            ],
        ),
        (
            "zh-hans",
            &[
                "zh",
                "chi",
                "zho",
                "chs",
                "sc",
                "zh-cn",
                "zh-hans",
                "zh-sg",
                "chinese",
                "simplified",
                "简体",
                "简中",
            ],
        ),
        (
            "zh-hant",
            &[
                "cht",
                "tc",
                "zh-tw",
                "zh-hk",
                "zh-hant",
                "traditional",
                "繁體",
                "繁中",
            ],
        ),
        (
            "pt",
            &["pt", "por", "pt-br", "pt-pt", "portuguese", "português"],
        ),
        ("ja", &["ja", "jpn", "jp", "japanese", "日本語"]),
        ("fr", &["fr", "fre", "fra", "french", "français"]),
        ("de", &["de", "ger", "deu", "german", "deutsch"]),
        ("it", &["it", "ita", "italian"]),
        ("ru", &["ru", "rus", "russian"]),
        ("vi", &["vi", "vie", "vietnamese"]),
        ("th", &["th", "tha", "thai"]),
        ("id", &["id", "ind", "indonesian"]),
        ("ar", &["ar", "ara", "arabic"]),
        ("nl", &["nl", "dut", "nld", "dutch"]),
        ("pl", &["pl", "pol", "polish"]),
        ("sv", &["sv", "swe", "swedish"]),
        ("tr", &["tr", "tur", "turkish"]),
    ];
    known
        .iter()
        .find(|(_, words)| words.contains(&word))
        .map(|(tag, _)| *tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subtitle_names_tell_language_and_purpose() {
        let check = |stem: &str, language: Option<&str>, forced: bool| {
            let info = subtitle_info(stem, &["film (2020)".to_owned()]);
            assert_eq!(
                (info.language.as_ref().map(LanguageTag::as_str), info.forced),
                (language, forced),
                "{stem}"
            );
        };
        check("Film (2020).ko", Some("ko"), false);
        check("Film (2020).en.forced", Some("en"), true);
        check("Film (2020).zh-Hant", Some("zh-hant"), false);
        check("Film (2020).chs", Some("zh-hans"), false);
        check("Film (2020)", None, false);
        check("2_English", Some("en"), false);
        check("Film (2020).pt-BR.sdh", Some("pt"), false);
    }
}
