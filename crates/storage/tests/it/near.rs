//! Titles by their labels and language, and which weigh most.

use marquee_domain::catalog::{
    Content, ContentKind, Credit, Label, LabelDoc, LabelKind, Role, Series, TitleDoc, TitleKey,
};
use marquee_domain::{CategoryId, ContentId, LanguageTag, PersonId, SeriesId, ServiceId, TagId};
use marquee_storage::catalog::{self, Table, TitleFilter};
use marquee_storage::testing::{TestDb, on_both};
use marquee_storage::{Db, Statement, labels as stored, meta};

use crate::make::{ALWAYS, doc, episode, head, movie, put, series, service};

on_both!(
    titles_are_listed_by_labels_and_language,
    shared_labels_weigh,
    older_databases_are_filled_when_they_are_opened,
);

/// Labels of the ids from 1 to `count`, as tags.
pub(crate) async fn labels(db: &Db, service: ServiceId, count: i64) {
    let label = |id: i64| Label {
        id,
        external_key: format!("label-{id}"),
        slug: format!("label-{id}"),
        order: 0,
        digest: 1,
        doc: LabelDoc {
            titles: doc("Label").titles,
            ..LabelDoc::default()
        },
    };
    let all: Vec<Label> = (1..=count).map(label).collect();
    let mut unit = db.begin().await.unwrap();
    stored::put(&mut unit, service, LabelKind::Tag, &all)
        .await
        .unwrap();
    unit.save().await.unwrap();
}

fn labelled(service: ServiceId, id: i64, labels: &[i64], language: &str) -> Content {
    let content = movie(service, id, ALWAYS);
    Content {
        doc: TitleDoc {
            tags: labels.iter().map(|id| TagId(*id)).collect(),
            original_language: LanguageTag::parse(language),
            ..content.doc.clone()
        },
        ..content
    }
}

async fn fill(test: &TestDb) -> ServiceId {
    let service = service(&test.db).await;
    labels(&test.db, service, 5).await;
    series(&test.db, service, &[1]).await;
    let contents = [
        labelled(service, 1, &[1, 2, 3], "ko"),
        labelled(service, 2, &[1], "zh-hant"),
        labelled(service, 3, &[2, 3], "zh"),
        labelled(service, 4, &[4], "en"),
        episode(service, 5, 1, 1),
        episode(service, 6, 1, 2),
    ];
    put(test, &contents).await;
    let entry = |it: &Content| (Table::Content, it.id.0, catalog::labels_of(&it.doc));
    let mut entries: Vec<_> = contents[..4].iter().map(entry).collect();
    entries.push((Table::Series, 1, vec![1, 4]));
    let mut unit = test.db.begin().await.unwrap();
    catalog::put_title_labels(&mut unit, &[], &entries)
        .await
        .unwrap();
    let show = Series {
        id: SeriesId(1),
        head: head(service, "show", ALWAYS),
        doc: TitleDoc {
            original_language: LanguageTag::parse("ko"),
            ..doc("Show")
        },
    };
    catalog::put_series(&mut unit, &[show]).await.unwrap();
    unit.save().await.unwrap();
    service
}

/// Contents by their ids, the series as 100.
fn ids(titles: &[TitleKey]) -> Vec<i64> {
    let id = |title: &TitleKey| match title {
        TitleKey::Series(id) => id.0 + 99,
        TitleKey::Content(id) => id.0,
    };
    titles.iter().map(id).collect()
}

