//! Pictures that are named by address: asked for, claimed, stored, put into what names them.

use marquee_domain::catalog::{Content, Image, Label, LabelDoc, LabelKind, Orientation};
use marquee_domain::home::Cover;
use marquee_domain::{LanguageTag, ServiceId};
use marquee_storage::catalog::Table;
use marquee_storage::pictures::{self, Holder, Use};
use marquee_storage::testing::{TestDb, on_both};
use marquee_storage::{Db, catalog, home, jobs, labels, meta};

use crate::make;
use crate::make_home::make_cover;

on_both!(
    a_picture_is_claimed_once_and_tried_again_when_it_failed,
    a_stored_picture_takes_the_place_of_its_address_everywhere,
    a_document_that_changes_meanwhile_keeps_its_change,
    pictures_of_older_databases_are_asked_for_once,
    claimants_never_share_a_picture
);

const ADDRESS: &str = "https://pictures.example/a.jpg";
const OTHER: &str = "https://pictures.example/b.jpg";

fn image(id: i64, location: &str) -> Image {
    Image {
        id,
        location: location.to_owned(),
        orientation: Orientation::Landscape,
        language: LanguageTag::parse("und").unwrap(),
        representative: false,
    }
}

fn film(service: ServiceId, id: i64, locations: &[&str]) -> Content {
    let mut film = make::movie(service, id, make::ALWAYS);
    let images = locations.iter().zip(1..);
    film.doc.images = images.map(|(location, id)| image(id, location)).collect();
    film
}

fn uses(film: &Content) -> Vec<Use> {
    let images = film.doc.images.iter();
    let it = |image: &Image| Use {
        address: image.location.clone(),
        holder: Holder::Title(Table::Content),
        key: film.head.external_key.clone(),
    };
    images.map(it).collect()
}

async fn want(db: &Db, service: ServiceId, uses: &[Use], now: i64) {
    let mut unit = db.begin().await.unwrap();
    pictures::want(&mut unit, service, uses, now).await.unwrap();
    unit.save().await.unwrap();
}

async fn claim(db: &Db, now: i64) -> Vec<(String, i64)> {
    let mut unit = db.begin().await.unwrap();
    let wanted = pictures::claim(&mut unit, now, 100, 10).await.unwrap();
    unit.save().await.unwrap();
    let mut wanted: Vec<_> = wanted
        .into_iter()
        .map(|wanted| (wanted.address, wanted.attempts))
        .collect();
    wanted.sort();
    wanted
}

async fn settle(db: &Db, address: &str, location: &str) {
    let mut unit = db.begin().await.unwrap();
    pictures::settle(&mut unit, address, location)
        .await
        .unwrap();
    unit.save().await.unwrap();
}

async fn fail(db: &Db, retry_at: Option<i64>) {
    let mut unit = db.begin().await.unwrap();
    pictures::fail(&mut unit, ADDRESS, "no", retry_at)
        .await
        .unwrap();
    unit.save().await.unwrap();
}

async fn place(db: &Db) -> (usize, usize) {
    let mut unit = db.begin().await.unwrap();
    let placed = pictures::place(&mut unit, 100).await.unwrap();
    unit.save().await.unwrap();
    placed
}

async fn locations(db: &Db, service: ServiceId, id: i64) -> Vec<String> {
    let key = make::movie(service, id, make::ALWAYS).head.external_key;
    let found = catalog::contents_by_keys(&mut db.reader(), service, &[key]).await;
    let film = found.unwrap().pop().unwrap();
    let images = film.doc.images.into_iter();
    images.map(|image| image.location).collect()
}

