//! Box structure in memory (ISO/IEC 14496-12, 4.2).

use crate::bits::Cursor;

/// A box: its type and content.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Box<'a> {
    pub(crate) kind: [u8; 4],
    pub(crate) body: &'a [u8],
}

impl<'a> Box<'a> {
    pub(crate) fn children(&self) -> Boxes<'a> {
        boxes(self.body)
    }

    /// Version, flags and the rest of a full box.
    pub(crate) fn full(&self) -> Option<(u8, u32, Cursor<'a>)> {
        let mut cursor = Cursor::new(self.body);
        let head = cursor.u32()?;
        Some(((head >> 24) as u8, head & 0x00FF_FFFF, cursor))
    }

    pub(crate) fn child(&self, kind: &[u8; 4]) -> Option<Box<'a>> {
        find(self.body, kind)
    }
}

/// The boxes of a container's content, up to the first that does not fit.
pub(crate) fn boxes(data: &[u8]) -> Boxes<'_> {
    Boxes {
        cursor: Cursor::new(data),
    }
}

/// The first child of a type.
pub(crate) fn find<'a>(data: &'a [u8], kind: &[u8; 4]) -> Option<Box<'a>> {
    boxes(data).find(|child| child.kind == *kind)
}

/// Iterator over [`boxes`].
#[derive(Clone, Debug)]
pub(crate) struct Boxes<'a> {
    cursor: Cursor<'a>,
}

impl<'a> Iterator for Boxes<'a> {
    type Item = Box<'a>;

    fn next(&mut self) -> Option<Box<'a>> {
        let size = self.cursor.u32()?;
        let kind = self.cursor.fourcc()?;
        let length = match size {
            0 => self.cursor.rest().len(),
            1 => usize::try_from(self.cursor.u64()?.checked_sub(16)?).ok()?,
            size => usize::try_from(size.checked_sub(8)?).ok()?,
        };
        Some(Box {
            kind,
            body: self.cursor.take(length)?,
        })
    }
}

/// A box type for people: printable characters only.
pub(crate) fn name(kind: [u8; 4]) -> String {
    let shown = kind.iter().map(|byte| {
        if byte.is_ascii_graphic() || *byte == b' ' {
            char::from(*byte)
        } else {
            '?'
        }
    });
    shown.collect::<String>().trim_end().to_owned()
}
