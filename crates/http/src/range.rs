//! `Range` requests (RFC 9110 section 14) as a pure function from header and length to what is sent.

use std::ops::Range;

/// Most ranges that one request may ask for; more are refused rather than served a byte at a time.
const MAX_RANGES: usize = 16;

/// What a `Range` header comes down to for a body of a known length.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ranges {
    /// No range, or a header that must be ignored: the whole body, 200.
    Whole,
    /// One range, 206.
    One(Range<u64>),
    /// Several ranges in the order asked for, 206 as `multipart/byteranges`.
    Many(Vec<Range<u64>>),
    /// Nothing of it lies inside the body, 416.
    Unsatisfiable,
}

/// Resolves a header. Unknown units and malformed sets are ignored (section 14.2); ranges past the end are cut,
/// ranges that begin past it are dropped.
#[must_use]
pub fn resolve(header: Option<&str>, length: u64) -> Ranges {
    let Some(set) = header.and_then(|header| header.trim().strip_prefix("bytes=")) else {
        return Ranges::Whole;
    };
    let mut ranges = Vec::new();
    let mut specs = 0;
    for spec in set
        .split(',')
        .map(str::trim)
        .filter(|spec| !spec.is_empty())
    {
        specs += 1;
        if specs > MAX_RANGES {
            return Ranges::Unsatisfiable;
        }
        let Some(range) = one(spec, length) else {
            return Ranges::Whole;
        };
        ranges.extend(range);
    }
    match (specs, ranges.len()) {
        (0, _) => Ranges::Whole,
        (_, 0) => Ranges::Unsatisfiable,
        (_, 1) => ranges.pop().map_or(Ranges::Unsatisfiable, Ranges::One),
        _ if overlaps(&ranges) => Ranges::Whole,
        _ => Ranges::Many(ranges),
    }
}

/// One range: `None` is malformed, `Some(None)` lies outside.
#[expect(
    clippy::option_option,
    reason = "malformed and outside are different answers"
)]
fn one(spec: &str, length: u64) -> Option<Option<Range<u64>>> {
    let (first, last) = spec.split_once('-')?;
    let number = |text: &str| -> Option<u64> {
        if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        // More digits than fit are simply further than the end.
        Some(text.parse().unwrap_or(u64::MAX))
    };
    if first.is_empty() {
        let suffix = number(last)?;
        return Some((suffix > 0 && length > 0).then(|| length.saturating_sub(suffix)..length));
    }
    let first = number(first)?;
    let last = if last.is_empty() {
        u64::MAX
    } else {
        number(last)?
    };
    if last < first {
        return None;
    }
    Some((first < length).then(|| first..last.saturating_add(1).min(length)))
}

/// Overlapping sets cost more than the whole body is worth (section 14.2 lets us ignore them).
fn overlaps(ranges: &[Range<u64>]) -> bool {
    let mut sorted: Vec<&Range<u64>> = ranges.iter().collect();
    sorted.sort_by_key(|range| range.start);
    sorted
        .windows(2)
        .any(|pair| matches!(pair, [a, b] if a.end > b.start))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[expect(
        clippy::needless_pass_by_value,
        reason = "a table reads better without references"
    )]
    fn check(header: &str, expected: Ranges) {
        assert_eq!(resolve(Some(header), 1000), expected, "{header}");
    }

    #[test]
    #[expect(
        clippy::single_range_in_vec_init,
        reason = "a list of one range is meant"
    )]
    fn the_table() {
        check("bytes=0-499", Ranges::One(0..500));
        check("bytes=500-", Ranges::One(500..1000));
        check("bytes=-500", Ranges::One(500..1000));
        check("bytes=-5000", Ranges::One(0..1000));
        check("bytes=0-0", Ranges::One(0..1));
        check("bytes=999-5000", Ranges::One(999..1000));
        check("bytes=0-99999999999999999999999999", Ranges::One(0..1000));
        check("bytes=1000-", Ranges::Unsatisfiable);
        check("bytes=-0", Ranges::Unsatisfiable);
        check("bytes=0-0,-1", Ranges::Many(vec![0..1, 999..1000]));
        check("bytes=0-0, 2000-3000", Ranges::One(0..1));
        check("bytes=0-99,50-150", Ranges::Whole);
        check("bytes=5-2", Ranges::Whole);
        check("bytes=a-b", Ranges::Whole);
        check("bytes=+1-2", Ranges::Whole);
        check("bytes=", Ranges::Whole);
        check("chunks=0-1", Ranges::Whole);
        check(
            "bytes=0-0,2-2,4-4,6-6,8-8,10-10,12-12,14-14,16-16,18-18,20-20,22-22,24-24,26-26,28-28,30-30,32-32",
            Ranges::Unsatisfiable,
        );
        assert_eq!(resolve(None, 1000), Ranges::Whole);
        assert_eq!(resolve(Some("bytes=-1"), 0), Ranges::Unsatisfiable);
        assert_eq!(resolve(Some("bytes=0-"), 0), Ranges::Unsatisfiable);
        assert_eq!(Ranges::Many(vec![0..1]), Ranges::Many(vec![0..1]));
    }

    proptest! {
        #[test]
        fn ranges_lie_inside_the_body(header in "(bytes=)?[0-9,\\- ]{0,40}", length in 0_u64..10_000) {
            let all = match resolve(Some(&header), length) {
                Ranges::One(range) => vec![range],
                Ranges::Many(ranges) => ranges,
                Ranges::Whole | Ranges::Unsatisfiable => vec![],
            };
            for range in all {
                prop_assert!(range.start < range.end && range.end <= length);
            }
        }
    }
}