async fn a_picture_is_claimed_once_and_tried_again_when_it_failed(test: TestDb) {
    let db = &test.db;
    let service = make::service(db).await;
    let first = film(service, 1, &[ADDRESS, ADDRESS, OTHER]);
    let second = film(service, 2, &[ADDRESS, "art:x.jpg"]);
    want(db, service, &uses(&first), 10).await;
    want(db, service, &uses(&second), 20).await;
    // One job for both, and one claim for all who name it.
    let queued = jobs::list(&mut db.reader(), 10).await.unwrap();
    assert_eq!(queued.len(), 1);
    assert_eq!(queued[0].kind, pictures::JOB);
    assert!(claim(db, 9).await.is_empty());
    let both = [(ADDRESS.to_owned(), 1), (OTHER.to_owned(), 1)];
    assert_eq!(claim(db, 10).await, both);
    assert!(claim(db, 109).await.is_empty(), "somebody has them");
    // A claim that lapsed is anybody's.
    assert_eq!(claim(db, 110).await.len(), 2);
    settle(db, OTHER, "art:other.jpg").await;
    fail(db, Some(500)).await;
    assert!(claim(db, 499).await.is_empty());
    let due = pictures::next_due(&mut db.reader()).await.unwrap();
    assert_eq!(due, Some(500));
    assert_eq!(claim(db, 500).await, [(ADDRESS.to_owned(), 3)]);
    fail(db, None).await;
    assert!(claim(db, i64::MAX).await.is_empty(), "it was given up");
    assert_eq!(pictures::next_due(&mut db.reader()).await.unwrap(), None);
    // Named again, it is tried again from the start.
    want(db, service, &uses(&second), 1000).await;
    assert_eq!(claim(db, 1000).await, [(ADDRESS.to_owned(), 1)]);
    // What is stored is not fetched again, whatever names it.
    want(db, service, &uses(&first), 2000).await;
    let known = [ADDRESS, OTHER].map(str::to_owned);
    let stored = pictures::stored(&mut db.reader(), &known).await.unwrap();
    assert_eq!(stored.len(), 1);
    assert_eq!(stored[OTHER], "art:other.jpg");
}

async fn a_stored_picture_takes_the_place_of_its_address_everywhere(test: TestDb) {
    let db = &test.db;
    let service = make::service(db).await;
    let (one, two) = (
        film(service, 1, &[OTHER, ADDRESS, ADDRESS]),
        film(service, 2, &[ADDRESS]),
    );
    make::put(&test, &[one.clone(), two.clone()]).await;
    let mut cover = make_cover(service, 1);
    cover.doc.slides[0].title_image = Some(ADDRESS.to_owned());
    cover.doc.slides[0].doc.images = vec![image(7, ADDRESS)];
    let person = Label {
        id: 5,
        external_key: "kim".to_owned(),
        slug: "kim".to_owned(),
        order: 1,
        digest: 1,
        doc: LabelDoc {
            image: Some(ADDRESS.to_owned()),
            ..LabelDoc::default()
        },
    };
    let mut unit = db.begin().await.unwrap();
    home::put(&mut unit, &[&cover]).await.unwrap();
    labels::put(&mut unit, service, LabelKind::Person, &[person])
        .await
        .unwrap();
    unit.save().await.unwrap();
    let mut all = uses(&one);
    all.extend(uses(&two));
    for (holder, key) in [
        (Holder::Cover, cover.head.external_key.clone()),
        (Holder::Label(LabelKind::Person), "kim".to_owned()),
        // Gone by now.
        (Holder::Channel, "nobody".to_owned()),
    ] {
        let address = ADDRESS.to_owned();
        all.push(Use {
            address,
            holder,
            key,
        });
    }
    want(db, service, &all, 0).await;
    claim(db, 0).await;
    assert_eq!(place(db).await, (0, 0));
    settle(db, ADDRESS, "art:stored.jpg").await;
    let before = db.catalog_version();
    assert_eq!(place(db).await, (5, 5));
    assert!(db.catalog_version() > before, "answers change");
    assert_eq!(place(db).await, (0, 0));
    assert_eq!(
        locations(db, service, 1).await,
        [OTHER, "art:stored.jpg", "art:stored.jpg"]
    );
    assert_eq!(locations(db, service, 2).await, ["art:stored.jpg"]);
    let keys = [cover.head.external_key.clone()];
    let covers: Vec<Cover> = home::by_keys(&mut db.reader(), service, &keys)
        .await
        .unwrap();
    let slide = &covers[0].doc.slides[0];
    assert_eq!(slide.title_image.as_deref(), Some("art:stored.jpg"));
    assert_eq!(slide.doc.images, [image(7, "art:stored.jpg")]);
    let found = labels::find_by_ids(&mut db.reader(), &[5]).await.unwrap();
    assert_eq!(found[0].doc.image.as_deref(), Some("art:stored.jpg"));
}