async fn titles_are_listed_by_labels_and_language(test: TestDb) {
    let service = fill(&test).await;
    let all = TitleFilter {
        series: true,
        contents: ContentKind::ALL.to_vec(),
        ..TitleFilter::default()
    };
    let list = async |filter: &TitleFilter| {
        let q = &mut test.db.reader();
        let mut found = ids(&catalog::list_titles(q, service, filter, 5, 50)
            .await
            .unwrap());
        found.sort_unstable();
        found
    };
    assert_eq!(list(&all).await, [1, 2, 3, 4, 5, 6, 100]);
    let alone = TitleFilter {
        alone: true,
        ..all.clone()
    };
    assert_eq!(list(&alone).await, [1, 2, 3, 4, 100]);
    let of = |labels: &[i64]| TitleFilter {
        labels: labels.to_vec(),
        ..all.clone()
    };
    assert_eq!(
        list(&of(&[1])).await,
        [1, 2, 5, 6, 100],
        "episodes are what their series is"
    );
    assert_eq!(list(&of(&[1, 4])).await, [5, 6, 100]);
    assert_eq!(list(&of(&[2, 3])).await, [1, 3]);
    assert_eq!(list(&of(&[5])).await, [0; 0]);
    let films = TitleFilter {
        series: false,
        contents: vec![ContentKind::Movie],
        ..of(&[1])
    };
    assert_eq!(list(&films).await, [1, 2]);
    let made = |language: &str| TitleFilter {
        language: Some(language.to_owned()),
        ..all.clone()
    };
    assert_eq!(
        list(&made("ko")).await,
        [1, 5, 6, 100],
        "of their series where they say nothing"
    );
    assert_eq!(list(&made("zh")).await, [2, 3], "a language and its kinds");
    assert_eq!(list(&made("zh-hant")).await, [2]);
    assert_eq!(list(&made("k")).await, [0; 0]);
    let q = &mut test.db.reader();
    let first = catalog::list_titles(q, service, &all, 5, 2).await.unwrap();
    assert_eq!(first.len(), 2);
    assert!(
        catalog::list_titles(q, service, &all, -1, 50)
            .await
            .unwrap()
            .is_empty()
    );
    let none = TitleFilter::default();
    assert!(
        catalog::list_titles(q, service, &none, 5, 50)
            .await
            .unwrap()
            .is_empty()
    );
    let mut unit = test.db.begin().await.unwrap();
    marquee_storage::progress::count_play(&mut unit, ContentId(3), None, 1_000_000_000_000)
        .await
        .unwrap();
    unit.save().await.unwrap();
    let popular = TitleFilter {
        by_popularity: true,
        ..all
    };
    let found = catalog::list_titles(q, service, &popular, 5, 50)
        .await
        .unwrap();
    assert_eq!(found[0], TitleKey::Content(ContentId(3)));
}

async fn shared_labels_weigh(test: TestDb) {
    let service = fill(&test).await;
    let q = &mut test.db.reader();
    let near = async |weights: &[(i64, i64)]| {
        let q = &mut test.db.reader();
        ids(&catalog::heaviest_titles(q, service, weights, 5, 10)
            .await
            .unwrap())
    };
    assert_eq!(near(&[(1, 10), (2, 7), (3, 7)]).await, [1, 3, 2, 100]);
    assert_eq!(near(&[(4, 1)]).await, [4, 100]);
    assert_eq!(near(&[]).await, [0; 0]);
    let sizes = catalog::label_sizes(q, &[1, 4, 5]).await.unwrap();
    assert_eq!(
        (sizes.get(&1), sizes.get(&4), sizes.get(&5)),
        (Some(&3), Some(&2), None)
    );
    let of = [
        TitleKey::Content(ContentId(1)),
        TitleKey::Series(SeriesId(1)),
    ];
    let mut found = catalog::labels_of_titles(q, &of).await.unwrap();
    found.sort_unstable_by_key(|(id, _)| *id);
    let ids: Vec<i64> = found.iter().map(|(id, _)| *id).collect();
    assert_eq!(ids, [1, 1, 2, 3, 4]);
    let mut unit = test.db.begin().await.unwrap();
    catalog::remove(&mut unit, Table::Content, 1).await.unwrap();
    unit.save().await.unwrap();
    assert!(
        catalog::labels_of_titles(q, &of[..1])
            .await
            .unwrap()
            .is_empty()
    );
}

async fn older_databases_are_filled_when_they_are_opened(test: TestDb) {
    let service = service(&test.db).await;
    labels(&test.db, service, 3).await;
    series(&test.db, service, &[1]).await;
    let mut film = labelled(service, 1, &[2], "ko");
    film.doc.categories = vec![CategoryId(1)];
    film.doc.credits = vec![Credit {
        person: PersonId(3),
        role: Role::Cast,
    }];
    let more: Vec<Content> = (10..1200)
        .map(|id| labelled(service, id, &[2], "en"))
        .collect();
    put(&test, &[film, episode(service, 2, 1, 1)]).await;
    put(&test, &more).await;
    let mut unit = test.db.begin().await.unwrap();
    for sql in [
        "DELETE FROM title_labels",
        "DELETE FROM meta WHERE key = 'title_facts'",
        "UPDATE contents SET language = ''",
    ] {
        unit.execute(Statement::new(sql)).await.unwrap();
    }
    unit.save().await.unwrap();
    let again = Db::open(&test.options).await.unwrap();
    let q = &mut again.reader();
    let film = TitleKey::Content(ContentId(1));
    let found = catalog::labels_of_titles(q, &[film]).await.unwrap();
    assert_eq!(found.len(), 3);
    assert_eq!(
        catalog::label_sizes(q, &[2]).await.unwrap().get(&2),
        Some(&1191)
    );
    let korean = TitleFilter {
        contents: ContentKind::ALL.to_vec(),
        language: Some("ko".to_owned()),
        ..TitleFilter::default()
    };
    let found = catalog::list_titles(q, service, &korean, 5, 50)
        .await
        .unwrap();
    assert_eq!(found, [film]);
    assert!(meta::get(q, "title_facts").await.unwrap().is_some());
    again.close().await;
}
