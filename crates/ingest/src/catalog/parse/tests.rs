//! Good, odd and broken lines.

use super::*;
use proptest::prelude::*;

fn parsed(line: &[u8]) -> Result<Record, Fault> {
    let art = Gallery::folder("/nonexistent".into());
    parse(
        line,
        &Base {
            folder: None,
            art: &art,
            dry_run: true,
        },
    )
}

const GOOD: &str = r#"{"id":"a","kind":"movie","titles":{"en":"A"},"year":2020,"cast":["B",{"person":"C","role":"writer"}],
        "images":[{"url":"https://x.example/a.jpg"}],"media":[{"url":"https://x.example/a.mp4"}],"cue_points":[{"timecode":1.5}],"badges":{"top_left":"N"}}"#;

#[test]
fn a_good_record_is_taken() {
    let record = parsed(GOOD.replace('\n', " ").as_bytes()).unwrap();
    assert!(matches!(
        record.body,
        Body::Content {
            kind: ContentKind::Movie,
            ..
        }
    ));
}

#[test]
fn an_empty_language_tag_is_an_unknown_one() {
    let record = parsed(br#"{"id":"a","kind":"movie","titles":{"":"A"}}"#).unwrap();
    let Body::Content { title, .. } = record.body else {
        panic!("a content")
    };
    assert_eq!(title.doc.titles.get("und"), Some("A"));
}

proptest! {
    #[test]
    fn any_bytes_are_survived(line in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = parsed(&line);
    }

    #[test]
    fn any_member_of_any_type_is_survived(name in "id|kind|slug|titles|names|parent|number|year|date|genres|cast|images|image|media|subtitle_files|badges|cue_points|runtime_s|status|aliases|[a-z]{1,8}",
        value in r#"null|true|-?[0-9]{1,20}|1e99|"[^"\\]{0,10}"|\[\]|\[1,"x",\{\}\]|\{\}|\{"en":"x"\}|\{"en":1\}|\[\{"path":"../x"\}\]|\[\{"url":"file:///etc/passwd"\}\]"#) {
        let line = format!("{{\"id\":\"a\",\"kind\":\"movie\",\"titles\":{{\"en\":\"A\"}},\"{name}\":{value}}}");
        if let Ok(record) = parsed(line.as_bytes()) {
            prop_assert!(!record.key.is_empty());
            if let Body::Content { sources: Some(sources), .. } = record.body {
                prop_assert!(sources.iter().all(|source| !source.location.starts_with("file:")), "only paths lead to files");
            }
        }
    }

    #[test]
    fn flipped_bytes_are_survived(at in 0..400_usize, byte in any::<u8>()) {
        let mut line = GOOD.replace('\n', " ").into_bytes();
        if let Some(slot) = line.get_mut(at) {
            *slot = byte;
        }
        let _ = parsed(&line);
    }
}
