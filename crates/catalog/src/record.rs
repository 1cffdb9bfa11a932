//! Checked records: what importers hand over. Parsing JSON and finding files is their business;
//! resolving references, ids and slugs is ours.

use marquee_domain::catalog::{ContentKind, LabelDoc, LabelKind, Orientation, Role, TitleDoc};
use marquee_domain::home::{CoverDoc, RowDoc, RowGroupDoc, Surface};
use marquee_domain::language::LanguageTag;
use marquee_storage::sources::NewSource;

/// One record.
#[derive(Debug, Clone)]
pub struct Record {
    /// The caller's own key.
    pub key: String,
    /// Fingerprint of the whole record, so that an unchanged one costs nothing. Never zero.
    pub digest: i64,
    /// A slug that the author chose.
    pub slug: Option<String>,
    /// What it is.
    pub body: Body,
}

/// What a record is.
#[derive(Debug, Clone)]
pub enum Body {
    /// A category, a tag or a person.
    Label {
        /// Which of them.
        kind: LabelKind,
        /// Place among its kind.
        order: i64,
        /// Texts.
        doc: LabelDoc,
    },
    /// A series.
    Series(Box<Title>),
    /// A season.
    Season {
        /// External key of its series.
        parent: String,
        /// Place in the series, from 1.
        number: i64,
        /// The rest.
        title: Box<Title>,
    },
    /// An episode, a clip or a movie.
    Content {
        /// Which of them.
        kind: ContentKind,
        /// External key of its season, or of its series when it has only one season.
        parent: Option<String>,
        /// Place in the season, from 1.
        number: Option<i64>,
        /// The rest.
        title: Box<Title>,
        /// What it is played from; none leaves what is stored as it is.
        sources: Option<Vec<NewSource>>,
    },
    /// A group of rows.
    RowGroup {
        /// Where it is shown.
        surface: Surface,
        /// Rank among the groups of its surface.
        order: i64,
        /// The rest.
        doc: Box<RowGroupDoc>,
    },
    /// A row.
    Row {
        /// External key of its group.
        group: String,
        /// Place in the group.
        order: i64,
        /// The rest.
        doc: Box<RowDoc>,
    },
    /// A cover.
    Cover {
        /// Place among the covers.
        order: i64,
        /// The rest, without pictures.
        doc: Box<CoverDoc>,
        /// Pictures of each slide, in the order of the slides.
        images: Vec<Vec<NewImage>>,
    },
    /// A bundle of channels.
    Multichannel {
        /// Place among the bundles.
        order: i64,
        /// Name, logo, badges, publication.
        title: Box<Title>,
    },
    /// A channel.
    Channel {
        /// External key of the bundle it belongs to.
        multichannel: Option<String>,
        /// Place among the channels.
        order: i64,
        /// Name, logo, badges, publication.
        title: Box<Title>,
    },
    /// Take the item of this key away, whatever it is.
    Removal,
}

impl Body {
    /// The member of a record that names what it sits in.
    #[must_use]
    pub fn parent_member(&self) -> &'static str {
        match self {
            Self::Row { .. } => "group",
            Self::Channel { .. } => "multichannel",
            _ => "parent",
        }
    }
}

/// What series, seasons and contents have in common, before references are resolved.
#[derive(Debug, Clone, Default)]
pub struct Title {
    /// Everything that needs no resolving.
    pub doc: TitleDoc,
    /// Categories by external key, slug or name.
    pub categories: Vec<String>,
    /// Tags by external key, slug or name.
    pub tags: Vec<String>,
    /// Credits: a person by external key or name, and as what.
    pub credits: Vec<(String, Role)>,
    /// Pictures.
    pub images: Vec<NewImage>,
}

/// A picture whose file is in place.
#[derive(Debug, Clone)]
pub struct NewImage {
    /// `art:<file name>` or an absolute address.
    pub location: String,
    /// How it is cut.
    pub orientation: Orientation,
    /// Language of its lettering.
    pub language: LanguageTag,
    /// An editor's pick.
    pub representative: bool,
}

/// What became of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It was not there.
    Added,
    /// It was there and differed.
    Updated,
    /// It was there and the same.
    Unchanged,
    /// It was taken away.
    Removed,
    /// Its parent is not there (yet).
    MissingParent(String),
    /// It cannot be stored.
    Rejected {
        /// The member at fault.
        field: &'static str,
        /// Why, for people.
        reason: String,
    },
}
