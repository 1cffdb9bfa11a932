//! Opening a location.

use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::UNIX_EPOCH;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use marquee_domain::source::ByteSource;
use marquee_egress::{Described, Egress};
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::{Certificate, ClientOptions};
use object_store::{GetOptions, ObjectStore, ObjectStoreExt, path::Path as ObjectPath};
use rustix::io::ReadWriteFlags;
use url::Url;

/// Fewest bytes that are copied on the spot into lent memory.
const CACHED_MIN: usize = 16 * 1024;
/// Most bytes copied on a worker of the runtime; longer reads would keep others waiting.
const CACHED_MAX: usize = 512 * 1024;

/// An open source and what identifies its bytes.
#[derive(Clone)]
pub struct Opened {
    /// The bytes.
    pub bytes: Arc<dyn ByteSource>,
    /// Length in bytes.
    pub length: u64,
    /// Changes when the bytes change: modification time, entity tag.
    pub revision: String,
}

/// Why a location cannot be opened. Sentences are fit for people.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The location names no kind of source that we know.
    #[error("this is not a place that media can be read from")]
    UnknownKind,
    /// There is nothing there.
    #[error("there is nothing there any more")]
    NotFound,
    /// Object storage is asked for but not configured.
    #[error("object storage is not configured; set [s3] in the configuration")]
    NoObjectStorage,
    /// The address was refused or the other server failed.
    #[error(transparent)]
    Egress(#[from] marquee_egress::EgressError),
    /// Object storage failed.
    #[error("object storage failed")]
    Objects(#[source] object_store::Error),
    /// The file could not be read.
    #[error("the file could not be read")]
    Io(#[from] io::Error),
}

/// How object storage is reached. It holds a secret: there is no `Debug`.
#[derive(Clone, Default)]
pub struct S3Settings {
    /// Address of an S3-compatible server; none for the original.
    pub endpoint: Option<String>,
    /// Region.
    pub region: String,
    /// Key id.
    pub access_key_id: String,
    /// Key.
    pub secret_access_key: String,
}

/// The buckets that have been opened so far.
#[derive(Clone, Default)]
pub struct ObjectStores {
    settings: Option<S3Settings>,
    open: Arc<Mutex<HashMap<String, Arc<AmazonS3>>>>,
}

impl ObjectStores {
    /// Reached with these settings.
    #[must_use]
    pub fn new(settings: Option<S3Settings>) -> Self {
        Self {
            settings,
            open: Arc::default(),
        }
    }

    /// The store of a bucket.
    ///
    /// # Errors
    /// When none is configured or the settings make no sense.
    pub fn bucket(&self, name: &str) -> Result<Arc<AmazonS3>, OpenError> {
        let settings = self.settings.as_ref().ok_or(OpenError::NoObjectStorage)?;
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = open.get(name) {
            return Ok(known.clone());
        }
        // Without these no client can be made where the system trusts nobody.
        let trusted = marquee_egress::own_roots()
            .iter()
            .filter_map(|root| Certificate::from_der(root).ok());
        let client = trusted.fold(ClientOptions::new(), ClientOptions::with_root_certificate);
        let mut builder = AmazonS3Builder::new()
            .with_client_options(client)
            .with_bucket_name(name)
            .with_region(&settings.region)
            .with_access_key_id(&settings.access_key_id)
            .with_secret_access_key(&settings.secret_access_key);
        if let Some(endpoint) = &settings.endpoint {
            // The operator's own setting, so plain http and inner addresses are theirs to choose.
            builder = builder
                .with_endpoint(endpoint)
                .with_allow_http(endpoint.starts_with("http://"));
        }
        let store = Arc::new(builder.build().map_err(OpenError::Objects)?);
        open.insert(name.to_owned(), store.clone());
        Ok(store)
    }
}

/// Opens locations.
#[derive(Clone)]
pub struct Opener {
    egress: Egress,
    objects: ObjectStores,
}

/// The path of a `file:` location.
#[must_use]
pub fn local_path(location: &str) -> Option<PathBuf> {
    location
        .starts_with("file:")
        .then(|| Url::parse(location).ok()?.to_file_path().ok())
        .flatten()
}

/// The `file:` location of an absolute path.
#[must_use]
pub fn file_location(path: &Path) -> Option<String> {
    Url::from_file_path(path).ok().map(Into::into)
}

/// Size and revision of a local file, without opening it.
///
/// # Errors
/// When it is not there.
pub fn stat(path: &Path) -> io::Result<(u64, String)> {
    let meta = std::fs::metadata(path)?;
    Ok((meta.len(), revision_of(&meta)))
}

/// The revision of a local file: its modification time in nanoseconds and its length.
#[must_use]
pub fn revision_of(meta: &std::fs::Metadata) -> String {
    let modified = meta
        .modified()
        .ok()
        .and_then(|at| at.duration_since(UNIX_EPOCH).ok());
    format!(
        "{}-{}",
        modified.map_or(0, |since| since.as_nanos()),
        meta.len()
    )
}

impl Opener {
    /// Opens through these.
    #[must_use]
    pub fn new(egress: Egress, objects: ObjectStores) -> Self {
        Self { egress, objects }
    }

    /// Opens a location.
    ///
    /// # Errors
    /// When it is of no known kind, not there, refused or failing.
    pub async fn open(&self, location: &str) -> Result<Opened, OpenError> {
        match location.split_once(':').map(|(scheme, _)| scheme) {
            Some("file") => open_file(local_path(location).ok_or(OpenError::UnknownKind)?).await,
            Some("s3") => self.open_object(location).await,
            Some("http" | "https") => self.open_http(location).await,
            _ => Err(OpenError::UnknownKind),
        }
    }

    async fn open_object(&self, location: &str) -> Result<Opened, OpenError> {
        let address = Url::parse(location).map_err(|_| OpenError::UnknownKind)?;
        let bucket = self
            .objects
            .bucket(address.host_str().ok_or(OpenError::UnknownKind)?)?;
        let key = ObjectPath::from_url_path(address.path()).map_err(|_| OpenError::UnknownKind)?;
        let meta = bucket.head(&key).await.map_err(|error| match error {
            object_store::Error::NotFound { .. } => OpenError::NotFound,
            other => OpenError::Objects(other),
        })?;
        let revision = meta
            .e_tag
            .clone()
            .unwrap_or_else(|| meta.last_modified.to_rfc3339());
        let bytes = Arc::new(ObjectSource {
            bucket,
            key,
            length: meta.size,
            e_tag: meta.e_tag,
        });
        Ok(Opened {
            bytes,
            length: meta.size,
            revision,
        })
    }

    async fn open_http(&self, location: &str) -> Result<Opened, OpenError> {
        let described = self.egress.describe(location).await?;
        let bytes = Arc::new(HttpSource {
            egress: self.egress.clone(),
            address: location.to_owned(),
            described: described.clone(),
        });
        Ok(Opened {
            bytes,
            length: described.length,
            revision: described.revision,
        })
    }
}

async fn open_file(path: PathBuf) -> Result<Opened, OpenError> {
    let opened = tokio::task::spawn_blocking(move || {
        let file = File::open(path)?;
        let meta = file.metadata()?;
        if !meta.is_file() {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "not a regular file",
            ));
        }
        Ok((file, meta.len(), revision_of(&meta)))
    });
    match opened.await.map_err(io::Error::other)? {
        Ok((file, length, revision)) => Ok(Opened {
            bytes: Arc::new(FileSource {
                file: Arc::new(file),
                length,
                revision: revision.as_str().into(),
            }),
            length,
            revision,
        }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(OpenError::NotFound),
        Err(error) => Err(error.into()),
    }
}

/// A local file, read at positions so that many readers share one handle. A file that was swapped for
/// another stays readable; one that was written over in place gives an error, never other bytes.
struct FileSource {
    file: Arc<File>,
    length: u64,
    revision: Arc<str>,
}

impl ByteSource for FileSource {
    fn len(&self) -> u64 {
        self.length
    }

    fn read(&self, range: Range<u64>) -> BoxFuture<'_, io::Result<Bytes>> {
        // What lies in memory already is cheaper to copy here than to ask another thread for.
        if let Some(bytes) = read_cached(&self.file, &range) {
            let checked = unchanged(&self.file, &self.revision).map(|()| bytes);
            return Box::pin(std::future::ready(checked));
        }
        let (file, revision) = (self.file.clone(), self.revision.clone());
        Box::pin(async move {
            tokio::task::spawn_blocking(move || {
                let bytes = read_at(&file, range)?;
                unchanged(&file, &revision).map(|()| bytes)
            })
            .await
            .map_err(io::Error::other)?
        })
    }
}

