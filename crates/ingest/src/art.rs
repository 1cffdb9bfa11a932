//! Pictures that lie beside records and media: taken into the gallery as they are met.

use std::io::Read;
use std::path::Path;

use marquee_artwork::door::MAX_BYTES;
use marquee_artwork::{Fault, Gallery, PictureName, Seen};
use marquee_domain::catalog::Orientation;
use tokio::runtime::{Builder, Handle};

/// A picture that is in place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Art {
    /// `art:<file name>`, as catalog items refer to it.
    pub location: String,
    /// How it is cut.
    pub orientation: Orientation,
}

impl From<Seen> for Art {
    fn from(seen: Seen) -> Self {
        Self {
            location: location(&seen.name),
            orientation: if seen.height > seen.width {
                Orientation::Portrait
            } else {
                Orientation::Landscape
            },
        }
    }
}

/// How catalog items refer to a stored picture.
#[must_use]
pub fn location(name: &PictureName) -> String {
    format!("art:{name}")
}

/// Whether a picture of this file name is stored. Blocking.
#[must_use]
pub fn has(gallery: &Gallery, name: &str) -> bool {
    let known = PictureName::parse(name);
    known.is_some_and(|name| wait(gallery.has(&name)).is_ok_and(|known| known.unwrap_or(false)))
}

/// Takes a picture file in. Blocking.
///
/// # Errors
/// A sentence for people when it may not come in, or cannot be read or stored.
pub fn take(gallery: &Gallery, path: &Path) -> Result<Art, String> {
    let file = std::fs::File::open(path).map_err(|_| "the picture is not there".to_owned())?;
    let unreadable = |error: std::io::Error| format!("the picture cannot be read: {error}");
    let meta = file.metadata().map_err(unreadable)?;
    if !meta.is_file() || meta.len() > MAX_BYTES as u64 {
        return Err(Fault::Bytes.to_string());
    }
    // It may have grown since; one byte more than allowed is enough to notice.
    let mut bytes = Vec::new();
    let mut bounded = file.take(MAX_BYTES as u64 + 1);
    bounded.read_to_end(&mut bytes).map_err(unreadable)?;
    let taken = wait(gallery.take(bytes.into())).map_err(unreadable)?;
    taken.map(Art::from).map_err(|error| error.to_string())
}

/// Waits on a thread that may: one of those that the program keeps for blocking work, or one outside of it.
fn wait<T>(work: impl Future<Output = T>) -> std::io::Result<T> {
    match Handle::try_current() {
        Ok(program) => Ok(program.block_on(work)),
        Err(_) => Ok(Builder::new_current_thread().build()?.block_on(work)),
    }
}
