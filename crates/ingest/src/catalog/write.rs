//! The other way round: what home screens are made of, as the records that would make it.

use std::collections::HashMap;

use marquee_domain::catalog::{Badges, Image, TitleDoc};
use marquee_domain::clock::{Timestamp, rfc3339};
use marquee_domain::home::{
    Channel, Cover, Fill, Multichannel, PieceKind, Publication, Reference, Row, RowGroup, RowQuery,
    Slide,
};
use marquee_domain::publish::Status;
use marquee_domain::{ServiceId, Texts};
use marquee_storage::catalog::Shown;
use marquee_storage::home::{self, Piece};
use marquee_storage::{Query, StorageError};
use serde_json::{Map, Value, json};

/// Members of a record, in their order.
type Members = Map<String, Value>;

/// The things of a kind in a service, shown or not, as records in the editor's order; at most
/// [`home::MOST`].
///
/// # Errors
/// When the database fails.
pub async fn listed(
    q: &mut dyn Query,
    service: ServiceId,
    kind: PieceKind,
) -> Result<Vec<Value>, StorageError> {
    Ok(match kind {
        PieceKind::RowGroup => all::<RowGroup>(q, service)
            .await?
            .iter()
            .map(group)
            .collect(),
        PieceKind::Row => {
            let groups = keys::<RowGroup>(q, service).await?;
            let rows = all::<Row>(q, service).await?;
            rows.iter().map(|it| row(it, &groups)).collect()
        }
        PieceKind::Cover => all::<Cover>(q, service).await?.iter().map(cover).collect(),
        PieceKind::Channel => {
            let bundles = keys::<Multichannel>(q, service).await?;
            let channels = all::<Channel>(q, service).await?;
            channels.iter().map(|it| channel(it, &bundles)).collect()
        }
        PieceKind::Multichannel => {
            let bundles = all::<Multichannel>(q, service).await?;
            let record = |it: &Multichannel| {
                let mut members = begun(it, PieceKind::Multichannel);
                named(&mut members, &it.doc);
                Value::Object(members)
            };
            bundles.iter().map(record).collect()
        }
    })
}

async fn all<T: Piece>(q: &mut dyn Query, service: ServiceId) -> Result<Vec<T>, StorageError> {
    home::list(q, service, Shown::All).await
}

/// External keys by id.
async fn keys<T: Piece>(
    q: &mut dyn Query,
    service: ServiceId,
) -> Result<HashMap<i64, String>, StorageError> {
    let pieces = all::<T>(q, service).await?;
    let key = |piece: &T| (piece.id(), piece.head().external_key.clone());
    Ok(pieces.iter().map(key).collect())
}

/// What every record begins with.
fn begun<T: Piece>(piece: &T, kind: PieceKind) -> Members {
    let head = piece.head();
    let mut members = Members::new();
    members.insert("id".to_owned(), json!(head.external_key));
    members.insert("kind".to_owned(), json!(kind.as_str()));
    members.insert("slug".to_owned(), json!(head.slug));
    members.insert("order".to_owned(), json!(piece.order()));
    members
}

fn set(members: &mut Members, name: &str, value: impl Into<Value>) {
    members.insert(name.to_owned(), value.into());
}

fn texts(members: &mut Members, name: &str, texts: &Texts) {
    if texts.is_empty() {
        return;
    }
    let by_language = texts
        .iter()
        .map(|(language, text)| (language.as_str().to_owned(), json!(text)));
    set(members, name, Value::Object(by_language.collect()));
}

fn window(members: &mut Members, start: Option<Timestamp>, end: Option<Timestamp>) {
    for (name, at) in [("publish_start", start), ("publish_end", end)] {
        if let Some(at) = at {
            set(members, name, rfc3339(at));
        }
    }
}

fn publication(members: &mut Members, stated: Publication) {
    set(members, "enabled", !stated.off);
    window(members, stated.publish_start, stated.publish_end);
}

fn group(group: &RowGroup) -> Value {
    let mut members = begun(group, PieceKind::RowGroup);
    set(&mut members, "surface", group.surface.as_str());
    texts(&mut members, "titles", &group.doc.titles);
    set(&mut members, "refresh_time", group.doc.refresh_ms);
    publication(&mut members, group.doc.publication);
    Value::Object(members)
}

