//! Where pictures are kept.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use marquee_engine::objects::{Objects, ObjectsError};
use tokio::sync::Semaphore;

use crate::door::{Fault, Seen, look};
use crate::name::PictureName;
use crate::placeholder::is_placeholder;

/// Why a picture is not in place.
#[derive(Debug, thiserror::Error)]
pub enum GalleryError {
    /// It may not come in.
    #[error(transparent)]
    Fault(#[from] Fault),
    /// The folder failed.
    #[error("the picture cannot be stored")]
    Folder(#[from] std::io::Error),
    /// Object storage failed.
    #[error("the picture cannot be stored")]
    Objects(#[from] ObjectsError),
}

/// Pictures, each once, under the hash of its bytes; beside each its placeholder.
#[derive(Clone)]
pub struct Gallery(Place);

#[derive(Clone)]
enum Place {
    Folder(PathBuf),
    Objects(Objects),
}

/// Object storage knows a secret, which is nobody's business here.
impl std::fmt::Debug for Gallery {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.0 {
            Place::Folder(folder) => f.debug_tuple("Gallery").field(folder).finish(),
            Place::Objects(_) => f.write_str("Gallery(object storage)"),
        }
    }
}

/// The file beside a picture that holds its placeholder.
fn beside(name: &PictureName) -> String {
    format!("{}.thumbhash", name.digits())
}

impl Gallery {
    /// Pictures in a folder, which is made when it is needed.
    #[must_use]
    pub fn folder(folder: PathBuf) -> Self {
        Self(Place::Folder(folder))
    }

    /// Pictures in object storage.
    #[must_use]
    pub fn objects(objects: Objects) -> Self {
        Self(Place::Objects(objects))
    }

    /// Takes a picture in. When this returns it is on disk, or acknowledged by object storage.
    ///
    /// # Errors
    /// When it may not come in, or cannot be stored.
    pub async fn take(&self, bytes: Bytes) -> Result<Seen, GalleryError> {
        let seen = looked_at(bytes.clone()).await?;
        self.put(&seen.name.to_string(), bytes).await?;
        self.put(&beside(&seen.name), seen.placeholder.clone().into())
            .await?;
        Ok(seen)
    }

    /// Whether a picture is there.
    ///
    /// # Errors
    /// When object storage fails.
    pub async fn has(&self, name: &PictureName) -> Result<bool, GalleryError> {
        match &self.0 {
            Place::Folder(folder) => {
                Ok(tokio::fs::try_exists(folder.join(name.to_string())).await?)
            }
            Place::Objects(objects) => Ok(objects.has(&name.to_string()).await?),
        }
    }

    /// The bytes of a picture as it came in; none when it is not there.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn read(&self, name: &PictureName) -> Result<Option<Bytes>, GalleryError> {
        self.get(&name.to_string()).await
    }

    /// The placeholder of a picture; none when the picture is not there. Those that came in before there were
    /// placeholders are looked at now.
    ///
    /// # Errors
    /// When the picture cannot be read.
    pub async fn placeholder(&self, name: &PictureName) -> Result<Option<String>, GalleryError> {
        if let Some(stored) = self.get(&beside(name)).await?
            && let Ok(text) = std::str::from_utf8(&stored)
            && is_placeholder(text)
        {
            return Ok(Some(text.to_owned()));
        }
        let Some(bytes) = self.read(name).await? else {
            return Ok(None);
        };
        let Ok(seen) = looked_at(bytes).await else {
            return Ok(None);
        };
        self.put(&beside(name), seen.placeholder.clone().into())
            .await?;
        Ok(Some(seen.placeholder))
    }

    async fn get(&self, file: &str) -> Result<Option<Bytes>, GalleryError> {
        match &self.0 {
            Place::Folder(folder) => match tokio::fs::read(folder.join(file)).await {
                Ok(bytes) => Ok(Some(bytes.into())),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
                Err(error) => Err(error.into()),
            },
            Place::Objects(objects) => Ok(objects.get(file).await?),
        }
    }

    /// Files are named for their bytes, so what is there already is the same.
    async fn put(&self, file: &str, bytes: Bytes) -> Result<(), GalleryError> {
        match &self.0 {
            Place::Folder(folder) => {
                let (folder, file) = (folder.clone(), file.to_owned());
                let stored = tokio::task::spawn_blocking(move || store(&folder, &file, &bytes));
                Ok(stored.await.map_err(std::io::Error::other)??)
            }
            Place::Objects(objects) => {
                if !objects.has(file).await? {
                    objects.put(file, bytes).await?;
                }
                Ok(())
            }
        }
    }
}

/// Pictures that are looked at at the same time: the largest takes half a gigabyte.
static LOOKING: Semaphore = Semaphore::const_new(2);

async fn looked_at(bytes: Bytes) -> Result<Seen, Fault> {
    let _looking = LOOKING.acquire().await.map_err(|_| Fault::Damaged)?;
    tokio::task::spawn_blocking(move || look(&bytes))
        .await
        .map_err(|_| Fault::Damaged)?
}

/// Tells apart files that are written at the same time.
static WRITTEN: AtomicU64 = AtomicU64::new(0);

/// Written beside, synchronised and moved into place: what was acknowledged is there after a power cut. Blocking.
pub(crate) fn store(folder: &Path, file: &str, bytes: &[u8]) -> std::io::Result<()> {
    let target = folder.join(file);
    if target.exists() {
        return Ok(());
    }
    std::fs::create_dir_all(folder)?;
    let number = WRITTEN.fetch_add(1, Ordering::Relaxed);
    let partial = folder.join(format!("{file}.part{}-{number}", std::process::id()));
    std::fs::write(&partial, bytes)?;
    std::fs::File::open(&partial)?.sync_all()?;
    std::fs::rename(partial, target)?;
    std::fs::File::open(folder)?.sync_all()
}
