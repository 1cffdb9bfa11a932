//! Pictures that records name by address: the stored one takes the place of its address where there is one; the
//! others are asked for.

use std::borrow::Cow;
use std::collections::HashMap;

use marquee_domain::catalog::{NamesPictures, is_stored};
use marquee_domain::{ServiceId, Timestamp};
use marquee_storage::catalog::Table;
use marquee_storage::pictures::{self, Holder, Use};
use marquee_storage::{StorageError, Unit};

use crate::record::{Body, Outcome, Record};

/// What a record makes, when that can name pictures, and the locations that it names them by.
fn named(body: &Body) -> Option<(Holder, Vec<&String>)> {
    let (holder, images) = match body {
        Body::Label { kind, doc, .. } => return Some((Holder::Label(*kind), doc.locations())),
        Body::Cover { doc, images, .. } => {
            let mut locations = doc.locations();
            locations.extend(images.iter().flatten().map(|image| &image.location));
            return Some((Holder::Cover, locations));
        }
        Body::Series(title) => (Holder::Title(Table::Series), &title.images),
        Body::Season { title, .. } => (Holder::Title(Table::Season), &title.images),
        Body::Content { title, .. } => (Holder::Title(Table::Content), &title.images),
        Body::Channel { title, .. } => (Holder::Channel, &title.images),
        Body::Multichannel { title, .. } => (Holder::Multichannel, &title.images),
        Body::RowGroup { .. } | Body::Row { .. } | Body::Removal => return None,
    };
    Some((holder, images.iter().map(|image| &image.location).collect()))
}

/// The locations that a record names pictures by, to be replaced.
fn named_mut(body: &mut Body) -> Vec<&mut String> {
    let images = match body {
        Body::Label { doc, .. } => return doc.locations_mut(),
        Body::Cover { doc, images, .. } => {
            let mut locations = doc.locations_mut();
            let images = images.iter_mut().flatten();
            locations.extend(images.map(|image| &mut image.location));
            return locations;
        }
        Body::Series(title)
        | Body::Season { title, .. }
        | Body::Content { title, .. }
        | Body::Channel { title, .. }
        | Body::Multichannel { title, .. } => &mut title.images,
        Body::RowGroup { .. } | Body::Row { .. } | Body::Removal => return Vec::new(),
    };
    images.iter_mut().map(|image| &mut image.location).collect()
}

/// The uses of pictures by address that a batch asks for, each with the place of its record.
pub(super) struct Uses(Vec<(usize, Use)>);

impl Uses {
    /// Those of some records.
    pub(super) fn of(records: &[Record]) -> Self {
        let mut uses = Vec::new();
        for (index, record) in records.iter().enumerate() {
            let Some((holder, locations)) = named(&record.body) else {
                continue;
            };
            for location in locations {
                if !is_stored(location) {
                    let it = Use {
                        address: location.clone(),
                        holder,
                        key: record.key.clone(),
                    };
                    uses.push((index, it));
                }
            }
        }
        Self(uses)
    }

    /// The records with stored pictures in the place of their addresses; what is left are those that have to be
    /// fetched.
    pub(super) async fn with_stored<'r>(
        &mut self,
        unit: &mut Unit,
        records: &'r [Record],
    ) -> Result<Cow<'r, [Record]>, StorageError> {
        let addresses: Vec<String> = self.0.iter().map(|(_, it)| it.address.clone()).collect();
        let stored: HashMap<String, String> = pictures::stored(unit, &addresses).await?;
        if stored.is_empty() {
            return Ok(Cow::Borrowed(records));
        }
        let mut records = records.to_vec();
        for record in &mut records {
            for location in named_mut(&mut record.body) {
                if let Some(known) = stored.get(location) {
                    known.clone_into(location);
                }
            }
        }
        self.0.retain(|(_, it)| !stored.contains_key(&it.address));
        Ok(Cow::Owned(records))
    }

    /// Asks for what stored records name.
    pub(super) async fn want(
        self,
        unit: &mut Unit,
        service: ServiceId,
        outcomes: &[Outcome],
        now: Timestamp,
    ) -> Result<(), StorageError> {
        let was_stored = |index: &usize| {
            matches!(
                outcomes.get(*index),
                Some(Outcome::Added | Outcome::Updated)
            )
        };
        let uses = self.0.into_iter();
        let uses: Vec<Use> = uses
            .filter(|(index, _)| was_stored(index))
            .map(|(_, it)| it)
            .collect();
        pictures::want(unit, service, &uses, now).await
    }
}