async fn a_document_that_changes_meanwhile_keeps_its_change(test: TestDb) {
    let db = &test.db;
    let service = make::service(db).await;
    let one = film(service, 1, &[ADDRESS]);
    make::put(&test, std::slice::from_ref(&one)).await;
    want(db, service, &uses(&one), 0).await;
    claim(db, 0).await;
    settle(db, ADDRESS, "art:stored.jpg").await;
    let (placing, importing) = (db.clone(), db.clone());
    let mut changed = one.clone();
    changed.doc.year = Some(1999);
    let (_, ()) = tokio::join!(place(&placing), async {
        let mut unit = importing.begin().await.unwrap();
        catalog::put_contents(&mut unit, std::slice::from_ref(&changed))
            .await
            .unwrap();
        pictures::want(&mut unit, service, &uses(&changed), 5)
            .await
            .unwrap();
        unit.save().await.unwrap();
    });
    // Whoever came first: the next round ends with both.
    place(db).await;
    let key = one.head.external_key.clone();
    let found = catalog::contents_by_keys(&mut db.reader(), service, &[key]).await;
    let doc = found.unwrap().remove(0).doc;
    assert_eq!(doc.year, Some(1999));
    assert_eq!(doc.images[0].location, "art:stored.jpg");
}

async fn pictures_of_older_databases_are_asked_for_once(test: TestDb) {
    let service = make::service(&test.db).await;
    make::put(
        &test,
        &[
            film(service, 1, &[ADDRESS, "art:x.jpg"]),
            film(service, 2, &[ADDRESS, OTHER]),
        ],
    )
    .await;
    // As if the program that stored them had known nothing of it.
    let mut unit = test.db.begin().await.unwrap();
    unit.execute(marquee_storage::Statement::new(
        "DELETE FROM meta WHERE key = 'pictures_wanted'",
    ))
    .await
    .unwrap();
    unit.save().await.unwrap();
    let again = Db::open(&test.options).await.unwrap();
    let wanted = [(ADDRESS.to_owned(), 1), (OTHER.to_owned(), 1)];
    assert_eq!(claim(&again, 0).await, wanted);
    settle(&again, ADDRESS, "art:stored.jpg").await;
    assert_eq!(place(&again).await, (2, 2));
    let done = meta::get(&mut again.reader(), "pictures_wanted").await;
    assert!(done.unwrap().is_some());
    again.close().await;
}

async fn claimants_never_share_a_picture(test: TestDb) {
    let db = &test.db;
    let service = make::service(db).await;
    let all: Vec<Use> = (0..60)
        .map(|n| Use {
            address: format!("https://pictures.example/{n}.jpg"),
            holder: Holder::Title(Table::Content),
            key: format!("film-{n}"),
        })
        .collect();
    want(db, service, &all, 0).await;
    let claims = (0..8).map(|_| async {
        let mut mine = Vec::new();
        loop {
            let found = claim(db, 0).await;
            if found.is_empty() {
                return mine;
            }
            mine.extend(found);
        }
    });
    let mut all: Vec<_> = futures_util::future::join_all(claims).await.concat();
    all.sort();
    let count = all.len();
    all.dedup();
    assert_eq!((count, all.len()), (60, 60));
}
