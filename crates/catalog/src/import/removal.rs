//! Taking items away by their key, whatever they are.

use marquee_domain::ServiceId;
use marquee_domain::catalog::LabelKind;
use marquee_domain::home::{Channel, Cover, Multichannel, PieceKind, Row, RowGroup};
use marquee_storage::catalog::{self as stored, Table};
use marquee_storage::home::{self, Piece};
use marquee_storage::labels::find_by_keys;
use marquee_storage::{Db, StorageError, Unit};

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
        for kind in [
            PieceKind::Row,
            PieceKind::RowGroup,
            PieceKind::Cover,
            PieceKind::Channel,
            PieceKind::Multichannel,
        ] {
            if remove_of_kind(self.unit, self.service, kind, &record.key).await? {
                self.set(index, Outcome::Removed);
                return Ok(());
            }
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
}

/// Removes the thing of a home screen of this kind and key, and says whether it was there.
///
/// # Errors
/// When the database fails.
pub async fn remove_piece(
    db: &Db,
    service: ServiceId,
    kind: PieceKind,
    key: &str,
) -> Result<bool, StorageError> {
    let mut unit = db.begin().await?;
    let gone = remove_of_kind(&mut unit, service, kind, key).await?;
    if gone {
        unit.save().await?;
    }
    Ok(gone)
}

async fn remove_of_kind(
    unit: &mut Unit,
    service: ServiceId,
    kind: PieceKind,
    key: &str,
) -> Result<bool, StorageError> {
    match kind {
        PieceKind::RowGroup => remove::<RowGroup>(unit, service, key).await,
        PieceKind::Row => remove::<Row>(unit, service, key).await,
        PieceKind::Cover => remove::<Cover>(unit, service, key).await,
        PieceKind::Channel => remove::<Channel>(unit, service, key).await,
        PieceKind::Multichannel => remove::<Multichannel>(unit, service, key).await,
    }
}

async fn remove<T: Piece>(
    unit: &mut Unit,
    service: ServiceId,
    key: &str,
) -> Result<bool, StorageError> {
    let found = home::by_keys::<T>(unit, service, &[key.to_owned()]).await?;
    let Some(piece) = found.first() else {
        return Ok(false);
    };
    home::remove::<T>(unit, piece.id()).await?;
    Ok(true)
}
