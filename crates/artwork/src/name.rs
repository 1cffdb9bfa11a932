//! What a stored picture is called.

use image::ImageFormat;
use sha2::{Digest, Sha256};

/// What a picture is, by its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// JPEG.
    Jpeg,
    /// PNG.
    Png,
    /// WebP.
    Webp,
    /// GIF; its first frame counts.
    Gif,
}

impl Kind {
    const ALL: [Self; 4] = [Self::Jpeg, Self::Png, Self::Webp, Self::Gif];

    /// The extension of its file names.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Webp => "webp",
            Self::Gif => "gif",
        }
    }

    /// Its media type.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Webp => "image/webp",
            Self::Gif => "image/gif",
        }
    }

    pub(crate) fn format(self) -> ImageFormat {
        match self {
            Self::Jpeg => ImageFormat::Jpeg,
            Self::Png => ImageFormat::Png,
            Self::Webp => ImageFormat::WebP,
            Self::Gif => ImageFormat::Gif,
        }
    }

    /// What bytes are, by how they begin.
    pub(crate) fn of(bytes: &[u8]) -> Option<Self> {
        let format = image::guess_format(bytes).ok()?;
        Self::ALL.into_iter().find(|kind| kind.format() == format)
    }
}

/// Name of a stored picture: 32 hexadecimal digits of the SHA-256 of its bytes, and an extension.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PictureName {
    digits: String,
    kind: Kind,
}

/// Hexadecimal digits of a name. Half of the hash: enough that nobody finds two pictures with the same.
const DIGITS: usize = 32;

impl PictureName {
    /// Reads a name; anything else is none, wherever it would lead.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (digits, extension) = text.split_once('.')?;
        let hexadecimal = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
        let known = digits.len() == DIGITS && digits.bytes().all(hexadecimal);
        let kind = Kind::ALL.into_iter().find(|k| k.extension() == extension)?;
        known.then(|| Self {
            digits: digits.to_owned(),
            kind,
        })
    }

    /// The name of these bytes.
    pub(crate) fn of(bytes: &[u8], kind: Kind) -> Self {
        let hash = Sha256::digest(bytes);
        let hash = hash.iter().take(DIGITS / 2);
        let digits = hash.map(|byte| format!("{byte:02x}")).collect();
        Self { digits, kind }
    }

    /// The hash part.
    pub(crate) fn digits(&self) -> &str {
        &self.digits
    }

    /// What it is.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }
}

impl std::fmt::Display for PictureName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.digits, self.kind.extension())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back_and_nothing_else_is_a_name() {
        let name = PictureName::of(b"abc", Kind::Webp);
        assert_eq!(name.to_string(), "ba7816bf8f01cfea414140de5dae2223.webp");
        assert_eq!(PictureName::parse(&name.to_string()), Some(name));
        for bad in [
            "",
            ".webp",
            "ba7816bf8f01cfea414140de5dae2223",
            "BA7816BF8F01CFEA414140DE5DAE2223.webp",
            "ba7816bf8f01cfea414140de5dae222.webp",
            "ba7816bf8f01cfea414140de5dae2223.svg",
            "ba7816bf8f01cfea414140de5dae2223.webp.part7",
            "../7816bf8f01cfea414140de5dae2223.webp",
            "ba7816bf8f01cfea414140de5dae222\u{661}.webp",
        ] {
            assert_eq!(PictureName::parse(bad), None, "{bad}");
        }
    }
}
