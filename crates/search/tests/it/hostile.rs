//! Questions that nobody means well.

use std::time::{Duration, Instant};

use marquee_search::exercise::Exercise;

/// A question may take this long in an unoptimised build on a busy machine; an answer whose cost
/// grows with the question does not stay below it.
const BOUND: Duration = Duration::from_secs(3);

#[test]
fn long_and_odd_questions_are_answered_in_bounded_time() {
    let exercise = Exercise::new();
    let odd = [
        "a".repeat(10_000),
        "a ".repeat(5_000),
        "가".repeat(10_000),
        "ㅅ".repeat(10_000),
        "关西国际机场".repeat(2_000),
        "ﷺ".repeat(10_000),
        "e\u{301}".repeat(5_000),
        "\u{301}".repeat(10_000),
        "👩‍👩‍👧‍👦".repeat(1_000),
        "🎬".to_owned(),
        "\u{202e}مليونير\u{202c} متشرد".to_owned(),
        "\u{200f}".repeat(10_000),
        "\0".repeat(10_000),
        "har\0bor".to_owned(),
        " \t\n\u{3000}".to_owned(),
        "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~".to_owned(),
        "^".to_owned(),
        "\u{10ffff}".repeat(300),
        "\u{1160}\u{11a8}\u{115f}".repeat(300),
    ];
    for text in &odd {
        let began = Instant::now();
        exercise.query(text.as_bytes());
        let took = began.elapsed();
        let start: String = text.chars().take(8).collect();
        assert!(took < BOUND, "{took:?} for {start:?}...");
    }
    // A surrogate by itself is no UTF-8: whoever decodes it hands over replacement characters.
    exercise.query(b"\xed\xa0\x80\xed\xb0\x80");
}

#[test]
fn arbitrary_bytes_are_answered() {
    let exercise = Exercise::new();
    let seeds: [&str; 6] = [
        "달빛 아래",
        "Harbor S.W.A.T.",
        "关西國際",
        "ガンダム",
        "ㄱㅏㄳ",
        "año \u{202e}",
    ];
    let mut state = 0x6675_7a7a_u64;
    let mut next = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    for round in 0..1500 {
        let mut bytes = seeds[round % seeds.len()].as_bytes().to_vec();
        for _ in 0..next() % 8 {
            let at = next() as usize % (bytes.len() + 1);
            match next() % 3 {
                0 => bytes.insert(at, next() as u8),
                1 if at < bytes.len() => bytes[at] ^= next() as u8,
                _ => bytes.truncate(at.max(1)),
            }
        }
        exercise.query(&bytes);
        // Whole characters reach more of the folding than broken bytes do.
        let code = (next() % 0x11_0000) as u32;
        let c = char::from_u32(code).unwrap_or('?');
        exercise.query(format!("{c}{c} {c}a").as_bytes());
    }
}
