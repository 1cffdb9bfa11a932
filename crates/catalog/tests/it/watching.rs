//! What a copy of progress is told of saves and reads.

use std::sync::{Arc, Mutex};

use futures_util::future::{BoxFuture, Either, select};
use marquee_catalog::watching::{Copied, ProgressCopy, Ticket, Watching};
use marquee_domain::personal::{DeviceId, Owner, Progress};
use marquee_domain::{ContentId, ServiceId};
use marquee_storage::testing::{TestDb, on_both};
use tokio::sync::Notify;

use crate::stage::Stage;

on_both!(
    what_is_missing_is_asked_after_the_ticket_and_filled_with_it,
    a_copy_that_hangs_is_left_in_doubt_when_nobody_waits
);

/// Writes down what it is told; hangs at a save of position 99.
#[derive(Default)]
struct Diary {
    lines: Mutex<Vec<String>>,
    hangs: Notify,
}

impl Diary {
    fn note(&self, line: String) {
        self.lines.lock().unwrap().push(line);
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.lines.lock().unwrap())
    }
}

impl ProgressCopy for Diary {
    fn recent<'a>(&'a self, _: &'a Owner, _: ServiceId) -> BoxFuture<'a, Copied> {
        self.note("ticket".to_owned());
        Box::pin(async { Copied::Missing(Ticket("t1".to_owned())) })
    }

    fn fill<'a>(
        &'a self,
        _: &'a Owner,
        _: ServiceId,
        ticket: &'a Ticket,
        latest: &'a [Progress],
    ) -> BoxFuture<'a, ()> {
        let positions: Vec<i64> = latest.iter().map(|one| one.position_s).collect();
        self.note(format!("fill {} {positions:?}", ticket.0));
        Box::pin(async {})
    }

    fn put<'a>(&'a self, _: &'a Owner, _: ServiceId, saved: &'a Progress) -> BoxFuture<'a, ()> {
        self.note(format!("put {}", saved.position_s));
        Box::pin(async move {
            if saved.position_s == 99 {
                self.hangs.notify_one();
                std::future::pending::<()>().await;
            }
        })
    }

    fn doubt(&self, _: &Owner, _: ServiceId) {
        self.note("doubt".to_owned());
    }
}

async fn watching(test: TestDb) -> (Stage, Watching, Arc<Diary>, Owner) {
    let stage = Stage::new(test).await;
    let diary = Arc::new(Diary::default());
    let copy: Arc<dyn ProgressCopy> = diary.clone();
    let watching = Watching::new(stage.test.db.clone(), Some(copy));
    let owner = Owner::Device(DeviceId::parse("tv").unwrap());
    (stage, watching, diary, owner)
}

async fn what_is_missing_is_asked_after_the_ticket_and_filled_with_it(test: TestDb) {
    let (stage, watching, diary, me) = watching(test).await;
    let new = (ContentId(1), 30, "tv");
    watching.save(stage.who, &me, new).await.unwrap();
    let found = watching.recent(&me, stage.who.service).await.unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(diary.take(), ["put 30", "ticket", "fill t1 [30]"]);
    let nothing = (ContentId(999), 30, "tv");
    assert!(watching.save(stage.who, &me, nothing).await.is_err());
    assert!(diary.take().is_empty(), "nothing was stored");
}

async fn a_copy_that_hangs_is_left_in_doubt_when_nobody_waits(test: TestDb) {
    let (stage, watching, diary, me) = watching(test).await;
    let new = (ContentId(1), 99, "tv");
    let save = Box::pin(watching.save(stage.who, &me, new));
    let hangs = Box::pin(diary.hangs.notified());
    let Either::Right((_, save)) = select(save, hangs).await else {
        panic!("it was answered");
    };
    drop(save);
    assert_eq!(diary.take(), ["put 99", "doubt"]);
    let found = watching.recent(&me, stage.who.service).await.unwrap();
    assert_eq!(found[0].position_s, 99, "it is stored all the same");
}
