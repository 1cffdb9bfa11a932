//! Every source made into one seekable byte stream, and titles made into presentations.
//!
//! * [`open`]: a location (`file:`, `s3:`, `http:`, `https:`) becomes a [`ByteSource`]. Torrents will
//!   come through the same door.
//! * [`library`]: the indexes of sources, kept in memory and on disk, never the files; and the
//!   presentation of a title, which is its sources put together.
//! * [`pieces`]: what the packager planned, read and joined; [`transcode`]: sound made into AAC by ffmpeg.
//!
//! [`ByteSource`]: marquee_domain::source::ByteSource

pub mod library;
pub mod objects;
pub mod open;
pub mod pieces;
pub mod transcode;

pub use library::{Library, Presentation, PresentationError};
pub use open::{ObjectStores, OpenError, Opened, Opener, S3Settings};
pub use transcode::{TranscodeError, Transcoder};
