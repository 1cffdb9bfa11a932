//! The steps of the random test that are about home screens.

use marquee_domain::ServiceId;
use marquee_domain::catalog::ContentKind;
use marquee_domain::home::RowGroup;
use marquee_domain::publish::Window;
use marquee_storage::catalog::{self, Shown, TitleFilter};
use marquee_storage::{Db, home};

use crate::make_home::{make_group, make_row};
use crate::random::Step;

/// One of the steps of the random test that are about rows.
pub(crate) async fn edit(db: &Db, service: ServiceId, step: &Step) -> String {
    let mut unit = db.begin().await.unwrap();
    let q = &mut db.reader();
    match step {
        Step::PutGroup {
            id,
            from,
            until,
            order,
        } => {
            let mut group = make_group(service, *id, *order);
            group.head.own = Window {
                from: *from,
                until: *until,
            };
            group.head.window = group.head.own;
            home::put(&mut unit, &[&group]).await.unwrap();
            home::refit_rows(&mut unit, &group).await.unwrap();
        }
        Step::PutRow {
            id,
            group,
            from,
            until,
            order,
        } => {
            let groups = home::by_ids::<RowGroup>(q, &[*group], Shown::All)
                .await
                .unwrap();
            let Some(group) = groups.first() else {
                return "there is no such group".to_owned();
            };
            let mut row = make_row(service, *id, group.id.0);
            row.order = *order;
            row.head.own = Window {
                from: *from,
                until: *until,
            };
            row.head.window = row.head.own.inside(group.head.window);
            home::put(&mut unit, &[&row]).await.unwrap();
        }
        Step::RemoveGroup { id } => {
            let known = home::by_ids::<RowGroup>(q, &[*id], Shown::All)
                .await
                .unwrap();
            if !known.is_empty() {
                home::remove::<RowGroup>(&mut unit, *id).await.unwrap();
            }
        }
        _ => {}
    }
    unit.save().await.unwrap();
    String::new()
}

/// What a home screen shows at an instant, as text.
pub(crate) async fn look(
    db: &Db,
    service: ServiceId,
    now: i64,
    labels: &[i64],
    by_popularity: bool,
) -> String {
    let q = &mut db.reader();
    let groups = home::list::<RowGroup>(q, service, Shown::At(now))
        .await
        .unwrap();
    let mut text = format!("{:?}", groups.iter().map(|it| it.id).collect::<Vec<_>>());
    for group in groups {
        let rows = home::rows_of(q, group.id, Shown::At(now)).await.unwrap();
        text += &format!(" {:?}", rows.iter().map(|row| row.id).collect::<Vec<_>>());
    }
    let filter = TitleFilter {
        series: true,
        contents: ContentKind::ALL.to_vec(),
        labels: labels.to_vec(),
        by_popularity,
        ..TitleFilter::default()
    };
    let titles = catalog::list_titles(q, service, &filter, now, 5)
        .await
        .unwrap();
    let mut weights: Vec<(i64, i64)> = labels.iter().map(|label| (*label, label * 3)).collect();
    weights.dedup_by_key(|(label, _)| *label);
    let near = catalog::heaviest_titles(q, service, &weights, now, 5)
        .await
        .unwrap();
    let next = catalog::next_boundary(q, service, now).await.unwrap();
    format!("{text} {titles:?} {near:?} {next:?}")
}
