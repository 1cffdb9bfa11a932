//! The services by name, kept in memory and read again when the catalog version rises.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use marquee_domain::Visibility;
use marquee_domain::ports::{Openness, Unknown};
use marquee_storage::services::{self, Service};
use marquee_storage::{Db, StorageError};

type Known = Arc<HashMap<String, Service>>;

/// The services by name.
#[derive(Clone)]
pub struct ServiceDirectory {
    db: Db,
    default: Option<String>,
    first: String,
    known: Arc<RwLock<(i64, Known)>>,
}

impl ServiceDirectory {
    /// A directory; `first` is the first configured service, `default` the one for callers that name none.
    #[must_use]
    pub fn new(db: Db, first: String, default: Option<String>) -> Self {
        Self {
            db,
            default,
            first,
            known: Arc::default(),
        }
    }

    /// The name for calls without one: the first configured service where the contract lets them, else the default if switched on.
    #[must_use]
    pub fn fallback(&self, optional: bool) -> Option<&str> {
        if optional {
            Some(&self.first)
        } else {
            self.default.as_deref()
        }
    }

    /// The service of a name.
    ///
    /// # Errors
    /// When storage fails.
    pub async fn find(&self, name: &str) -> Result<Option<Service>, StorageError> {
        Ok(self.all().await?.get(name).cloned())
    }

    async fn all(&self) -> Result<Known, StorageError> {
        let version = self.db.catalog_version();
        {
            let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
            if known.0 == version {
                return Ok(known.1.clone());
            }
        }
        let all = services::list(&mut self.db.reader()).await?.into_iter();
        let all: Known = Arc::new(all.map(|it| (it.name.clone(), it)).collect());
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = (version, all.clone());
        Ok(all)
    }
}

impl Openness for ServiceDirectory {
    fn is_open(&self) -> BoxFuture<'_, Result<bool, Unknown>> {
        async {
            let all = self.all().await?;
            Ok(all.values().any(|it| it.visibility == Visibility::Public))
        }
        .boxed()
    }
}
