//! Word of catalog changes from other processes.

use sqlx::postgres::PgListener;

use crate::db::{Db, Kind};
use crate::{Result, StorageError};

/// The channel on which PostgreSQL carries the word. It says nothing but that there is news, so
/// databases that share a server may hear each other's without harm.
pub(crate) const CHANNEL: &str = "marquee_catalog";

/// Hears of catalog changes. PostgreSQL carries the word itself; SQLite has no such thing, so there
/// the version has to be asked for.
pub struct Listener(Option<PgListener>);

impl Listener {
    /// Listens on a connection of its own.
    ///
    /// # Errors
    /// When PostgreSQL cannot be reached.
    pub async fn new(db: &Db) -> Result<Self> {
        let Kind::Postgres(pool) = &db.kind else {
            return Ok(Self(None));
        };
        let mut listener = PgListener::connect_with(pool).await?;
        listener.listen(CHANNEL).await?;
        Ok(Self(Some(listener)))
    }

    /// Waits until something has changed, or may have while the connection was lost. Never ends on
    /// SQLite.
    ///
    /// # Errors
    /// When the connection is lost and cannot be made again.
    pub async fn changed(&mut self) -> Result<()> {
        match &mut self.0 {
            Some(listener) => {
                listener.try_recv().await.map_err(StorageError::Driver)?;
                Ok(())
            }
            None => std::future::pending().await,
        }
    }
}
