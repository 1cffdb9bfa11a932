//! Every letter in every language.

use marquee_domain::letter::{FactorChange, PagePath, Whereabouts};
use marquee_domain::{Letter, MailId, PublicUrl, UiLanguage};

use crate::page::Page;
use crate::{Files, Platform, Unwritable, Writer, layout};

const AT: i64 = 1_795_292_132_000;

fn platform() -> Platform {
    Platform {
        name: "Kino & Co".to_owned(),
        public_url: PublicUrl::new("https://tv.example"),
    }
}

fn path(text: &str) -> PagePath {
    PagePath::parse(text).unwrap()
}

/// Every letter, with what has to be read in it.
fn letters() -> Vec<(Letter, Vec<&'static str>)> {
    let from = || Whereabouts {
        device: "거실 <TV>".to_owned(),
        app: "Firefox".to_owned(),
        place: "203.0.113.0/24".to_owned(),
    };
    let at = AT;
    let reset = || path("/reset?a=1&b=2");
    let (time, reset_link) = ("2026-11-21 20:15 UTC", "https://tv.example/reset?a=1&b=2");
    vec![
        (
            Letter::SignUpCode {
                code: "493817".to_owned(),
                minutes: 10,
            },
            vec!["493817", "10"],
        ),
        (
            Letter::SignUpKnown {
                sign_in: path("/sign-in"),
                reset: reset(),
            },
            vec!["https://tv.example/sign-in", reset_link],
        ),
        (
            Letter::PasswordReset {
                page: path("/reset#token=abc"),
                minutes: 15,
            },
            vec!["https://tv.example/reset#token=abc", "15"],
        ),
        (
            Letter::AddressChangeCode {
                code: "118822".to_owned(),
                account: String::new(),
                minutes: 12,
            },
            vec!["118822", "12"],
        ),
        (
            Letter::PasswordChanged { at, reset: reset() },
            vec![time, reset_link],
        ),
        (
            Letter::AddressChanged {
                address: "o'new@example.org".to_owned(),
                at,
            },
            vec!["o'new@example.org", time],
        ),
        (
            Letter::NewDevice {
                from: from(),
                at,
                revoke: path("/devices/revoke#t=xyz"),
            },
            vec![
                "거실 <TV>",
                "Firefox",
                "203.0.113.0/24",
                time,
                "https://tv.example/devices/revoke#t=xyz",
            ],
        ),
        (
            Letter::SessionRevoked {
                from: from(),
                at,
                reset: reset(),
            },
            vec!["거실 <TV>", "Firefox", "203.0.113.0/24", time, reset_link],
        ),
        (
            Letter::AccountsMerged {
                address: "other@example.org".to_owned(),
                at,
                undo: path("/merge/undo#t=u"),
                days: 30,
            },
            vec![
                "other@example.org",
                time,
                "30",
                "https://tv.example/merge/undo#t=u",
            ],
        ),
        (Letter::AccountDeleted { at }, vec![time]),
        (
            Letter::SecondFactor {
                change: FactorChange::Removed,
                at,
                reset: reset(),
            },
            vec![time, reset_link],
        ),
        (
            Letter::SecondFactor {
                change: FactorChange::RecoveryCodeUsed { left: 7 },
                at,
                reset: reset(),
            },
            vec!["7", time, reset_link],
        ),
        (Letter::Test { at }, vec![time]),
    ]
}

fn unescape(html: &str) -> String {
    html.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&amp;", "&")
}

