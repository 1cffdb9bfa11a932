//! What `recommend` takes.

use std::path::PathBuf;

use clap::Subcommand;

use super::Common;

#[derive(Debug, Subcommand)]
pub(crate) enum Recommend {
    /// Measure the methods on a file of ratings: hold some back, learn from the rest, see what is found.
    ///
    /// Every title that a user has no rating of in the part learnt from is ranked; none are sampled.
    /// Every rating of --min-rating or more counts as watched, whatever its value. Figures are averages
    /// over users with something held back (20,000 drawn by chance when there are more):
    /// nDCG@10 with a gain of 1 and the discount 1/log2(rank+1); recall@k, the share of what was held
    /// back that is among the first k; coverage@10, the share of titles that anybody is shown.
    Evaluate {
        /// File of ratings, one per line: user, item, rating, time in seconds; parted by tabs, :: or commas.
        #[arg(long, value_name = "FILE")]
        ratings: PathBuf,
        /// What is held back.
        ///
        /// leave-last-out: the latest rating of every user. random-split[:P], user-split[:P],
        /// item-split[:P]: by chance all but P percent of all ratings, of each user's, of each item's;
        /// P is 75 when left out.
        #[arg(long, default_value = "item-split:75", value_name = "PROTOCOL")]
        protocol: marquee_recommend::evaluate::Protocol,
        /// Where chance begins; the same seed gives the same figures.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// Ratings below this are left out before anything else.
        #[arg(long, default_value_t = 0.0, value_name = "R")]
        min_rating: f64,
        /// The lambda of EASE [default: ten times the mean ratings per item, 5 to 500].
        #[arg(long, value_name = "L")]
        lambda: Option<f32>,
        /// Learn from so many users only, drawn by chance, and measure these [default: all].
        #[arg(long, value_name = "N")]
        viewers: Option<usize>,
        /// Print the figures as JSON, with the time and memory that learning took.
        #[arg(long)]
        json: bool,
    },
    /// Train now, whether it is time or not (serve does it by itself).
    Train {
        #[command(flatten)]
        common: Common,
    },
    /// Say which titles go with one, and why.
    Explain {
        /// Slug of a series, or of a film.
        slug: String,
        /// Service; the first configured one by default.
        #[arg(long, value_name = "NAME")]
        service: Option<String>,
        /// How many titles.
        #[arg(long, default_value_t = 20)]
        limit: usize,
        #[command(flatten)]
        common: Common,
    },
}
