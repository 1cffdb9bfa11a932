//! The words everything else is written in: ids, the clock, languages, entities and their states,
//! and the ports that other crates fill.
//!
//! No I/O of its own, no JSON shapes of any face. The types of [`catalog`] derive `serde` because
//! their serialised form is what the database keeps in its `doc` columns; faces have views of
//! their own.

pub mod access;
pub mod account;
pub mod catalog;
pub mod clock;
pub mod display_name;
pub mod home;
pub mod ids;
pub mod language;
pub mod letter;
pub mod media;
pub mod personal;
pub mod popularity;
pub mod ports;
pub mod public_url;
pub mod publish;
pub mod recommend;
pub mod slug;
pub mod source;
pub mod text;

pub use access::{Permit, Visibility};
pub use clock::{Clock, MockClock, SystemClock, Timestamp};
pub use display_name::DisplayName;
pub use ids::{
    AccountId, CategoryId, ChannelId, ContentId, CoverId, FolderId, JobId, MailId, MultichannelId,
    PersonId, RowGroupId, RowId, SeasonId, SeriesId, ServiceId, SourceId, TagId,
};
pub use language::{LanguageTag, UiLanguage};
pub use letter::Letter;
pub use public_url::PublicUrl;
pub use text::Texts;
