//! What there is to learn from: what owners watched and like, and what titles have in common.
//!
//! The rule for what counts: whatever is watched of a series counts for the series, its clips left
//! out; of a content that stands alone for itself. What was watched for less than a twentieth was only
//! tried. A favorite counts like something watched to its end; one of a season counts for its series.
//! Titles that have stopped showing for good are not learnt from.

use std::collections::HashMap;
use std::vec::IntoIter;

use marquee_domain::catalog::{TitleDoc, TitleKey};
use marquee_domain::{ServiceId, Timestamp};
use marquee_recommend::features::{Feature, FeatureKind, Features};
use marquee_recommend::{Plays, PlaysBuilder, Watched};
use marquee_storage::Query;
use marquee_storage::neighbours::input::{self, Known, Liked, Play};

use super::strength::{share, weight};
use crate::Result;

/// Rows that are read at a time.
const PAGE: i64 = 500;

/// Most people of one title that are looked at, in billing order.
const PEOPLE_MAX: usize = 12;

/// All there is to learn from in a service.
pub struct Lesson {
    /// The service.
    pub service: ServiceId,
    /// What each index in `plays` and `features` stands for.
    pub titles: Vec<TitleKey>,
    /// What owners watched.
    pub plays: Plays,
    /// What titles have in common.
    pub features: Features,
    /// What the input looked like before it was read.
    pub fingerprint: String,
}

/// Reads what there is to learn from. Holds the plays and the features in memory, never whole rows.
///
/// # Errors
/// When storage fails.
pub async fn lesson(q: &mut dyn Query, service: ServiceId, now: Timestamp) -> Result<Lesson> {
    // First of all: what comes in meanwhile makes it time to train again.
    let fingerprint = input::fingerprint(q, service).await?;
    let (titles, features) = features(q, service, now).await?;
    let indexes: HashMap<TitleKey, u32> = (0_u32..)
        .zip(&titles)
        .map(|(index, title)| (*title, index))
        .collect();
    let mut builder = PlaysBuilder::new(titles.len());
    let mut plays = Pages::new(PlayPages);
    let mut likes = Pages::new(LikePages);
    loop {
        let next = [
            plays.peek(q, service).await?.map(|play| play.owner.clone()),
            likes.peek(q, service).await?.map(|like| like.owner.clone()),
        ];
        // Both come by owner, so the smaller one is next, with all that either knows of it.
        let Some(owner) = next.into_iter().flatten().min() else {
            break;
        };
        let mut watched: HashMap<TitleKey, (f32, Timestamp)> = HashMap::new();
        while let Some(play) = plays.take_of(q, service, &owner).await? {
            if let Some((title, share)) = play.title.zip(share(&play)) {
                let sum = watched.entry(title).or_insert((0.0, play.at));
                *sum = (sum.0 + share, sum.1.max(play.at));
            }
        }
        while let Some(like) = likes.take_of(q, service, &owner).await? {
            if let Some(title) = like.title {
                let sum = watched.entry(title).or_insert((1.0, like.at));
                *sum = (sum.0.max(1.0), sum.1.max(like.at));
            }
        }
        builder.viewer(watched.into_iter().filter_map(|(title, (shares, at))| {
            Some(Watched {
                title: *indexes.get(&title)?,
                weight: weight(shares),
                at,
            })
        }));
    }
    let plays = builder.build();
    let features = Features::new(&features, plays.popularity());
    Ok(Lesson {
        service,
        titles,
        plays,
        features,
        fingerprint,
    })
}

/// All titles that can be recommended now or later, with what is known of each.
async fn features(
    q: &mut dyn Query,
    service: ServiceId,
    now: Timestamp,
) -> Result<(Vec<TitleKey>, Vec<Vec<Feature>>)> {
    let (mut titles, mut features): (Vec<TitleKey>, Vec<Vec<Feature>>) = (Vec::new(), Vec::new());
    let mut indexes: HashMap<TitleKey, usize> = HashMap::new();
    for known in [Known::Series, Known::Season, Known::Content] {
        let mut after = 0;
        loop {
            let page = input::documents(q, service, known, now, (after, PAGE)).await?;
            let Some((last, ..)) = page.last() else { break };
            after = *last;
            for (_, title, doc) in &page {
                if known == Known::Season {
                    // What a season adds, such as its own cast, is known of its series.
                    if let Some(index) = indexes.get(title) {
                        features[*index].extend(features_of(doc));
                    }
                } else {
                    indexes.insert(*title, titles.len());
                    titles.push(*title);
                    features.push(features_of(doc));
                }
            }
        }
    }
    Ok((titles, features))
}

