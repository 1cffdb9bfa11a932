//! Copies of pictures: made when first asked for, kept on disk up to a bound.

use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use moka::future::Cache;
use moka::notification::RemovalCause;
use tokio::sync::Semaphore;

use crate::decode::decode;
use crate::door::MAX_TIME;
use crate::encode::{Format, encode, resized};
use crate::gallery::Gallery;
use crate::name::{Kind, PictureName};
use crate::thread::within;

/// Part of every file name and entity tag; raised when copies come out differently, so that older ones are made anew.
const RECIPE: &str = "1";

/// A copy that can be sent.
#[derive(Debug, Clone)]
pub struct Copy {
    /// Its bytes.
    pub bytes: Bytes,
    /// Its media type.
    pub media_type: &'static str,
    /// Entity tag with its quotes.
    pub etag: String,
}

/// What is kept of a copy in memory: its file holds the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Kept {
    size: u32,
    kind: Kind,
}

/// Makes and keeps copies. One computation per copy at a time, and no more at once than there are cores.
#[derive(Clone)]
pub struct Copies {
    gallery: Gallery,
    folder: Arc<Path>,
    /// By the name of a copy's file without its extension.
    kept: Cache<String, Kept>,
    making: Arc<Semaphore>,
}

/// Why there is no copy.
#[derive(Debug, Clone, thiserror::Error)]
enum NoCopy {
    /// There is no such picture.
    #[error("there is no such picture")]
    Missing,
    /// It cannot be decoded, read or written.
    #[error("{0}")]
    Failed(String),
}

impl Copies {
    /// Copies of a gallery's pictures, kept in a folder of at most so many bytes. What the folder holds already counts
    /// once [`Self::recall`] has looked.
    #[must_use]
    pub fn new(gallery: Gallery, folder: PathBuf, max_bytes: u64) -> Self {
        let folder: Arc<Path> = folder.into();
        let of_evicted = folder.clone();
        let kept = Cache::builder()
            .weigher(|_: &String, kept: &Kept| kept.size.max(1))
            .max_capacity(max_bytes)
            .eviction_listener(move |key: Arc<String>, kept: Kept, cause| {
                if cause != RemovalCause::Replaced {
                    // One that is gone already was asked to go.
                    let _ = std::fs::remove_file(of_evicted.join(file(&key, kept.kind)));
                }
            })
            .build();
        let cores = std::thread::available_parallelism().map_or(2, NonZero::get);
        Self {
            gallery,
            folder,
            kept,
            making: Arc::new(Semaphore::new(cores)),
        }
    }

    /// Counts what an earlier run left in the folder, and removes what is none of ours.
    pub async fn recall(&self) {
        let folder = self.folder.clone();
        let found = tokio::task::spawn_blocking(move || list(&folder)).await;
        for (key, kept) in found.unwrap_or_default() {
            self.kept.insert(key, kept).await;
        }
    }

    /// A copy of a picture in one of [`crate::WIDTHS`]. Of a picture that cannot be decoded, its own bytes; none when there
    /// is no such picture.
    pub async fn copy(&self, name: &PictureName, width: u32, format: Format) -> Option<Copy> {
        let word = match format {
            Format::Webp => "w",
            Format::Plain => "p",
        };
        let key = format!(
            "{}-{}-{width}{word}{RECIPE}",
            name.digits(),
            name.kind().extension()
        );
        // A file can go between looking and reading, when the folder is full or an operator empties it.
        for _ in 0..2 {
            let made = self
                .kept
                .try_get_with(key.clone(), self.make(name, width, format, &key))
                .await;
            let kept = match made {
                Ok(kept) => kept,
                Err(error) => match &*error {
                    NoCopy::Missing => return None,
                    NoCopy::Failed(reason) => {
                        tracing::warn!(%name, reason, "there is no copy of a picture");
                        return self.original(name).await;
                    }
                },
            };
            match tokio::fs::read(self.folder.join(file(&key, kept.kind))).await {
                Ok(bytes) => {
                    return Some(Copy {
                        bytes: bytes.into(),
                        media_type: kept.kind.media_type(),
                        etag: format!("\"{key}\""),
                    });
                }
                Err(_) => self.kept.invalidate(&key).await,
            }
        }
        self.original(name).await
    }