fn row(row: &Row, groups: &HashMap<i64, String>) -> Value {
    let mut members = begun(row, PieceKind::Row);
    set(&mut members, "group", groups.get(&row.group.0).cloned());
    texts(&mut members, "titles", &row.doc.titles);
    set(
        &mut members,
        "image_orientation",
        row.doc.orientation.as_str(),
    );
    set(&mut members, "fill", row.doc.fill.as_str());
    match &row.doc.fill {
        Fill::Items { items } => {
            let items: Vec<Value> = items.iter().map(reference).collect();
            set(&mut members, "items", items);
        }
        Fill::Query { query: asked } => set(&mut members, "query", query(asked)),
        Fill::MoreLikeThis { of } => set(&mut members, "of", reference(of)),
        Fill::Channels
        | Fill::ContinueWatching
        | Fill::Favorites
        | Fill::BecauseYouWatched
        | Fill::Recommended => {}
    }
    publication(&mut members, row.doc.publication);
    Value::Object(members)
}

fn reference(reference: &Reference) -> Value {
    match reference.kind {
        None => json!(reference.name),
        Some(kind) => json!({"type": kind.as_str(), "id": reference.name}),
    }
}

fn query(query: &RowQuery) -> Value {
    let mut members = Members::new();
    if !query.types.is_empty() {
        let types: Vec<&str> = query.types.iter().map(|kind| kind.as_str()).collect();
        set(&mut members, "types", types);
    }
    for (name, value) in [
        ("category", &query.category),
        ("tag", &query.tag),
        ("language", &query.language),
    ] {
        if let Some(value) = value {
            set(&mut members, name, value.as_str());
        }
    }
    set(&mut members, "order", query.order.as_str());
    set(&mut members, "limit", query.limit);
    Value::Object(members)
}

fn cover(cover: &Cover) -> Value {
    let doc = &cover.doc;
    let mut members = begun(cover, PieceKind::Cover);
    set(&mut members, "type", doc.kind.as_str());
    texts(&mut members, "titles", &doc.titles);
    set(&mut members, "rolling_time", doc.rolling_ms);
    set(&mut members, "refresh_time", doc.refresh_ms);
    set(&mut members, "enabled", doc.enabled);
    window(&mut members, doc.publish_start, doc.publish_end);
    let slides: Vec<Value> = doc.slides.iter().map(slide).collect();
    set(&mut members, "items", slides);
    Value::Object(members)
}

fn slide(slide: &Slide) -> Value {
    let mut members = Members::new();
    set(&mut members, "target", reference(&slide.target));
    texts(&mut members, "titles", &slide.doc.titles);
    texts(&mut members, "descriptions", &slide.doc.synopses);
    texts(&mut members, "call_to_action", &slide.call_to_action);
    if let Some(lettering) = &slide.title_image {
        set(&mut members, "title_image", Value::Object(place(lettering)));
    }
    if let Some(video) = &slide.video {
        set(&mut members, "video", video.as_str());
    }
    set(&mut members, "landing_option", slide.landing.as_str());
    images(&mut members, &slide.doc.images);
    Value::Object(members)
}

fn channel(channel: &Channel, bundles: &HashMap<i64, String>) -> Value {
    let mut members = begun(channel, PieceKind::Channel);
    if let Some(key) = channel.multichannel.and_then(|it| bundles.get(&it.0)) {
        set(&mut members, "multichannel", key.as_str());
    }
    named(&mut members, &channel.doc);
    Value::Object(members)
}

/// What channels and bundles share.
fn named(members: &mut Members, doc: &TitleDoc) {
    texts(members, "titles", &doc.titles);
    let status = match doc.status {
        Status::Published => "published",
        Status::Draft => "draft",
    };
    set(members, "status", status);
    window(members, doc.publish_start, doc.publish_end);
    if doc.badges != Badges::default() {
        let mut corners = Members::new();
        texts(&mut corners, "top_left", &doc.badges.top_left);
        texts(&mut corners, "top_right", &doc.badges.top_right);
        texts(&mut corners, "bottom_left", &doc.badges.bottom_left);
        texts(&mut corners, "bottom_right", &doc.badges.bottom_right);
        set(members, "badges", corners);
    }
    images(members, &doc.images);
}

fn images(members: &mut Members, images: &[Image]) {
    if images.is_empty() {
        return;
    }
    let image = |image: &Image| {
        let mut members = place(&image.location);
        set(&mut members, "orientation", image.orientation.as_str());
        set(&mut members, "language", image.language.as_str());
        set(&mut members, "representative", image.representative);
        Value::Object(members)
    };
    let images: Vec<Value> = images.iter().map(image).collect();
    set(members, "images", images);
}

/// Where a picture is, as a record says it.
fn place(location: &str) -> Members {
    let mut members = Members::new();
    match location.strip_prefix("art:") {
        Some(name) => set(&mut members, "stored", name),
        None => set(&mut members, "url", location),
    }
    members
}
