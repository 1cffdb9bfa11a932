//! Sources of contents.

use marquee_domain::media::{SourceInfo, SourceRole, SourceState};
use marquee_domain::{ContentId, SourceId};
use marquee_storage::sources::{self, NewSource};
use marquee_storage::testing::{TestDb, on_both};
use marquee_storage::{catalog, catalog::Shown};

use crate::make::{ALWAYS, movie, service};

on_both!(
    what_is_unchanged_keeps_its_state,
    a_content_plays_when_a_rendition_is_ready,
    what_cannot_be_played_is_not_shown
);

fn new(location: &str, revision: &str) -> NewSource {
    NewSource {
        role: SourceRole::Rendition,
        location: location.to_owned(),
        size_bytes: 10,
        revision: revision.to_owned(),
        state: SourceState::Pending,
        info: SourceInfo::default(),
    }
}

async fn replace(test: &TestDb, all: &[NewSource]) {
    let mut unit = test.db.begin().await.unwrap();
    sources::replace(&mut unit, ContentId(1), all)
        .await
        .unwrap();
    unit.save().await.unwrap();
}

async fn begin(test: &TestDb) {
    let service = service(&test.db).await;
    let mut unit = test.db.begin().await.unwrap();
    catalog::put_contents(&mut unit, &[movie(service, 1, ALWAYS)])
        .await
        .unwrap();
    unit.save().await.unwrap();
}

async fn set_ready(test: &TestDb, position: usize, duration_ms: u64) {
    let mut source = sources::of_content(&mut test.db.reader(), ContentId(1))
        .await
        .unwrap()
        .remove(position);
    source.state = SourceState::Ready;
    source.info.duration_ms = duration_ms;
    let mut unit = test.db.begin().await.unwrap();
    sources::set_probed(&mut unit, &source).await.unwrap();
    sources::settle_content(&mut unit, ContentId(1), None)
        .await
        .unwrap();
    unit.save().await.unwrap();
}

async fn what_is_unchanged_keeps_its_state(test: TestDb) {
    begin(&test).await;
    replace(&test, &[new("file:///a", "1"), new("file:///b", "1")]).await;
    set_ready(&test, 0, 5000).await;
    set_ready(&test, 1, 5000).await;
    let before = sources::of_content(&mut test.db.reader(), ContentId(1))
        .await
        .unwrap();
    // b has changed, a has moved behind it, c is new.
    replace(
        &test,
        &[
            new("file:///b", "2"),
            new("file:///a", "1"),
            new("file:///c", "1"),
        ],
    )
    .await;
    let after = sources::of_content(&mut test.db.reader(), ContentId(1))
        .await
        .unwrap();
    let states: Vec<(&str, &SourceState)> = after
        .iter()
        .map(|s| (s.location.as_str(), &s.state))
        .collect();
    assert_eq!(
        states,
        [
            ("file:///b", &SourceState::Pending),
            ("file:///a", &SourceState::Ready),
            ("file:///c", &SourceState::Pending)
        ]
    );
    assert_eq!(after[1].id, before[0].id, "a source keeps its id");
    let pending = sources::pending(&mut test.db.reader(), SourceId(0), 10)
        .await
        .unwrap();
    assert_eq!(pending.len(), 2);
    replace(&test, &[]).await;
    assert!(
        sources::of_content(&mut test.db.reader(), ContentId(1))
            .await
            .unwrap()
            .is_empty()
    );
}

async fn a_content_plays_when_a_rendition_is_ready(test: TestDb) {
    begin(&test).await;
    let facts = async || {
        let content = catalog::contents_by_ids(&mut test.db.reader(), &[1], Shown::All)
            .await
            .unwrap()
            .remove(0);
        (content.playable, content.duration_ms)
    };
    replace(&test, &[new("file:///a", "1"), new("file:///b", "1")]).await;
    assert!(!facts().await.0);
    set_ready(&test, 1, 7000).await;
    assert_eq!(facts().await, (true, Some(7000)));
    let mut rejected = sources::of_content(&mut test.db.reader(), ContentId(1))
        .await
        .unwrap()
        .remove(1);
    rejected.state = SourceState::Rejected("it is broken".into());
    let mut unit = test.db.begin().await.unwrap();
    sources::set_probed(&mut unit, &rejected).await.unwrap();
    sources::settle_content(&mut unit, ContentId(1), Some(60_000))
        .await
        .unwrap();
    unit.save().await.unwrap();
    assert_eq!(facts().await, (false, Some(60_000)));
    let stored = sources::of_content(&mut test.db.reader(), ContentId(1))
        .await
        .unwrap();
    assert_eq!(
        stored[1].state,
        SourceState::Rejected("it is broken".into())
    );
}

async fn what_cannot_be_played_is_not_shown(test: TestDb) {
    begin(&test).await;
    let shown = async || {
        !catalog::contents_by_ids(&mut test.db.reader(), &[1], Shown::At(5))
            .await
            .unwrap()
            .is_empty()
    };
    assert!(shown().await, "a record without media is shown");
    replace(&test, &[new("file:///a", "1")]).await;
    let mut unit = test.db.begin().await.unwrap();
    sources::settle_content(&mut unit, ContentId(1), None)
        .await
        .unwrap();
    unit.save().await.unwrap();
    assert!(!shown().await, "not looked into yet");
    set_ready(&test, 0, 5000).await;
    assert!(shown().await);
    replace(&test, &[]).await;
    let mut unit = test.db.begin().await.unwrap();
    sources::settle_content(&mut unit, ContentId(1), None)
        .await
        .unwrap();
    unit.save().await.unwrap();
    assert!(shown().await);
}