/// Fails when a file is not what it was when it was opened. Asked after reading: what was written before that shows in it.
fn unchanged(file: &File, revision: &str) -> io::Result<()> {
    if revision_of(&file.metadata()?) == *revision {
        Ok(())
    } else {
        Err(io::Error::other("the file changed while it was read"))
    }
}

/// Reads a range when all of it can be had without waiting for a disk.
fn read_cached(file: &File, range: &Range<u64>) -> Option<Bytes> {
    let wanted = usize::try_from(range.end.checked_sub(range.start)?).ok()?;
    // Small reads are not worth a whole piece.
    if !(CACHED_MIN..=CACHED_MAX).contains(&wanted) {
        return None;
    }
    let mut lent = Lent::take(wanted);
    let mut slices = [io::IoSliceMut::new(lent.room())];
    let read = rustix::io::preadv2(file, &mut slices, range.start, ReadWriteFlags::NOWAIT).ok()?;
    (read == wanted).then(|| Bytes::from_owner(lent))
}

/// Memory for copies, used again: fresh memory costs more to get and to clear than to fill.
static IDLE: Mutex<Vec<Box<[u8]>>> = Mutex::new(Vec::new());
/// Most idle pieces that are kept, 16 MiB in all.
const IDLE_MAX: usize = 64;
/// Size of a piece: what one step of sending media needs.
const PIECE: usize = 256 * 1024;

