//! What is held back of the ratings.

use std::fmt;
use std::str::FromStr;

use fastrand::Rng;

use super::ratings::Ratings;

/// Share learnt from when a protocol names none, in hundredths.
const USUAL_SHARE: u8 = 75;

/// What is held back. Shares are of what is learnt from, in hundredths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// The latest rating of every viewer with two or more.
    LeaveLastOut,
    /// Ratings by chance, over all.
    RandomSplit(u8),
    /// By chance, of every viewer the same share.
    ViewerSplit(u8),
    /// By chance, of every title the same share.
    TitleSplit(u8),
}

impl FromStr for Protocol {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, share) = text
            .split_once(':')
            .map_or((text, None), |(n, s)| (n, Some(s)));
        let known = "one of leave-last-out, random-split, user-split, item-split";
        if name == "leave-last-out" {
            return match share {
                None => Ok(Self::LeaveLastOut),
                Some(_) => Err("leave-last-out takes no share".to_owned()),
            };
        }
        let make = match name {
            "random-split" => Self::RandomSplit,
            "user-split" => Self::ViewerSplit,
            "item-split" => Self::TitleSplit,
            _ => return Err(format!("must be {known}")),
        };
        let share = share.map_or(Some(USUAL_SHARE), |share| share.parse().ok());
        let share = share.filter(|share| (1..=99).contains(share));
        share
            .map(make)
            .ok_or_else(|| format!("the share to learn from is 1 to 99 percent, as in {name}:75"))
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LeaveLastOut => write!(f, "leave-last-out"),
            Self::RandomSplit(share) => write!(f, "random-split:{share}"),
            Self::ViewerSplit(share) => write!(f, "user-split:{share}"),
            Self::TitleSplit(share) => write!(f, "item-split:{share}"),
        }
    }
}

impl Protocol {
    /// Which ratings are held back.
    pub(super) fn held_back(self, ratings: &Ratings, rng: &mut Rng) -> Vec<bool> {
        let mut held = vec![false; ratings.rows.len()];
        match self {
            Self::LeaveLastOut => {
                for rows in grouped(ratings, ratings.viewers, |row| ratings.rows[row].viewer) {
                    // Of ratings of one moment the later line counts as the later one.
                    let last = rows
                        .iter()
                        .max_by_key(|row| (ratings.rows[**row].at, **row));
                    if let Some(last) = last.filter(|_| rows.len() > 1) {
                        held[*last] = true;
                    }
                }
            }
            Self::RandomSplit(share) => {
                draw(
                    &mut (0..ratings.rows.len()).collect::<Vec<_>>(),
                    share,
                    rng,
                    &mut held,
                );
            }
            Self::ViewerSplit(share) => {
                for mut rows in grouped(ratings, ratings.viewers, |row| ratings.rows[row].viewer) {
                    draw(&mut rows, share, rng, &mut held);
                }
            }
            Self::TitleSplit(share) => {
                for mut rows in grouped(ratings, ratings.titles, |row| ratings.rows[row].title) {
                    draw(&mut rows, share, rng, &mut held);
                }
            }
        }
        held
    }
}

/// Holds back all but the share of these rows, rounded.
fn draw(rows: &mut [usize], share: u8, rng: &mut Rng, held: &mut [bool]) {
    rng.shuffle(rows);
    let learnt = (rows.len() * usize::from(share) + 50) / 100;
    for row in &rows[learnt..] {
        held[*row] = true;
    }
}

/// The rows of each group, in their order.
fn grouped(ratings: &Ratings, groups: usize, of: impl Fn(usize) -> u32) -> Vec<Vec<usize>> {
    let mut rows = vec![Vec::new(); groups];
    for row in 0..ratings.rows.len() {
        rows[of(row) as usize].push(row);
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::ratings::Rating;

    #[test]
    fn protocols_are_read_as_they_are_written() {
        for text in [
            "leave-last-out",
            "random-split:80",
            "user-split:50",
            "item-split:75",
        ] {
            let read: Protocol = text.parse().unwrap();
            assert_eq!(read.to_string(), text);
        }
        assert_eq!("item-split".parse(), Ok(Protocol::TitleSplit(75)));
        for bad in [
            "",
            "split",
            "leave-last-out:3",
            "user-split:0",
            "item-split:100",
            "random-split:x",
        ] {
            assert!(bad.parse::<Protocol>().is_err(), "{bad}");
        }
    }

    fn ratings() -> Ratings {
        // Ten viewers, who each rated eight titles.
        let rows = (0..80).map(|n| Rating {
            viewer: n / 8,
            title: n % 8,
            at: i64::from(n % 8 * 7 % 8),
        });
        Ratings {
            viewers: 10,
            titles: 8,
            rows: rows.collect(),
            passed_over: 0,
        }
    }

    #[test]
    fn the_last_of_each_is_held_back() {
        let ratings = ratings();
        let held = Protocol::LeaveLastOut.held_back(&ratings, &mut Rng::with_seed(1));
        let titles: Vec<u32> = (0..80)
            .filter(|n| held[*n])
            .map(|n| ratings.rows[n].title)
            .collect();
        assert_eq!(titles, [1; 10], "7 modulo 8 is the greatest time");
    }

    #[test]
    fn shares_are_kept_and_a_seed_repeats_them() {
        let ratings = ratings();
        let of = |protocol: Protocol, seed| protocol.held_back(&ratings, &mut Rng::with_seed(seed));
        for protocol in [
            Protocol::RandomSplit(75),
            Protocol::ViewerSplit(75),
            Protocol::TitleSplit(75),
        ] {
            let held = of(protocol, 5);
            assert_eq!(held, of(protocol, 5));
            assert_ne!(held, of(protocol, 6));
            let share = held.iter().filter(|held| **held).count();
            assert!((16..=30).contains(&share), "{protocol}: {share}");
        }
        let held = of(Protocol::ViewerSplit(75), 2);
        assert!(
            held.chunks(8)
                .all(|of| of.iter().filter(|h| **h).count() == 2)
        );
    }
}
