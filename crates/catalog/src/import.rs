//! Applying records, a batch per unit of work.
//!
//! Within a batch, labels come first, then series, seasons and contents, then bundles, channels,
//! groups, rows and covers, so that a parent and its child may arrive together. A reference to a category, tag or person that has no record yet makes
//! a placeholder of its name, which its own record later fills in place. A reference to a parent
//! that is missing is reported as such; callers keep the record and try again at the end.

mod home;
mod labels;
mod pictures;
mod references;
mod removal;
mod slugs;
mod titles;

use std::collections::HashMap;

use marquee_domain::catalog::LabelKind;
use marquee_domain::{ServiceId, Timestamp};
use marquee_storage::Db;
use marquee_storage::catalog::Table;
use marquee_storage::{StorageError, Unit};

use self::pictures::Uses;
pub use self::references::{Named, at_fault, named};
pub use self::removal::remove_piece;
use crate::record::{Body, Outcome, Record};

/// Records in one unit of work: small enough to hold SQLite's writer for about 20 ms.
pub const BATCH: usize = 200;
/// How often a batch is tried again after a serialization failure or deadlock.
const RETRIES: u32 = 5;

/// Applies batches to one service.
pub struct Importer {
    db: Db,
    service: ServiceId,
    /// References that are known to be stored: (kind, as written) to id.
    known: HashMap<(LabelKind, String), i64>,
}

impl Importer {
    /// An importer for a service.
    #[must_use]
    pub fn new(db: Db, service: ServiceId) -> Self {
        Self {
            db,
            service,
            known: HashMap::new(),
        }
    }

    /// Applies records in one unit of work and says what became of each, in their order.
    ///
    /// # Errors
    /// When the database fails; nothing of the batch is stored then.
    pub async fn apply(
        &mut self,
        records: &[Record],
        now: Timestamp,
    ) -> Result<Vec<Outcome>, StorageError> {
        let mut attempt = 0;
        loop {
            match self.try_apply(records, now).await {
                Err(error) if error.is_retryable() && attempt < RETRIES => {
                    attempt += 1;
                    tracing::debug!(attempt, "a batch is applied again");
                }
                done => return done,
            }
        }
    }

    async fn try_apply(
        &mut self,
        records: &[Record],
        now: Timestamp,
    ) -> Result<Vec<Outcome>, StorageError> {
        let mut uses = Uses::of(records);
        let mut unit = self.db.begin().await?;
        let records = uses.with_stored(&mut unit, records).await?;
        let mut batch = Batch {
            unit: &mut unit,
            service: self.service,
            now,
            known: &self.known,
            fresh: HashMap::new(),
            outcomes: vec![Outcome::Unchanged; records.len()],
        };
        batch.run(&records).await?;
        let (outcomes, fresh) = (batch.outcomes, batch.fresh);
        uses.want(&mut unit, self.service, &outcomes, now).await?;
        unit.save().await?;
        // Only what is stored may be remembered.
        self.known.extend(fresh);
        Ok(outcomes)
    }
}

/// One batch at work.
struct Batch<'a> {
    unit: &'a mut Unit,
    service: ServiceId,
    now: Timestamp,
    known: &'a HashMap<(LabelKind, String), i64>,
    fresh: HashMap<(LabelKind, String), i64>,
    outcomes: Vec<Outcome>,
}

impl Batch<'_> {
    async fn run(&mut self, records: &[Record]) -> Result<(), StorageError> {
        for kind in [LabelKind::Category, LabelKind::Tag, LabelKind::Person] {
            self.labels(kind, records).await?;
        }
        for table in [Table::Series, Table::Season, Table::Content] {
            self.titles(table, records).await?;
        }
        self.home(records).await?;
        for (index, record) in records.iter().enumerate() {
            if matches!(record.body, Body::Removal) {
                self.remove(index, record).await?;
            }
        }
        Ok(())
    }

    fn reject(&mut self, index: usize, field: &'static str, reason: impl Into<String>) {
        self.set(
            index,
            Outcome::Rejected {
                field,
                reason: reason.into(),
            },
        );
    }

    fn set(&mut self, index: usize, outcome: Outcome) {
        if let Some(slot) = self.outcomes.get_mut(index) {
            *slot = outcome;
        }
    }
}
