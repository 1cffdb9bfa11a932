//! Pictures.
//!
//! * [`door`]: what comes in is looked at: its kind by content, its size by the header, then all of it, within bounds.
//! * [`Gallery`]: where pictures are kept, each once, under the hash of its bytes: a folder, or object storage.
//! * [`Copies`]: what goes out: copies in fixed widths, never enlarged, made when first asked for and kept on disk.
//! * [`placeholder`]: a few bytes that stand in for a picture until it is there.
//!
//! Nothing of a foreign picture is sent as it came, unless it is one that an earlier version took in and that cannot
//! be read: copies carry pixels only, upright and in sRGB.

mod copies;
mod decode;
pub mod door;
mod encode;
mod gallery;
mod name;
pub mod placeholder;
mod shape;
mod thread;

#[cfg(test)]
mod testing;

pub use copies::{Copies, Copy};
pub use door::{Fault, Seen};
pub use encode::Format;
pub use gallery::{Gallery, GalleryError};
pub use name::{Kind, PictureName};
pub use shape::{DEFAULT_WIDTH, WIDTHS};