#[test]
fn every_letter_says_everything_in_every_language() {
    for (letter, values) in letters() {
        let mut subjects = std::collections::BTreeSet::new();
        for language in UiLanguage::ALL {
            let page = Page::of(&letter, language, &platform());
            let (text, html) = (layout::text(&page), layout::html(&page));
            let what = format!("{} in {}", letter.name(), language.code());
            for value in values.iter().chain(&["Kino & Co"]) {
                assert!(text.contains(value), "{what}: {value} in\n{text}");
                assert!(
                    unescape(&html).contains(value),
                    "{what}: {value} in\n{html}"
                );
            }
            let words = html.split_once("</style>").unwrap().1;
            for (part, left) in [
                ("text", &text[..]),
                ("html", words),
                ("subject", &page.subject),
            ] {
                assert!(
                    !left.contains(['{', '}']),
                    "{what}: {part} is not filled: {left}"
                );
            }
            assert!(html.contains(&format!("<html lang=\"{}\">", language.code())));
            assert!(
                !html.contains("<TV>") && !html.contains("Kino & Co"),
                "{what} is escaped"
            );
            for fetched in ["<img", "src=", "url(", "<link", "@import", "<script"] {
                assert!(!html.contains(fetched), "{what} fetches nothing");
            }
            assert!((1..=78).contains(&page.subject.chars().count()), "{what}");
            subjects.insert(page.subject);
        }
        assert_eq!(subjects.len(), 6, "{} is translated", letter.name());
    }
}

#[test]
fn letters_look_like_this() {
    let (letter, _) = letters().swap_remove(6);
    let page = Page::of(&letter, UiLanguage::En, &platform());
    assert_eq!(page.subject, "A new device signed in");
    assert_eq!(
        layout::text(&page),
        "A device that was not known signed in to your account at Kino & Co.\n\n\
         Device: 거실 <TV>\nApp: Firefox\nPlace: 203.0.113.0/24\nTime: 2026-11-21 20:15 UTC\n\n\
         If it was not you, sign it out and set a new password.\n\n\
         Sign this device out:\nhttps://tv.example/devices/revoke#t=xyz\n\n\
         If it was you, there is nothing to do.\n\n\
         -- \nSent by Kino & Co, https://tv.example\n"
    );
    let (letter, _) = letters().swap_remove(0);
    let page = Page::of(&letter, UiLanguage::Ko, &platform());
    assert_eq!(page.subject, "Kino & Co 인증 코드");
    assert_eq!(
        layout::text(&page),
        "아래 코드를 입력하면 가입이 완료됩니다. 코드는 10분 동안 유효합니다.\n\n    493817\n\n\
         가입을 신청하지 않으셨다면 이 메일을 무시하셔도 됩니다. 코드를 다른 사람에게 알려 주지 마세요.\n\n\
         -- \nKino & Co에서 보냄, https://tv.example\n"
    );
    let html = layout::html(&page);
    assert!(html.contains("letter-spacing:6px\">493817</p>"), "{html}");
}

#[tokio::test]
async fn a_folder_keeps_what_it_is_given_for_its_owner() {
    let dir = tempfile::tempdir().unwrap();
    let files = Files::new(dir.path().join("outbox"));
    assert_eq!(files.newest(5).await.unwrap(), []);
    let writer = Writer::new(platform(), "post@tv.example").unwrap();
    for (n, language) in [(1, UiLanguage::En), (2, UiLanguage::ZhHant)] {
        let (letter, _) = letters().swap_remove(2);
        let at = AT + n * 1000;
        let written = writer.write(MailId(n), "ann@example.org", language, &letter, at);
        let written = written.unwrap();
        for _ in 0..2 {
            crate::Courier::send(&files, &written).await.unwrap();
        }
    }
    let kept = files.newest(5).await.unwrap();
    assert_eq!(kept.len(), 2);
    assert_eq!(kept[0].subject, "為 Kino & Co 設定新密碼");
    assert_eq!(
        (kept[0].to.as_str(), kept[0].at),
        ("ann@example.org", AT + 2000)
    );
    assert!(kept[0].text.contains("https://tv.example/reset#token=abc"));
    assert_eq!(files.newest(1).await.unwrap(), kept[..1]);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode(files.folder()) & 0o777, 0o700);
        assert_eq!(mode(&files.folder().join(&kept[0].file)) & 0o777, 0o600);
    }
    assert_eq!(files.purge(AT + 1001, 0).await.unwrap(), 1);
    assert_eq!(files.newest(5).await.unwrap(), kept[..1]);
    assert_eq!(files.purge(AT + 5000, 2999).await.unwrap(), 1);
    assert_eq!(files.newest(5).await.unwrap(), []);
}