/// A piece of memory that goes back when the last who reads it is done.
struct Lent {
    piece: Box<[u8]>,
    length: usize,
}

impl Lent {
    fn take(length: usize) -> Self {
        let idle = if length <= PIECE {
            IDLE.lock().unwrap_or_else(PoisonError::into_inner).pop()
        } else {
            None
        };
        let piece = idle.unwrap_or_else(|| vec![0; length.max(PIECE)].into());
        Self { piece, length }
    }

    fn room(&mut self) -> &mut [u8] {
        let length = self.length;
        self.piece.get_mut(..length).unwrap_or_default()
    }
}

impl AsRef<[u8]> for Lent {
    fn as_ref(&self) -> &[u8] {
        self.piece.get(..self.length).unwrap_or_default()
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        let mut idle = IDLE.lock().unwrap_or_else(PoisonError::into_inner);
        if self.piece.len() == PIECE && idle.len() < IDLE_MAX {
            idle.push(std::mem::take(&mut self.piece));
        }
    }
}

/// Reads exactly a range into fresh memory, without clearing it first.
fn read_at(file: &File, range: Range<u64>) -> io::Result<Bytes> {
    let wanted =
        usize::try_from(range.end.saturating_sub(range.start)).map_err(io::Error::other)?;
    let mut buffer: Vec<u8> = Vec::with_capacity(wanted);
    while buffer.len() < wanted {
        let at = range.start + buffer.len() as u64;
        let missing = wanted - buffer.len();
        // The vector may own more room than asked for; only what is missing is read.
        let read = rustix::io::pread(file, rustix::buffer::spare_capacity(&mut buffer), at)?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if read > missing {
            buffer.truncate(wanted);
        }
    }
    Ok(buffer.into())
}

struct ObjectSource {
    bucket: Arc<AmazonS3>,
    key: ObjectPath,
    length: u64,
    /// Reading is for this object only; one that was put in its place since is refused.
    e_tag: Option<String>,
}

impl ByteSource for ObjectSource {
    fn len(&self) -> u64 {
        self.length
    }

    fn read(&self, range: Range<u64>) -> BoxFuture<'_, io::Result<Bytes>> {
        Box::pin(async move {
            if range.start >= range.end {
                return Ok(Bytes::new());
            }
            let wanted = range.end - range.start;
            let options = GetOptions {
                range: Some(range.into()),
                if_match: self.e_tag.clone(),
                ..GetOptions::default()
            };
            let found = self.bucket.get_opts(&self.key, options).await;
            let bytes = found
                .map_err(io::Error::other)?
                .bytes()
                .await
                .map_err(io::Error::other)?;
            if bytes.len() as u64 == wanted {
                Ok(bytes)
            } else {
                Err(io::ErrorKind::UnexpectedEof.into())
            }
        })
    }
}

struct HttpSource {
    egress: Egress,
    address: String,
    described: Described,
}

impl ByteSource for HttpSource {
    fn len(&self) -> u64 {
        self.described.length
    }

    fn read(&self, range: Range<u64>) -> BoxFuture<'_, io::Result<Bytes>> {
        Box::pin(async move {
            if range.start >= range.end {
                return Ok(Bytes::new());
            }
            let length = usize::try_from(range.end - range.start).map_err(io::Error::other)?;
            self.egress
                .read_range(&self.address, &self.described, range.start, length)
                .await
                .map_err(io::Error::other)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use marquee_egress::Allowed;

    #[tokio::test]
    async fn a_local_file_is_read_at_positions() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("ein film #1.mp4");
        std::fs::write(&path, b"0123456789").unwrap();
        let opener = Opener::new(
            Egress::new(Allowed::default()).unwrap(),
            ObjectStores::default(),
        );
        let location = file_location(&path).unwrap();
        let opened = opener.open(&location).await.unwrap();
        assert_eq!(opened.length, 10);
        assert_eq!(&opened.bytes.read(3..7).await.unwrap()[..], b"3456");
        assert!(opened.bytes.read(5..5).await.unwrap().is_empty());
        assert_eq!(
            opened.bytes.read(8..12).await.unwrap_err().kind(),
            io::ErrorKind::UnexpectedEof
        );
        std::fs::write(&path, b"changed").unwrap();
        assert_ne!(
            opener.open(&location).await.unwrap().revision,
            opened.revision
        );
    }

    #[tokio::test]
    async fn odd_locations_are_refused() {
        let opener = Opener::new(
            Egress::new(Allowed::default()).unwrap(),
            ObjectStores::default(),
        );
        assert!(matches!(
            opener.open("s3://bucket/key").await.err(),
            Some(OpenError::NoObjectStorage)
        ));
        assert!(matches!(
            opener.open("magnet:?xt=1").await.err(),
            Some(OpenError::UnknownKind)
        ));
        assert!(matches!(
            opener.open("file:///nowhere/at/all").await.err(),
            Some(OpenError::NotFound)
        ));
        assert!(matches!(
            opener.open("file:///").await.err(),
            Some(OpenError::Io(_))
        ));
    }
}
