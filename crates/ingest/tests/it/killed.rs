//! Cut off anywhere and run again, an import ends where an uninterrupted one does.

use std::io::Cursor;
use std::sync::atomic::{AtomicU64, Ordering};

use marquee_ingest::{Progress, catalog};
use marquee_storage::testing::{TestDb, on_both};
use tokio::sync::Notify;

use crate::bench::Bench;

on_both!(an_import_that_was_cut_off_goes_on_where_it_was);

/// Says when so many batches are through.
struct After {
    batches: AtomicU64,
    reached: Notify,
}

impl Progress for After {
    fn advance(&self, _: u64, _: u64, _: &str) {
        if self.batches.fetch_sub(1, Ordering::SeqCst) == 1 {
            self.reached.notify_one();
        }
    }
}

/// Series, seasons, episodes in an order that makes children wait, movies, labels, and bad records in between.
fn catalog_of(titles: u32) -> String {
    let mut lines = Vec::new();
    for n in 0..titles {
        let (show, season) = (n / 40, n / 20);
        if n % 40 == 39 {
            lines.push(format!(
                r#"{{"id":"show{show}","kind":"series","titles":{{"en":"Show {show}"}},"categories":["cat{}"]}}"#,
                show % 5
            ));
        }
        if n % 20 == 10 {
            lines.push(format!(
                r#"{{"id":"season{season}","kind":"season","parent":"show{show}","number":{},"titles":{{"en":"Season"}}}}"#,
                season % 2 + 1
            ));
        }
        lines.push(format!(
            r#"{{"id":"e{n}","kind":"episode","parent":"season{season}","number":{},"titles":{{"en":"Episode {n}","ko":"{n}화"}},"tags":["tag{}"],"cast":["Person {}"]}}"#,
            n % 20 + 1,
            n % 7,
            n % 31
        ));
        lines.push(format!(
            r#"{{"id":"m{n}","kind":"movie","titles":{{"en":"Movie {n}"}},"categories":["cat{}"],"media":[{{"url":"https://media.example/{n}.mp4"}}]}}"#,
            n % 5
        ));
        if n % 50 == 0 {
            lines.push(format!(r#"{{"id":"bad{n}","kind":"movie"}}"#));
        }
    }
    lines.extend((0..5).map(|n| {
        format!(r#"{{"id":"cat{n}","kind":"category","titles":{{"en":"Category {n}"}}}}"#)
    }));
    lines.join("\n")
}

async fn an_import_that_was_cut_off_goes_on_where_it_was(test: TestDb) {
    let input = catalog_of(400);
    let whole = Bench::new(marquee_storage::testing::sqlite().await).await;
    let expected_report = whole.import(input.clone()).await;
    assert_eq!(
        expected_report.rejected_count, 8,
        "{:#?}",
        expected_report.rejected
    );
    let expected = whole.essence().await;

    let bench = Bench::new(test).await;
    for batches in [1, 1, 2, 3, 4] {
        let after = After {
            batches: AtomicU64::new(batches),
            reached: Notify::new(),
        };
        let options = bench.options();
        tokio::select! {
            biased;
            () = after.reached.notified() => {}
            _ = catalog::import(bench.db(), &bench.clock, Box::new(Cursor::new(input.clone())), options, &after) => panic!("it was to be cut off"),
        }
        // What is there is a part of the whole, never something else.
        let part = bench.keys("contents").await;
        assert!(
            part.iter()
                .all(|key| key.starts_with('e') || key.starts_with('m'))
        );
    }
    let report = bench.import(input.clone()).await;
    assert_eq!(report.rejected_count, 8);
    assert!(report.unchanged > 0 && report.added > 0, "{report:?}");
    let actual = bench.essence().await;
    let missing: Vec<_> = expected.difference(&actual).take(3).collect();
    let strange: Vec<_> = actual.difference(&expected).take(3).collect();
    assert!(
        missing.is_empty() && strange.is_empty(),
        "missing {missing:#?}, strange {strange:#?}"
    );
}
