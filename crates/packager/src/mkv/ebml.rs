//! EBML (RFC 8794): variable-length numbers and elements.

use crate::bits::Cursor;

/// An element header as it lies in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) id: u32,
    /// `None`: unknown, the element ends where something begins that cannot be inside it.
    pub(crate) size: Option<u64>,
    /// Bytes the header itself takes.
    pub(crate) length: u64,
}

/// The longest header: 4 bytes of id, 8 of size.
pub(crate) const HEADER_MAX: u64 = 12;

/// An element header at the start of `data`.
pub(crate) fn header(data: &[u8]) -> Option<Header> {
    let mut cursor = Cursor::new(data);
    let before = data.len();
    let id = id(&mut cursor)?;
    let (size, width) = number(&mut cursor)?;
    let unknown = size == (1u64 << (7 * width)) - 1;
    let length = (before - cursor.rest().len()) as u64;
    Some(Header {
        id,
        size: (!unknown).then_some(size),
        length,
    })
}

fn id(cursor: &mut Cursor<'_>) -> Option<u32> {
    let first = *cursor.rest().first()?;
    let length = first.leading_zeros() as usize + 1;
    if length > 4 {
        return None;
    }
    let bytes = cursor.take(length)?;
    Some(
        bytes
            .iter()
            .fold(0u32, |id, byte| (id << 8) | u32::from(*byte)),
    )
}

/// A variable-length number without its length marker, and how many bytes it took.
pub(crate) fn number(cursor: &mut Cursor<'_>) -> Option<(u64, u32)> {
    let first = *cursor.rest().first()?;
    let width = first.leading_zeros() + 1;
    if width > 8 {
        return None;
    }
    let bytes = cursor.take(width as usize)?;
    let value = bytes
        .iter()
        .fold(0u64, |value, byte| (value << 8) | u64::from(*byte));
    Some((value & ((1u64 << (7 * width)) - 1), width))
}

/// A signed number as in EBML lacing (RFC 9559, 10.3.3).
pub(crate) fn signed(cursor: &mut Cursor<'_>) -> Option<i64> {
    let (value, width) = number(cursor)?;
    let bias = (1i64 << (7 * width - 1)) - 1;
    Some(i64::try_from(value).ok()? - bias)
}

/// An element in memory.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Element<'a> {
    pub(crate) id: u32,
    pub(crate) body: &'a [u8],
}

impl<'a> Element<'a> {
    pub(crate) fn uint(&self) -> u64 {
        let tail = self
            .body
            .get(self.body.len().saturating_sub(8)..)
            .unwrap_or_default();
        tail.iter()
            .fold(0, |value, byte| (value << 8) | u64::from(*byte))
    }

    pub(crate) fn float(&self) -> f64 {
        let mut cursor = Cursor::new(self.body);
        match self.body.len() {
            4 => cursor
                .u32()
                .map_or(0.0, |bits| f64::from(f32::from_bits(bits))),
            8 => cursor.u64().map_or(0.0, f64::from_bits),
            _ => 0.0,
        }
    }

    pub(crate) fn text(&self) -> Option<String> {
        let body = self
            .body
            .split(|byte| *byte == 0)
            .next()
            .unwrap_or_default();
        let text = std::str::from_utf8(body).ok()?.trim();
        (!text.is_empty()).then(|| text.to_owned())
    }

    pub(crate) fn children(&self) -> Elements<'a> {
        elements(self.body)
    }
}

/// The elements of a master element's content, up to the first that does not fit.
pub(crate) fn elements(data: &[u8]) -> Elements<'_> {
    Elements {
        cursor: Cursor::new(data),
    }
}

/// Iterator over [`elements`].
#[derive(Clone, Debug)]
pub(crate) struct Elements<'a> {
    cursor: Cursor<'a>,
}

impl<'a> Iterator for Elements<'a> {
    type Item = Element<'a>;

    fn next(&mut self) -> Option<Element<'a>> {
        let header = header(self.cursor.rest())?;
        self.cursor.skip(usize::try_from(header.length).ok()?)?;
        let body = self.cursor.take(usize::try_from(header.size?).ok()?)?;
        Some(Element {
            id: header.id,
            body,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_of_every_width() {
        assert_eq!(
            header(&[0xA3, 0x81]),
            Some(Header {
                id: 0xA3,
                size: Some(1),
                length: 2
            })
        );
        let cluster = [
            0x1F, 0x43, 0xB6, 0x75, 0x01, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
        ];
        assert_eq!(
            header(&cluster),
            Some(Header {
                id: 0x1F43_B675,
                size: None,
                length: 12
            })
        );
        assert_eq!(header(&[0x00, 0x81]), None);
        assert_eq!(header(&[0xA3]), None);
    }

    #[test]
    fn signed_numbers_are_biased() {
        assert_eq!(signed(&mut Cursor::new(&[0xBF])), Some(0));
        assert_eq!(signed(&mut Cursor::new(&[0x80])), Some(-63));
        assert_eq!(signed(&mut Cursor::new(&[0x60, 0x00])), Some(1));
    }
}
