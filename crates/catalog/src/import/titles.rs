//! Series, seasons and contents: what differs from what is stored gets its parent, id, slug and
//! document, and is stored.
//!
//! [`old`] and [`parents`] read what is there, [`document`] resolves references, [`rows`] stores.

pub(super) mod document;
mod old;
mod parents;
mod rows;

use std::collections::{HashMap, HashSet};

use marquee_domain::catalog::Head;
use marquee_domain::publish::Window;
use marquee_storage::StorageError;
use marquee_storage::catalog::{self as stored, Table};
use marquee_storage::meta::take_ids;

use self::old::Old;
pub(super) use self::parents::Parent;
use self::rows::{Placed, Rows};
use super::Batch;
use super::slugs::{Owners, numbered, spare_slugs, wanted_slug, with_year};
use crate::record::{Body, Outcome, Record, Title};

/// A record of the table at hand.
struct Mine<'r> {
    /// Its place in the batch.
    index: usize,
    record: &'r Record,
    title: &'r Title,
    /// Key of its parent.
    parent: Option<&'r str>,
}

/// A record that differs from what is stored.
struct Change<'r> {
    /// Its place in the batch.
    index: usize,
    record: &'r Record,
    title: &'r Title,
    parent: Option<Parent>,
    /// The slug it would like.
    wanted: String,
}

impl Batch<'_> {
    /// Stores the records of one table.
    pub(super) async fn titles(
        &mut self,
        table: Table,
        records: &[Record],
    ) -> Result<(), StorageError> {
        let mine = of_table(table, records);
        if mine.is_empty() {
            return Ok(());
        }
        let keys: Vec<String> = mine.iter().map(|mine| mine.record.key.clone()).collect();
        let old = self.old(table, &keys).await?;
        let changes = self.changes(table, mine, &old).await?;
        if changes.is_empty() {
            return Ok(());
        }
        self.resolve_mentions(changes.iter().map(|change| change.title))
            .await?;
        let fresh = take_ids(self.unit, word(table), changes.len()).await?;
        let known = |change: &Change<'_>| old.get(&change.record.key).map(|old| old.id);
        let ids = numbered(fresh, changes.iter().map(known));
        let mut slugs = self.slugs(table, &changes, &ids).await?;
        let images: usize = changes.iter().map(|change| change.title.images.len()).sum();
        let mut next_image = if images > 0 {
            take_ids(self.unit, "image", images).await?
        } else {
            0
        };

        let mut rows = Rows::default();
        for (change, id) in changes.into_iter().zip(ids) {
            let Change {
                index,
                record,
                title,
                parent,
                wanted,
            } = change;
            let before = old.get(&record.key);
            let kept = before.map(|old| old.head.slug.as_str());
            let second = with_year(&wanted, title);
            let slug = match slugs.choose(record, kept, wanted, second, id) {
                Ok(slug) => slug,
                Err(fault) => {
                    self.reject(index, "slug", fault.reason(word(table), "title"));
                    continue;
                }
            };
            let doc = self.doc(title, before.map(|old| &old.doc), &mut next_image);
            let created_at = before.map_or(self.now, |old| old.head.created_at);
            let own = Window::new(doc.status, doc.publish_start, doc.publish_end, created_at);
            let window = parent
                .as_ref()
                .map_or(own, |parent| own.inside(parent.window));
            let head = Head {
                service: self.service,
                external_key: record.key.clone(),
                slug,
                own,
                window,
                created_at,
                digest: record.digest,
            };
            let outcome = match before {
                Some(_) => Outcome::Updated,
                None => Outcome::Added,
            };
            self.set(index, outcome);
            rows.add(Placed {
                table,
                id,
                record,
                head,
                doc,
                parent,
                before,
            });
        }
        self.store(rows).await
    }

    /// What differs from what is stored, with its parent. What is the same costs nothing more; what has no parent waits.
    async fn changes<'r>(
        &mut self,
        table: Table,
        mine: Vec<Mine<'r>>,
        old: &HashMap<String, Old>,
    ) -> Result<Vec<Change<'r>>, StorageError> {
        let keys: HashSet<&str> = mine.iter().filter_map(|mine| mine.parent).collect();
        let keys = keys.into_iter().map(str::to_owned).collect();
        let parents = self.parents(table, keys).await?;
        let mut changes = Vec::new();
        for mine in mine {
            let Mine {
                index,
                record,
                title,
                parent,
            } = mine;
            let parent = match parent.map(|key| (key, parents.get(key))) {
                None => None,
                Some((_, Some(Ok(parent)))) => Some(parent.clone()),
                Some((_, Some(Err(reason)))) => {
                    self.reject(index, "parent", reason.clone());
                    continue;
                }
                Some((key, None)) => {
                    self.set(index, Outcome::MissingParent(key.to_owned()));
                    continue;
                }
            };
            let place = parent
                .as_ref()
                .map_or((None, None), |p| (p.season, p.series));
            let same = old
                .get(&record.key)
                .is_some_and(|old| old.head.digest == record.digest && old.place == place);
            if !same {
                changes.push(Change {
                    index,
                    record,
                    title,
                    wanted: wanted_slug(record, title, parent.as_ref()),
                    parent,
                });
            }
        }
        Ok(changes)
    }

    /// Who has the slugs that these changes may come to use. Every one is asked for: a slug that an author chose may
    /// look like a made one.
    async fn slugs(
        &mut self,
        table: Table,
        changes: &[Change<'_>],
        ids: &[i64],
    ) -> Result<Owners, StorageError> {
        let mut asked = Vec::with_capacity(changes.len() * 8);
        for (change, id) in changes.iter().zip(ids) {
            let dated = with_year(&change.wanted, change.title);
            for slug in std::iter::once(&change.wanted).chain(&dated) {
                asked.push(slug.clone());
                asked.extend(spare_slugs(slug, *id));
            }
        }
        let taken = stored::taken_slugs(self.unit, table, self.service, &asked).await?;
        Ok(Owners::new(taken))
    }
}

/// The records of one table, in their order.
fn of_table(table: Table, records: &[Record]) -> Vec<Mine<'_>> {
    let mine = |(index, record)| mine(table, index, record);
    records.iter().enumerate().filter_map(mine).collect()
}

fn mine(table: Table, index: usize, record: &Record) -> Option<Mine<'_>> {
    let (of, title, parent) = match &record.body {
        Body::Series(title) => (Table::Series, title, None),
        Body::Season { parent, title, .. } => (Table::Season, title, Some(parent.as_str())),
        Body::Content { parent, title, .. } => (Table::Content, title, parent.as_deref()),
        _ => return None,
    };
    (of == table).then_some(Mine {
        index,
        record,
        title,
        parent,
    })
}

/// What an item of a table is called; its ids come from the sequence of this name.
fn word(table: Table) -> &'static str {
    match table {
        Table::Series => "series",
        Table::Season => "season",
        Table::Content => "content",
    }
}