fn features_of(doc: &TitleDoc) -> Vec<Feature> {
    let id = |id: i64| id.cast_unsigned();
    let categories = doc
        .categories
        .iter()
        .map(|of| (FeatureKind::Category, id(of.0)));
    // Genres are names, not ids; a hash keeps them apart from those and from each other.
    let genres = doc
        .genres
        .iter()
        .map(|name| (FeatureKind::Category, hash(name)));
    let tags = doc.tags.iter().map(|of| (FeatureKind::Tag, id(of.0)));
    let people = doc.credits.iter().take(PEOPLE_MAX);
    let people = people.map(|credit| (FeatureKind::Person, id(credit.person.0)));
    categories.chain(genres).chain(tags).chain(people).collect()
}

/// FNV-1a with the top bit set, which no id has.
fn hash(name: &str) -> u64 {
    let step = |sum: u64, byte: u8| (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    name.bytes().fold(0xcbf2_9ce4_8422_2325, step) | 1 << 63
}

/// Reads page after page.
trait Source {
    type Row;

    async fn after(
        &self,
        q: &mut dyn Query,
        service: ServiceId,
        last: Option<&Self::Row>,
    ) -> Result<Vec<Self::Row>>;

    fn owner(row: &Self::Row) -> &str;
}

struct PlayPages;

impl Source for PlayPages {
    type Row = Play;

    async fn after(
        &self,
        q: &mut dyn Query,
        service: ServiceId,
        last: Option<&Play>,
    ) -> Result<Vec<Play>> {
        let after = last.map_or(("", 0), |last| (last.owner.as_str(), last.content));
        Ok(input::plays(q, service, after, PAGE).await?)
    }

    fn owner(row: &Play) -> &str {
        &row.owner
    }
}

struct LikePages;

impl Source for LikePages {
    type Row = Liked;

    async fn after(
        &self,
        q: &mut dyn Query,
        service: ServiceId,
        last: Option<&Liked>,
    ) -> Result<Vec<Liked>> {
        let after = last.map_or(("", "", 0), |last| {
            (last.owner.as_str(), last.source.0.as_str(), last.source.1)
        });
        Ok(input::favorites(q, service, after, PAGE).await?)
    }

    fn owner(row: &Liked) -> &str {
        &row.owner
    }
}

/// The rows of a source one by one.
struct Pages<S: Source> {
    source: S,
    page: std::iter::Peekable<IntoIter<S::Row>>,
    /// The last row that was taken; the next page begins behind it.
    last: Option<S::Row>,
    ended: bool,
}

impl<S: Source<Row: Clone>> Pages<S> {
    fn new(source: S) -> Self {
        Self {
            source,
            page: Vec::new().into_iter().peekable(),
            last: None,
            ended: false,
        }
    }

    async fn peek(&mut self, q: &mut dyn Query, service: ServiceId) -> Result<Option<&S::Row>> {
        if self.page.peek().is_none() && !self.ended {
            let page = self.source.after(q, service, self.last.as_ref()).await?;
            self.ended = page.is_empty();
            self.last = page.last().cloned();
            self.page = page.into_iter().peekable();
        }
        Ok(self.page.peek())
    }

    /// The next row if it is of this owner.
    async fn take_of(
        &mut self,
        q: &mut dyn Query,
        service: ServiceId,
        owner: &str,
    ) -> Result<Option<S::Row>> {
        let next = self.peek(q, service).await?;
        if next.is_none_or(|row| S::owner(row) != owner) {
            return Ok(None);
        }
        Ok(self.page.next())
    }
}
