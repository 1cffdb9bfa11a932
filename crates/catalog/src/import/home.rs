//! Groups of rows, rows, covers, channels and bundles: what differs from what is stored gets its
//! parent, id and slug, and is stored.

mod made;

use std::collections::{HashMap, HashSet};

use marquee_domain::UiLanguage;
use marquee_domain::catalog::Head;
use marquee_domain::home::{Channel, Cover, Multichannel, Row, RowGroup};
use marquee_domain::slug::slugify;
use marquee_storage::StorageError;
use marquee_storage::home::{self as stored, Piece};
use marquee_storage::meta::take_ids;

use self::made::{Made, Wanted};
use super::Batch;
use super::slugs::{Owners, numbered, spare_slugs};
use super::titles::document::placed;
use crate::record::{Outcome, Record};

/// A record of the kind at hand that differs from what is stored.
struct Change<'r, T: Made> {
    /// Its place in the batch.
    index: usize,
    record: &'r Record,
    wanted: Wanted<'r>,
    parent: Option<T::Parent>,
    before: Option<T>,
}

impl Batch<'_> {
    /// Stores everything that home screens are made of, parents first.
    pub(super) async fn home(&mut self, records: &[Record]) -> Result<(), StorageError> {
        self.pieces::<Multichannel>(records).await?;
        self.pieces::<Channel>(records).await?;
        for (before, after) in self.pieces::<RowGroup>(records).await? {
            if before.is_some_and(|before| before.head.window != after.head.window) {
                stored::refit_rows(self.unit, &after).await?;
            }
        }
        self.pieces::<Row>(records).await?;
        self.pieces::<Cover>(records).await?;
        Ok(())
    }

    /// Stores the records of one kind; answers with what was stored before and what is now.
    async fn pieces<T: Made>(
        &mut self,
        records: &[Record],
    ) -> Result<Vec<(Option<T>, T)>, StorageError> {
        let changes = self.changed::<T>(records).await?;
        if changes.is_empty() {
            return Ok(Vec::new());
        }
        let fresh = take_ids(self.unit, T::WORD, changes.len()).await?;
        let known = |change: &Change<'_, T>| change.before.as_ref().map(Piece::id);
        let ids = numbered(fresh, changes.iter().map(known));
        let mut slugs = self.slugs_of(&changes, &ids).await?;
        let images: usize = changes.iter().map(|change| change.wanted.pictures()).sum();
        let mut next_image = match images {
            0 => 0,
            count => take_ids(self.unit, "image", count).await?,
        };
        let mut stored = Vec::with_capacity(changes.len());
        for (change, id) in changes.into_iter().zip(ids) {
            let Change {
                index,
                record,
                wanted,
                parent,
                before,
            } = change;
            let kept = before.as_ref().map(|before| before.head().slug.as_str());
            let slug = wanted_slug(record, &wanted);
            let slug = match slugs.choose(record, kept, slug, None, id) {
                Ok(slug) => slug,
                Err(fault) => {
                    self.reject(index, "slug", fault.reason(T::WORD, "title"));
                    continue;
                }
            };
            let created_at = before
                .as_ref()
                .map_or(self.now, |before| before.head().created_at);
            let own = wanted.window(created_at);
            let head = Head {
                service: self.service,
                external_key: record.key.clone(),
                slug,
                own,
                window: T::inside(own, parent.as_ref()),
                created_at,
                digest: record.digest,
            };
            let outcome = match before {
                Some(_) => Outcome::Updated,
                None => Outcome::Added,
            };
            self.set(index, outcome);
            let made = T::make(
                id,
                head,
                &wanted,
                parent.as_ref(),
                |images, old| placed(images, old, &mut next_image),
                before.as_ref(),
            );
            if let Some(made) = made {
                stored.push((before, made));
            }
        }
        let made: Vec<&T> = stored.iter().map(|(_, made)| made).collect();
        stored::put(self.unit, &made).await?;
        Ok(stored)
    }

    /// What differs from what is stored, with its parent. What has no parent waits.
    async fn changed<'r, T: Made>(
        &mut self,
        records: &'r [Record],
    ) -> Result<Vec<Change<'r, T>>, StorageError> {
        let mine: Vec<(usize, &Record, Wanted<'_>)> = records
            .iter()
            .enumerate()
            .filter_map(|(index, record)| Some((index, record, T::wanted(&record.body)?)))
            .collect();
        if mine.is_empty() {
            return Ok(Vec::new());
        }
        let keys: Vec<String> = mine
            .iter()
            .map(|(_, record, _)| record.key.clone())
            .collect();
        let mut old: HashMap<String, T> = stored::by_keys::<T>(self.unit, self.service, &keys)
            .await?
            .into_iter()
            .map(|piece| (piece.head().external_key.clone(), piece))
            .collect();
        let parents: HashSet<String> = mine
            .iter()
            .filter_map(|(_, _, wanted)| wanted.parent.map(str::to_owned))
            .collect();
        let parents: Vec<String> = parents.into_iter().collect();
        let parents: HashMap<String, T::Parent> =
            stored::by_keys::<T::Parent>(self.unit, self.service, &parents)
                .await?
                .into_iter()
                .map(|piece| (piece.head().external_key.clone(), piece))
                .collect();
        let mut changes = Vec::new();
        for (index, record, wanted) in mine {
            let parent = match wanted.parent {
                None => None,
                Some(key) => match parents.get(key) {
                    Some(parent) => Some(parent.clone()),
                    None => {
                        self.set(index, Outcome::MissingParent(key.to_owned()));
                        continue;
                    }
                },
            };
            let before = old.remove(&record.key);
            let same = before.as_ref().is_some_and(|before| {
                before.head().digest == record.digest && before.sits_in(parent.as_ref())
            });
            if !same {
                changes.push(Change {
                    index,
                    record,
                    wanted,
                    parent,
                    before,
                });
            }
        }
        Ok(changes)
    }

    /// Who has the slugs that these changes may come to use.
    async fn slugs_of<T: Made>(
        &mut self,
        changes: &[Change<'_, T>],
        ids: &[i64],
    ) -> Result<Owners, StorageError> {
        let mut asked = Vec::with_capacity(changes.len() * 4);
        for (change, id) in changes.iter().zip(ids) {
            let wanted = wanted_slug(change.record, &change.wanted);
            asked.extend(spare_slugs(&wanted, *id));
            asked.push(wanted);
        }
        let taken = stored::by_slugs::<T>(self.unit, self.service, &asked).await?;
        let owner = |piece: T| {
            let head = piece.head();
            (head.slug.clone(), head.external_key.clone())
        };
        Ok(Owners::new(taken.into_iter().map(owner).collect()))
    }
}

/// The slug a thing would like: the author's, else one made of its title, else of its key.
fn wanted_slug(record: &Record, wanted: &Wanted<'_>) -> String {
    let title = || wanted.titles.pick(UiLanguage::En, None);
    record
        .slug
        .clone()
        .unwrap_or_else(|| slugify(title().unwrap_or(&record.key)))
}
