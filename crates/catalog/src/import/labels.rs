//! Categories, tags and people: their own records, and being mentioned by titles.

use std::collections::{HashMap, HashSet};

use marquee_domain::catalog::{Label, LabelDoc, LabelKind};
use marquee_domain::language::LanguageTag;
use marquee_domain::slug::slugify;
use marquee_storage::StorageError;
use marquee_storage::changes::Changed;
use marquee_storage::labels::{find_by_keys, find_by_slugs, put};
use marquee_storage::meta::take_ids;

use super::Batch;
use super::slugs::{Owners, free_slug, numbered, spare_slugs};
use crate::record::{Body, Outcome, Record, Title};

/// Place of a label that nobody has ordered: behind those that somebody has.
const UNORDERED: i64 = 1_000_000;

impl Batch<'_> {
    /// Stores the label records of one kind.
    pub(super) async fn labels(
        &mut self,
        kind: LabelKind,
        records: &[Record],
    ) -> Result<(), StorageError> {
        let mine: Vec<(usize, &Record, i64, &LabelDoc)> = records
            .iter()
            .enumerate()
            .filter_map(|(index, record)| match &record.body {
                Body::Label {
                    kind: k,
                    order,
                    doc,
                } if *k == kind => Some((index, record, *order, doc)),
                _ => None,
            })
            .collect();
        if mine.is_empty() {
            return Ok(());
        }
        let keys: Vec<String> = mine
            .iter()
            .map(|(_, record, ..)| record.key.clone())
            .collect();
        let mut stored: HashMap<String, Label> = find_by_keys(self.unit, self.service, kind, &keys)
            .await?
            .into_iter()
            .map(|label| (label.external_key.clone(), label))
            .collect();
        let wanted: Vec<String> = mine
            .iter()
            .map(|(_, record, _, doc)| {
                record
                    .slug
                    .clone()
                    .unwrap_or_else(|| slugify(title_of(doc)))
            })
            .collect();
        let fresh = take_ids(self.unit, "label", mine.len()).await?;
        let known = mine
            .iter()
            .map(|(_, record, ..)| stored.get(&record.key).map(|old| old.id));
        let ids = numbered(fresh, known);
        // Every slug that may come to be used is asked for: one that an author chose may look like a made one.
        let mut asked = wanted.clone();
        for (slug, id) in wanted.iter().zip(&ids) {
            asked.extend(spare_slugs(slug, *id));
        }
        let taken = find_by_slugs(self.unit, self.service, kind, &asked).await?;
        let mut slugs = Owners::new(
            taken
                .into_iter()
                .map(|label| (label.slug, label.external_key))
                .collect(),
        );
        let mut rows = Vec::new();
        for (((index, record, order, doc), wanted), id) in mine.into_iter().zip(wanted).zip(ids) {
            let old = stored.get(&record.key);
            if old.is_some_and(|old| old.digest == record.digest) {
                continue;
            }
            // A placeholder's slug came from a mention; its own record may choose a better one, later ones keep it.
            let kept = old.map(|old| old.slug.as_str());
            let slug = match slugs.choose(record, kept, wanted, None, id) {
                Ok(slug) => slug,
                Err(fault) => {
                    self.reject(index, "slug", fault.reason(kind.as_str(), "name"));
                    continue;
                }
            };
            let outcome = match old {
                // Nothing refers to a new one yet.
                Some(_) => {
                    self.unit.changed(Changed::Label, [id]);
                    Outcome::Updated
                }
                None => Outcome::Added,
            };
            self.set(index, outcome);
            let label = Label {
                id,
                external_key: record.key.clone(),
                slug,
                order,
                digest: record.digest,
                doc: doc.clone(),
            };
            stored.insert(record.key.clone(), label.clone());
            rows.push(label);
        }
        put(self.unit, self.service, kind, &rows).await
    }

    /// Makes sure that everything the titles mention has an id, with placeholders for what is new.
    pub(super) async fn resolve_mentions<'t>(
        &mut self,
        titles: impl Iterator<Item = &'t Title> + Clone,
    ) -> Result<(), StorageError> {
        for kind in [LabelKind::Category, LabelKind::Tag, LabelKind::Person] {
            let mut seen = HashSet::new();
            let open: Vec<String> = titles
                .clone()
                .flat_map(|title| match kind {
                    LabelKind::Category => title.categories.iter().collect::<Vec<_>>(),
                    LabelKind::Tag => title.tags.iter().collect(),
                    LabelKind::Person => title.credits.iter().map(|(person, _)| person).collect(),
                })
                .filter(|mention| {
                    self.label_id(kind, mention).is_none() && seen.insert((*mention).clone())
                })
                .cloned()
                .collect();
            self.resolve_kind(kind, open).await?;
        }
        Ok(())
    }

    async fn resolve_kind(
        &mut self,
        kind: LabelKind,
        open: Vec<String>,
    ) -> Result<(), StorageError> {
        if open.is_empty() {
            return Ok(());
        }
        for label in find_by_keys(self.unit, self.service, kind, &open).await? {
            self.fresh.insert((kind, label.external_key), label.id);
        }
        let open: Vec<String> = open
            .into_iter()
            .filter(|mention| self.label_id(kind, mention).is_none())
            .collect();
        let slugs: Vec<String> = open.iter().map(|mention| slugify(mention)).collect();
        let mut next_id = take_ids(self.unit, "label", open.len()).await?;
        let mut asked = slugs.clone();
        asked.extend(
            (next_id..)
                .zip(&slugs)
                .filter(|(_, slug)| slug.is_empty())
                .flat_map(|(id, slug)| spare_slugs(slug, id)),
        );
        let mut by_slug: HashMap<String, i64> =
            find_by_slugs(self.unit, self.service, kind, &asked)
                .await?
                .into_iter()
                .map(|label| (label.slug, label.id))
                .collect();
        let mut rows = Vec::new();
        for (mention, slug) in open.into_iter().zip(slugs) {
            // Two people may share a name's slug ("Kim Doe", "Kim-Doe"): only the same slug of a category or tag is the same thing.
            let id = next_id;
            next_id += 1;
            if let Some(id) = by_slug.get(&slug).filter(|_| !slug.is_empty()) {
                self.fresh.insert((kind, mention), *id);
                continue;
            }
            // Nobody insists on the slug of a mention, and what has been asked for leaves three; the key is the last resort.
            let slug = free_slug(&slug, |slug| by_slug.contains_key(slug), id)
                .unwrap_or_else(|| mention.clone());
            by_slug.insert(slug.clone(), id);
            let mut doc = LabelDoc::default();
            if let Some(und) = LanguageTag::parse("und") {
                doc.titles.set(und, &mention);
            }
            self.fresh.insert((kind, mention.clone()), id);
            rows.push(Label {
                id,
                external_key: mention,
                slug,
                order: UNORDERED,
                digest: 0,
                doc,
            });
        }
        put(self.unit, self.service, kind, &rows).await
    }

    /// The id of a mention that has been resolved.
    pub(super) fn label_id(&self, kind: LabelKind, mention: &str) -> Option<i64> {
        let key = (kind, mention.to_owned());
        self.known
            .get(&key)
            .or_else(|| self.fresh.get(&key))
            .copied()
    }
}

fn title_of(doc: &LabelDoc) -> &str {
    doc.titles
        .pick(marquee_domain::UiLanguage::En, None)
        .unwrap_or_default()
}
