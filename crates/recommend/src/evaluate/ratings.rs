//! Reading files of ratings as the `MovieLens` sets have them: one per line, viewer, title, rating and
//! time, parted by tabs, by `::` or by commas, with or without a line of names on top.

use std::collections::HashMap;
use std::io::BufRead;

use fastrand::Rng;
use marquee_domain::Timestamp;

/// Longest line that is read, in bytes.
const MAX_LINE: u64 = 4096;

/// Most ratings that are read; more would not fit the memory that this is allowed.
const MAX_RATINGS: usize = 50_000_000;

/// One rating.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rating {
    /// Index of the viewer.
    pub viewer: u32,
    /// Index of the title.
    pub title: u32,
    /// When; 0 when the file does not say.
    pub at: Timestamp,
}

/// All ratings of a file that are good enough.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ratings {
    /// How many viewers there are.
    pub viewers: usize,
    /// How many titles there are.
    pub titles: usize,
    /// In the order of the file.
    pub rows: Vec<Rating>,
    /// Ratings below the asked one.
    pub passed_over: usize,
}

/// Why a file cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum RatingsError {
    /// The file cannot be read any further.
    #[error("line {line} cannot be read")]
    Io {
        /// From 1.
        line: usize,
        /// Why.
        source: std::io::Error,
    },
    /// A line is no rating.
    #[error(
        "line {line}: {reason}; expected are a user, an item, a rating and a time, parted by tabs, :: or commas"
    )]
    Line {
        /// From 1.
        line: usize,
        /// What is wrong with it.
        reason: String,
    },
    /// Nothing is left to evaluate.
    #[error("there are no ratings of {0} or more in it; is --min-rating too high?")]
    Empty(f64),
    /// There are too many.
    #[error("there are more than {MAX_RATINGS} ratings in it; take a sample of the viewers")]
    TooMany,
}

/// How a file parts its fields.
#[derive(Clone, Copy)]
enum Parting {
    Tab,
    Colons,
    Comma,
}

impl Parting {
    fn of(line: &str) -> Option<Self> {
        [(Self::Tab, "\t"), (Self::Colons, "::"), (Self::Comma, ",")]
            .into_iter()
            .find_map(|(parting, text)| line.contains(text).then_some(parting))
    }

    fn fields(self, line: &str) -> impl Iterator<Item = &str> {
        let text = match self {
            Self::Tab => "\t",
            Self::Colons => "::",
            Self::Comma => ",",
        };
        line.split(text).map(|field| field.trim().trim_matches('"'))
    }
}

/// Gives texts numbers, in the order they come.
#[derive(Default)]
struct Names(HashMap<Box<str>, u32>);

impl Names {
    fn number(&mut self, name: &str) -> u32 {
        if let Some(number) = self.0.get(name) {
            return *number;
        }
        let number = u32::try_from(self.0.len()).unwrap_or(u32::MAX);
        self.0.insert(name.into(), number);
        number
    }
}

impl Ratings {
    /// Reads ratings of at least `min_rating`, line by line. `read` hears how many bytes were read.
    ///
    /// # Errors
    /// See [`RatingsError`].
    pub fn read(
        mut input: impl BufRead,
        min_rating: f64,
        mut read: impl FnMut(u64),
    ) -> Result<Self, RatingsError> {
        let (mut viewers, mut titles) = (Names::default(), Names::default());
        let mut ratings = Self::default();
        let mut parting = None;
        let (mut text, mut line, mut bytes) = (String::new(), 0_usize, 0_u64);
        loop {
            text.clear();
            line += 1;
            let length = std::io::Read::take(&mut input, MAX_LINE)
                .read_line(&mut text)
                .map_err(|source| RatingsError::Io { line, source })?;
            if length == 0 {
                break;
            }
            bytes += length as u64;
            if line.is_multiple_of(10_000) {
                read(bytes);
            }
            let trimmed = text.trim();
            if trimmed.is_empty() {
                continue;
            }
            let fail = |reason: &str| RatingsError::Line {
                line,
                reason: reason.to_owned(),
            };
            if length as u64 == MAX_LINE {
                return Err(fail("it is too long"));
            }
            let first = parting.is_none();
            let known = parting.or_else(|| Parting::of(trimmed));
            let known = known.ok_or_else(|| fail("it has one field only"))?;
            parting = Some(known);
            let mut fields = known.fields(trimmed);
            let (user, item) = (fields.next().unwrap_or(""), fields.next().unwrap_or(""));
            let (rating, time) = (fields.next(), fields.next());
            if user.is_empty() || item.is_empty() {
                return Err(fail("the user or the item is empty"));
            }
            let rating = match rating.map(str::parse::<f64>) {
                Some(Ok(rating)) if rating.is_finite() => rating,
                // Names of columns, not a rating.
                Some(Err(_)) if first => continue,
                _ => return Err(fail("the rating is not a number")),
            };
            let at = match time.filter(|time| !time.is_empty()).map(str::parse::<f64>) {
                None => 0,
                #[expect(clippy::cast_possible_truncation, reason = "clamped by the cast")]
                Some(Ok(seconds)) if seconds.is_finite() => (seconds * 1000.0) as Timestamp,
                Some(_) => return Err(fail("the time is not a number of seconds")),
            };
            if rating < min_rating {
                ratings.passed_over += 1;
                continue;
            }
            if ratings.rows.len() >= MAX_RATINGS {
                return Err(RatingsError::TooMany);
            }
            ratings.rows.push(Rating {
                viewer: viewers.number(user),
                title: titles.number(item),
                at,
            });
        }
        read(bytes);
        if ratings.rows.is_empty() {
            return Err(RatingsError::Empty(min_rating));
        }
        (ratings.viewers, ratings.titles) = (viewers.0.len(), titles.0.len());
        Ok(ratings)
    }

