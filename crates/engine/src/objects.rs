//! Small files in object storage: one bucket, one prefix.

use std::sync::Arc;

use bytes::Bytes;
use object_store::aws::AmazonS3;
use object_store::{Error, ObjectStoreExt, PutPayload, path::Path};

use crate::open::{ObjectStores, OpenError};

/// Object storage failed.
#[derive(Debug, thiserror::Error)]
#[error("object storage failed")]
pub struct ObjectsError(#[source] Error);

/// Files below a prefix of a bucket.
#[derive(Clone)]
pub struct Objects {
    bucket: Arc<AmazonS3>,
    prefix: Path,
}

impl Objects {
    /// Files below a prefix, which may be empty.
    ///
    /// # Errors
    /// When object storage is not configured or the settings make no sense.
    pub fn new(stores: &ObjectStores, bucket: &str, prefix: &str) -> Result<Self, OpenError> {
        Ok(Self {
            bucket: stores.bucket(bucket)?,
            prefix: Path::from(prefix),
        })
    }

    fn path(&self, name: &str) -> Path {
        self.prefix.clone().join(name)
    }

    /// Whether a file is there.
    ///
    /// # Errors
    /// When object storage fails.
    pub async fn has(&self, name: &str) -> Result<bool, ObjectsError> {
        match self.bucket.head(&self.path(name)).await {
            Ok(_) => Ok(true),
            Err(Error::NotFound { .. }) => Ok(false),
            Err(error) => Err(ObjectsError(error)),
        }
    }

    /// The bytes of a file; none when it is not there.
    ///
    /// # Errors
    /// When object storage fails.
    pub async fn get(&self, name: &str) -> Result<Option<Bytes>, ObjectsError> {
        let found = match self.bucket.get(&self.path(name)).await {
            Ok(found) => found,
            Err(Error::NotFound { .. }) => return Ok(None),
            Err(error) => return Err(ObjectsError(error)),
        };
        found.bytes().await.map(Some).map_err(ObjectsError)
    }

    /// Stores a file.
    ///
    /// # Errors
    /// When object storage fails.
    pub async fn put(&self, name: &str, bytes: Bytes) -> Result<(), ObjectsError> {
        let payload = PutPayload::from_bytes(bytes);
        let stored = self.bucket.put(&self.path(name), payload).await;
        stored.map(|_| ()).map_err(ObjectsError)
    }
}