    /// The placeholder of a picture.
    pub async fn placeholder(&self, name: &PictureName) -> Option<String> {
        let _making = self.making.acquire().await.ok()?;
        match self.gallery.placeholder(name).await {
            Ok(found) => found,
            Err(error) => {
                tracing::warn!(%name, %error, "there is no placeholder of a picture");
                None
            }
        }
    }

    async fn original(&self, name: &PictureName) -> Option<Copy> {
        let bytes = match self.gallery.read(name).await {
            Ok(found) => found?,
            Err(error) => {
                tracing::warn!(%name, %error, "a picture cannot be read");
                return None;
            }
        };
        Some(Copy {
            bytes,
            media_type: name.kind().media_type(),
            etag: format!("\"{name}\""),
        })
    }

    async fn make(
        &self,
        name: &PictureName,
        width: u32,
        format: Format,
        key: &str,
    ) -> Result<Kept, NoCopy> {
        let failed = |reason: &dyn std::fmt::Display| NoCopy::Failed(reason.to_string());
        let making = self.making.clone().acquire_owned().await;
        let making = making.map_err(|error| failed(&error))?;
        let found = self.gallery.read(name).await;
        let bytes = found.map_err(|error| failed(&error))?;
        let bytes = bytes.ok_or(NoCopy::Missing)?;
        let (kind, folder, key) = (name.kind(), self.folder.clone(), key.to_owned());
        let made = tokio::task::spawn_blocking(move || {
            // The permit goes with the work: what is given up still takes its core.
            let made = within(MAX_TIME, move || {
                let _making = making;
                copied(&bytes, kind, width, format)
            });
            let (bytes, kind) = match made {
                Ok(Some(made)) => made,
                Ok(None) | Err(_) => return Err("it cannot be decoded".to_owned()),
            };
            write(&folder, &file(&key, kind), &bytes).map_err(|error| error.to_string())?;
            let size = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
            Ok(Kept { size, kind })
        });
        made.await
            .map_err(|error| failed(&error))?
            .map_err(NoCopy::Failed)
    }
}

/// A copy of a picture's bytes in a width: decoded, resized, in sRGB, encoded.
pub(crate) fn copied(
    bytes: &[u8],
    kind: Kind,
    width: u32,
    format: Format,
) -> Option<(Vec<u8>, Kind)> {
    let pixels = decode(bytes, kind).ok()?;
    let copy = resized(&pixels, width)?;
    drop(pixels);
    encode(&copy.into_srgb(), format)
}

fn file(key: &str, kind: Kind) -> String {
    format!("{key}.{}", kind.extension())
}

/// Moved into place, so that nobody reads half of it. Not synchronised: what a power cut takes is made again.
fn write(folder: &Path, file: &str, bytes: &[u8]) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let partial = folder.join(format!("{file}.part{}", std::process::id()));
    std::fs::write(&partial, bytes)?;
    std::fs::rename(partial, folder.join(file))
}

/// The copies in a folder.
fn list(folder: &Path) -> Vec<(String, Kept)> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for entry in entries.flatten() {
        let name = entry.file_name();
        let known = name.to_str().and_then(|name| {
            let (key, extension) = name.split_once('.')?;
            let kind = [Kind::Jpeg, Kind::Png, Kind::Webp]
                .into_iter()
                .find(|kind| kind.extension() == extension)?;
            let size = u32::try_from(entry.metadata().ok()?.len()).ok()?;
            // A power cut leaves empty files; other recipes are those of other versions.
            let ours = ["w", "p"].map(|word| key.ends_with(&format!("{word}{RECIPE}")));
            (size > 0 && ours.contains(&true)).then(|| (key.to_owned(), Kept { size, kind }))
        });
        match known {
            Some(known) => found.push(known),
            None => {
                let _ = std::fs::remove_file(entry.path());
            }
        }
    }
    found
}

#[cfg(test)]
mod tests;