#[test]
fn headers_cannot_be_smuggled_in() {
    let named = |name: &str| Platform {
        name: name.to_owned(),
        ..platform()
    };
    let letter = Letter::SignUpCode {
        code: "1\r\nBcc: b@example.org".to_owned(),
        minutes: 1,
    };
    let writer = Writer::new(named("X\r\nBcc: a@example.org"), "post@tv.example").unwrap();
    let write = |to: &str| writer.write(MailId(1), to, UiLanguage::En, &letter, AT);
    let message = write("ann@example.org").unwrap().message.formatted();
    let message = String::from_utf8(message).unwrap();
    let headers = message.split_once("\r\n\r\n").unwrap().0;
    assert!(!headers.contains("\r\nBcc"), "{headers}");
    assert!(!message.contains("\r\nBcc"), "{message}");
    assert!(headers.contains("Auto-Submitted: auto-generated"));
    assert!(headers.contains(&format!("Message-ID: <{AT}.1@tv.example>")));
    for bad in [
        "",
        "ann",
        "ann@",
        "@example.org",
        "ann@example.org\r\nBcc: b@example.org",
        "ann@example.org, bob@example.org",
        "ann@exa mple.org",
    ] {
        assert!(matches!(write(bad), Err(Unwritable::Recipient)), "{bad:?}");
    }
    for (to, written) in [
        (" ann@Пример.example ", "To: ann@xn--e1afmkfd.example\r\n"),
        ("ann+tv@example.org", "To: ann+tv@example.org\r\n"),
    ] {
        let message = String::from_utf8(write(to).unwrap().message.formatted()).unwrap();
        assert!(message.contains(written), "{message}");
    }
    assert!(Writer::new(platform(), "nobody").is_err());
    assert!(Writer::new(platform(), "Kino <post@tv.example>").is_ok());
}

proptest::proptest! {
    /// Whatever strangers call themselves: no element, no line and no link comes of it.
    #[test]
    fn what_strangers_choose_stays_text(said in "\\PC{0,40}[\r\n<>&\"'{}./:\u{202E}]{0,20}\\PC{0,40}") {
        let letter = |device: String, address: String| [
            Letter::NewDevice {
                from: Whereabouts { device, ..Whereabouts::default() },
                at: AT,
                revoke: path("/revoke"),
            },
            Letter::AddressChanged { address, at: AT },
        ];
        let odd = letter(format!("x{said}"), format!("x{said}"));
        let plain = letter("x".to_owned(), "x".to_owned());
        let writer = Writer::new(platform(), "post@tv.example").unwrap();
        for (odd, plain) in odd.iter().zip(&plain) {
            let page = |letter| Page::of(letter, UiLanguage::En, &platform());
            let count = |text: &str, what: char| text.chars().filter(|c| *c == what).count();
            let (odd_html, plain_html) = (layout::html(&page(odd)), layout::html(&page(plain)));
            for what in ['<', '>', '"', '\n'] {
                proptest::prop_assert_eq!(count(&odd_html, what), count(&plain_html, what));
            }
            let (odd_text, plain_text) = (layout::text(&page(odd)), layout::text(&page(plain)));
            proptest::prop_assert_eq!(odd_text.lines().count(), plain_text.lines().count());
            let message = writer.write(MailId(1), "ann@example.org", UiLanguage::En, odd, AT);
            let message = message.unwrap().message.formatted();
            let headers = String::from_utf8_lossy(&message).into_owned();
            let headers = headers.split_once("\r\n\r\n").unwrap().0;
            proptest::prop_assert_eq!(headers.lines().count(), 9, "{}", headers);
        }
        let shown = layout::text(&Page::of(&odd[0], UiLanguage::En, &platform()));
        let device = shown.lines().find(|line| line.starts_with("Device:")).unwrap();
        proptest::prop_assert!(!device.contains("://") && !device.contains('@'), "{}", device);
    }
}
