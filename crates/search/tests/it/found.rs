//! A small invented catalog in six languages, and what each question must find in it.

use marquee_domain::UiLanguage::{self, En, Es, Ko, Pt, ZhHans, ZhHant};
use marquee_search::{Document, Index, Kind, Query, Reason, Wanted};

use crate::{hits, ids, index_of, titled, wanted};

fn catalog() -> (tempfile::TempDir, Index) {
    let mut documents = vec![
        titled(
            1,
            &[
                ("en", "Harbor Lights"),
                ("ko", "항구의 불빛"),
                ("es", "Luces del puerto"),
                ("zh-hans", "港湾灯光"),
                ("zh-hant", "港灣燈光"),
                ("pt", "Luzes do porto"),
            ],
        ),
        titled(2, &[("en", "Harbor"), ("es", "El corazón del año")]),
        titled(
            3,
            &[("ko", "무적의 낙하산 요원"), ("en", "Invincible Agent")],
        ),
        titled(4, &[("ja", "東京特許許可局")]),
        titled(5, &[("ja", "有料配信")]),
        titled(6, &[("ja", "関西国際空港")]),
        titled(7, &[("zh-hans", "关西国际机场")]),
        titled(
            8,
            &[("en", "Spider-Man: The Long Way"), ("pt", "A Ressurreição")],
        ),
        titled(9, &[("zh-hant", "關於我轉生變成史萊姆這檔事")]),
        titled(10, &[("en", "The Winter Kitchen")]),
        titled(11, &[("en", "???"), ("ja", "ガンダムの朝")]),
        titled(12, &[("ko", "오로라 공주")]),
    ];
    documents[9].people = vec!["Ana Beatriz Díaz".to_owned(), "이서진".to_owned()];
    documents[9].categories = vec!["Cookery".to_owned(), "요리".to_owned()];
    index_of(documents)
}

#[test]
fn every_way_of_asking_finds_its_title_first() {
    let (_folder, index) = catalog();
    let check = |text: &str, language: UiLanguage, id: i64, reason: Reason| {
        let first = hits(&index, text, language).first().copied();
        let first = first.map(|hit| (hit.key.id, hit.reason));
        assert_eq!(first, Some((id, reason)), "{text}");
    };
    // As it is, whatever accents, case, width, composition, spaces.
    check("Harbor Lights", En, 1, Reason::Exact);
    check("ＨＡＲＢＯＲ　lights!", En, 1, Reason::Exact);
    check("el corazon del ano", Es, 2, Reason::Exact);
    check("a ressurreicao", Pt, 8, Reason::Exact);
    check("무적의낙하산요원", Ko, 3, Reason::Exact);
    check("\u{1112}\u{1161}\u{11bc}구의 불빛", Ko, 1, Reason::Exact);
    check("???", En, 11, Reason::Exact);
    // As it is typed.
    check("harbor l", En, 1, Reason::Prefix);
    check("winter kit", En, 10, Reason::Words);
    check("kitchen winter", En, 10, Reason::Words);
    check("spidermanth", En, 8, Reason::Prefix);
    check("spiderman lon", En, 8, Reason::Words);
    check("long spiderman", En, 8, Reason::Words);
    check("무적의 낙하산 요워", Ko, 3, Reason::Prefix);
    check("무적의 나", Ko, 3, Reason::Prefix);
    check("ㅁㅈㅇㄴㅎㅅㅇㅇ", Ko, 3, Reason::Initials);
    check("ㄴㅎㅅ", Ko, 3, Reason::Initials);
    check("ㅇㄹㄹㄱㅈ", Ko, 12, Reason::Initials);
    // With typos.
    check("hrabor lights", En, 1, Reason::Typo);
    check("harbr lihgts", En, 1, Reason::Typo);
    check("winter kitchne", En, 10, Reason::Typo);
    check("로오라 공주", Ko, 12, Reason::Typo);
    check("關於我轉生成變史萊姆這檔事", ZhHant, 9, Reason::Typo);
    // Forms of Han characters, inside, pinyin.
    check("港灣燈光", ZhHans, 1, Reason::Exact);
    check("关于我转生", ZhHans, 9, Reason::Prefix);
    check("史莱姆", ZhHans, 9, Reason::Infix);
    check("낙하산", Ko, 3, Reason::Words);
    check("하산", Ko, 3, Reason::Infix);
    check("gangwandengguang", ZhHans, 1, Reason::Pinyin);
    check("gwdg", ZhHans, 1, Reason::Pinyin);
    check("がんだむ", En, 11, Reason::Prefix);
    // Names and labels.
    check("diaz kitchen", En, 10, Reason::Person);
    check("이서진", Ko, 10, Reason::Person);
    check("요리", Ko, 10, Reason::About);
    check("cookery winter", En, 10, Reason::About);
}

#[test]
fn han_texts_that_other_engines_cut_differently_are_found_by_every_part() {
    let (_folder, index) = catalog();
    for (id, title) in [
        (4, "東京特許許可局"),
        (5, "有料配信"),
        (6, "関西国際空港"),
        (7, "关西国际机场"),
    ] {
        let letters: Vec<char> = title.chars().collect();
        for language in UiLanguage::ALL {
            assert_eq!(ids(&index, title, language)[0], id, "{title}");
            for length in 2..letters.len() {
                for part in letters.windows(length) {
                    let part: String = part.iter().collect();
                    assert!(
                        ids(&index, &part, language).contains(&id),
                        "{part} of {title}"
                    );
                }
            }
        }
    }
    // Traditional, simplified and Japanese forms of the shared words.
    for part in ["關西國際", "关西国际", "関西国際"] {
        let mut found = ids(&index, part, ZhHans);
        found.sort_unstable();
        assert_eq!(found, [6, 7], "{part}");
    }
    // The other airport shares most of the words, and comes behind the one that is meant.
    assert_eq!(ids(&index, "機場 关西", ZhHans)[0], 7);
    assert_eq!(ids(&index, "机场国际关西", ZhHans)[0], 7);
}

