//! Integer ids of catalog things, one type each so that they cannot be mixed up.

use serde::{Deserialize, Serialize};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
    )+};
}

ids! {
    /// A service: a named catalog.
    ServiceId,
    /// A category of a service.
    CategoryId,
    /// A tag of a service.
    TagId,
    /// A person credited on titles of a service.
    PersonId,
    /// A series.
    SeriesId,
    /// A season of a series.
    SeasonId,
    /// A content: an episode, a clip or a movie.
    ContentId,
    /// A source: one file (or address) that a content can be played from.
    SourceId,
    /// A media folder that is scanned.
    FolderId,
    /// A background job.
    JobId,
    /// A mail in the outbox.
    MailId,
    /// A group of rows.
    RowGroupId,
    /// A row.
    RowId,
    /// A cover.
    CoverId,
    /// A channel.
    ChannelId,
    /// A bundle of channels.
    MultichannelId,
    /// A person's account.
    AccountId,
}