    /// The ratings of so many viewers, drawn by chance.
    #[must_use]
    pub fn drawn(&self, count: usize, rng: &mut Rng) -> Self {
        let mut order: Vec<usize> = (0..self.viewers).collect();
        rng.shuffle(&mut order);
        let mut taken = vec![false; self.viewers];
        order
            .iter()
            .take(count)
            .for_each(|viewer| taken[*viewer] = true);
        let of_taken = |row: &&Rating| taken[row.viewer as usize];
        Self {
            rows: self.rows.iter().filter(of_taken).copied().collect(),
            viewers: self.viewers,
            titles: self.titles,
            passed_over: self.passed_over,
        }
    }

    /// Whether the file says when anything was rated.
    #[must_use]
    pub fn has_times(&self) -> bool {
        self.rows.iter().any(|row| row.at != 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Ratings, RatingsError> {
        Ratings::read(text.as_bytes(), 3.0, |_| {})
    }

    #[test]
    fn the_three_ways_of_writing_read_the_same() {
        let tabs = read("user_id:token\titem_id:token\trating:float\ttimestamp:float\n196\t242\t3\t881250949\n186\t242\t1.5\t891717742\n186\t302\t4\t891717742\n").unwrap();
        let colons =
            read("196::242::3::881250949\n186::242::1::891717742\n186::302::4::891717742").unwrap();
        let commas = read("\"userId\",movieId,rating,timestamp\r\n196,242,3.0,881250949\r\n\r\n186,242,2,891717742\r\n\"186\",302,4,891717742.0\r\n").unwrap();
        assert_eq!(tabs, colons);
        assert_eq!(tabs, commas);
        assert_eq!((tabs.viewers, tabs.titles, tabs.passed_over), (2, 2, 1));
        assert_eq!(tabs.rows[0].at, 881_250_949_000);
        assert!(tabs.has_times());
        assert!(!read("1,2,5\n").unwrap().has_times());
    }

    #[test]
    fn viewers_are_drawn_whole_and_a_seed_repeats_them() {
        let text: String = (0..60).map(|n| format!("{},{n},5,1\n", n / 6)).collect();
        let all = read(&text).unwrap();
        let drawn = |seed| all.drawn(3, &mut Rng::with_seed(seed));
        assert_eq!(drawn(1), drawn(1));
        assert_ne!(drawn(1), drawn(2));
        let few = drawn(1);
        assert_eq!(few.rows.len(), 18);
        assert!(few.rows.chunks(6).all(|of| of[0].viewer == of[5].viewer));
        assert_eq!(all.drawn(99, &mut Rng::with_seed(1)), all);
    }

    #[test]
    fn bad_lines_are_named() {
        for (text, expected) in [
            ("1,2,5,1\n1,2,x,1\n", "line 2: the rating is not a number"),
            ("1,2,5,1\n1,2\n", "line 2: the rating"),
            ("1,2,5,soon\n", "line 1: the time"),
            ("hello\n", "line 1: it has one field"),
            (",2,5,1\n", "line 1: the user or the item"),
            ("1,2,inf,1\n", "line 1: the rating"),
            ("", "no ratings of 3"),
            ("1,2,1,1\n", "no ratings of 3"),
        ] {
            let error = read(text).unwrap_err().to_string();
            assert!(error.contains(expected), "{text:?}: {error}");
        }
        let long = "x".repeat(5000);
        assert!(read(&long).is_err());
        assert!(Ratings::read(&b"1,2,5,\xff\n"[..], 0.0, |_| {}).is_err());
    }
}