#[test]
fn rank_is_exact_prefix_language_popularity_newness() {
    let mut documents = vec![
        titled(1, &[("en", "Monsoon Tale")]),
        titled(2, &[("es", "Monsoon")]),
        titled(3, &[("en", "Monsoon Express"), ("es", "Otra cosa")]),
        titled(4, &[("es", "Monsoon Final")]),
        titled(5, &[("en", "After the Monsoon")]),
        titled(6, &[("en", "Monsoon Harbor")]),
    ];
    documents[0].published_at = 2000;
    documents[2].popularity = 5.0;
    documents[3].popularity = 9.0;
    documents[4].popularity = 99.0;
    documents[5].published_at = 1_000_000;
    let (_folder, index) = index_of(documents);
    assert_eq!(ids(&index, "monsoon", En), [2, 3, 6, 1, 4, 5]);
    assert_eq!(ids(&index, "monsoon", Es), [2, 4, 3, 6, 1, 5]);
}

#[test]
fn an_exact_title_with_its_accents_comes_first() {
    let mut documents = vec![titled(1, &[("es", "Ano")]), titled(2, &[("es", "Año")])];
    documents[0].popularity = 9.0;
    let (_folder, index) = index_of(documents);
    assert_eq!(ids(&index, "año", Es), [2, 1]);
    assert_eq!(ids(&index, "ano", Es), [1, 2]);
}

#[test]
fn a_query_sees_one_service_and_its_kinds() {
    let mut channel = titled(1, &[("en", "Delta News")]);
    channel.key.kind = Kind::Channel;
    let mut foreign = titled(2, &[("en", "Delta News")]);
    foreign.service = 2;
    let (_folder, index) = index_of(vec![channel, foreign, titled(1, &[("en", "Delta")])]);
    let ask = |kinds: &[Kind]| {
        let wanted = Wanted {
            kinds,
            ..wanted(En)
        };
        let query = Query {
            text: "delta",
            wanted,
            limit: 9,
        };
        let hits = index.search(&query).unwrap();
        hits.iter().map(|hit| hit.key.kind).collect::<Vec<_>>()
    };
    assert_eq!(ask(&[]), [Kind::Series, Kind::Channel]);
    assert_eq!(ask(&[Kind::Channel]), [Kind::Channel]);
    assert_eq!(ask(&[Kind::Content]), []);
}

#[test]
fn a_smaller_limit_is_the_beginning_of_a_larger_one() {
    let documents: Vec<Document> = (0..600)
        .map(|id| titled(id, &[("en", &format!("Tide {id}"))]))
        .collect();
    let (_folder, index) = index_of(documents);
    let ask = |limit| {
        let query = Query {
            text: "tide",
            wanted: wanted(En),
            limit,
        };
        index.search(&query).unwrap()
    };
    let all = ask(5000);
    assert_eq!(all.len(), 600);
    assert_eq!(ask(250), all[..250]);
}

#[test]
fn the_beginning_of_a_name_is_enough_from_three_letters_on() {
    let (_folder, index) = catalog();
    for text in ["bea", "beat", "beatr", "beatri", "coo", "cook", "cooke"] {
        assert_eq!(ids(&index, text, En), [10], "{text}");
    }
    assert_eq!(ids(&index, "be", En), [0; 0]);
}

#[test]
fn one_look_gives_what_two_questions_give() {
    // More titles than are kept begin alike, so that what is inside of others is not looked for.
    let mut documents: Vec<Document> = (0..1100)
        .map(|id| titled(id, &[("en", &format!("Tide {id}"))]))
        .collect();
    let mut inside = titled(5000, &[("en", "High Tide")]);
    inside.popularity = 1e9;
    documents.push(inside);
    let (_folder, index) = index_of(documents);
    for text in ["t", "tide", "tide 1", "high t", "tied 77", "ihgh", "-", ""] {
        let query = Query {
            text,
            wanted: wanted(En),
            limit: 1000,
        };
        let (hits, completions) = index.look(&query, 40).unwrap();
        assert_eq!(hits, index.search(&query).unwrap(), "{text}");
        let alone = index.auto_complete(text, &query.wanted, 40).unwrap();
        assert_eq!(completions, alone, "{text}");
    }
    let all = |text| ids(&index, text, En);
    assert!(!all("tide").contains(&5000) && all("high t").contains(&5000));
}

#[test]
fn completions_are_titles_that_go_on() {
    let (_folder, index) = catalog();
    let complete = |text: &str, language| -> Vec<String> {
        let completions = index.auto_complete(text, &wanted(language), 10).unwrap();
        completions
            .into_iter()
            .map(|completion| completion.text)
            .collect()
    };
    assert_eq!(complete("harb", En), ["Harbor", "Harbor Lights"]);
    assert_eq!(complete("항구", Ko), ["항구의 불빛"]);
    assert_eq!(complete("港灣", ZhHant), ["港灣燈光"]);
    assert_eq!(complete("港灣", ZhHans), ["港湾灯光"]);
    assert_eq!(complete("ㅇㄹㄹ", Ko), ["오로라 공주"]);
    assert_eq!(complete("gwdg", ZhHans), ["港湾灯光"]);
    assert_eq!(complete("luces dle", Es), ["Luces del puerto"]);
    assert_eq!(complete("kitchen", En), [""; 0]);
    assert_eq!(complete(" ", En), [""; 0]);
}
