//! Pictures: checked, and stored once under the hash of their bytes.

use std::path::{Path, PathBuf};

use marquee_domain::catalog::Orientation;
use sha2::{Digest, Sha256};

/// Largest picture file, in bytes.
const MAX_BYTES: u64 = 20 << 20;
/// Largest width or height, in pixels.
const MAX_SIDE: usize = 16_384;

/// A picture that is in place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Art {
    /// `art:<file name>`, as catalog items refer to it.
    pub location: String,
    /// How it is cut.
    pub orientation: Orientation,
}

/// The folder that pictures are stored in.
#[derive(Debug, Clone)]
pub struct ArtFolder(PathBuf);

impl ArtFolder {
    /// Pictures in this folder.
    #[must_use]
    pub fn new(folder: PathBuf) -> Self {
        Self(folder)
    }

    /// Whether a picture of this file name is stored. Blocking.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        // Names of pictures are a hash and an extension; anything else is none, wherever it leads.
        let plain = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.');
        plain && !name.starts_with('.') && self.0.join(name).is_file()
    }

    /// Takes a picture in. Blocking.
    ///
    /// # Errors
    /// A sentence for people when it is not a picture that browsers show, too large, or cannot be read.
    pub fn take(&self, path: &Path) -> Result<Art, String> {
        let meta = std::fs::metadata(path).map_err(|_| "the picture is not there".to_owned())?;
        if !meta.is_file() || meta.len() > MAX_BYTES {
            return Err(format!(
                "the picture is not a file of at most {} MiB",
                MAX_BYTES >> 20
            ));
        }
        let bytes =
            std::fs::read(path).map_err(|error| format!("the picture cannot be read: {error}"))?;
        let extension = match imagesize::image_type(&bytes) {
            Ok(imagesize::ImageType::Jpeg) => "jpg",
            Ok(imagesize::ImageType::Png) => "png",
            Ok(imagesize::ImageType::Webp) => "webp",
            _ => return Err("the picture is not JPEG, PNG or WebP".to_owned()),
        };
        let size = imagesize::blob_size(&bytes).map_err(|_| "the picture is damaged".to_owned())?;
        if size.width == 0 || size.height == 0 || size.width > MAX_SIDE || size.height > MAX_SIDE {
            return Err(format!(
                "the picture is not between 1 and {MAX_SIDE} pixels on each side"
            ));
        }
        let hex: String = Sha256::digest(&bytes)
            .iter()
            .take(16)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let name = format!("{hex}.{extension}");
        self.store(&name, &bytes)
            .map_err(|error| format!("the picture cannot be stored: {error}"))?;
        let orientation = if size.height > size.width {
            Orientation::Portrait
        } else {
            Orientation::Landscape
        };
        Ok(Art {
            location: format!("art:{name}"),
            orientation,
        })
    }

    /// Written beside, synchronised and moved into place: what an import has acknowledged is there.
    fn store(&self, name: &str, bytes: &[u8]) -> std::io::Result<()> {
        let target = self.0.join(name);
        if target.exists() {
            return Ok(());
        }
        std::fs::create_dir_all(&self.0)?;
        let partial = self.0.join(format!("{name}.part{}", std::process::id()));
        std::fs::write(&partial, bytes)?;
        std::fs::File::open(&partial)?.sync_all()?;
        std::fs::rename(partial, target)?;
        std::fs::File::open(&self.0)?.sync_all()
    }
}
