//! Taking items away by their key, whatever they are.

use marquee_domain::catalog::LabelKind;
use marquee_domain::home::{Channel, Cover, Multichannel, Row, RowGroup};
use marquee_storage::StorageError;
use marquee_storage::catalog::{self as stored, Table};
use marquee_storage::home::{self, Piece};
use marquee_storage::labels::find_by_keys;

use super::Batch;
use crate::record::{Outcome, Record};

impl Batch<'_> {
    pub(super) async fn remove(
        &mut self,
        index: usize,
        record: &Record,
    ) -> Result<(), StorageError> {
        let keys = [record.key.clone()];
        for table in [Table::Content, Table::Season, Table::Series] {
            if let Some(old) = self.old(table, &keys).await?.get(&record.key) {
                let (id, refit) = (old.id, old.place.1);
                stored::remove(self.unit, table, id).await?;
                self.set(index, Outcome::Removed);
                tracing::debug!(key = record.key, ?refit, "removed");
                return Ok(());
            }
        }
        let gone = self.remove_piece::<Row>(&keys).await?
            || self.remove_piece::<RowGroup>(&keys).await?
            || self.remove_piece::<Cover>(&keys).await?
            || self.remove_piece::<Channel>(&keys).await?
            || self.remove_piece::<Multichannel>(&keys).await?;
        if gone {
            self.set(index, Outcome::Removed);
            return Ok(());
        }
        // Titles refer to them, so they stay; saying so beats a removal that did nothing.
        for kind in [LabelKind::Category, LabelKind::Tag, LabelKind::Person] {
            if !find_by_keys(self.unit, self.service, kind, &keys)
                .await?
                .is_empty()
            {
                let reason = format!("a {} cannot be taken away yet", kind.as_str());
                self.reject(index, "deleted", reason);
            }
        }
        Ok(())
    }

    /// Removes the thing of this key when it is of this kind, and says whether it was.
    async fn remove_piece<T: Piece>(&mut self, keys: &[String]) -> Result<bool, StorageError> {
        let found = home::by_keys::<T>(self.unit, self.service, keys).await?;
        let Some(piece) = found.first() else {
            return Ok(false);
        };
        home::remove::<T>(self.unit, piece.id()).await?;
        Ok(true)
    }
}
