//! Widths that pictures are sent in.

/// The widths of copies, in pixels.
pub const WIDTHS: [u32; 6] = [160, 320, 480, 720, 1080, 1920];

/// The width of an address that names none: sharp on a phone, good enough behind a television's menu.
pub const DEFAULT_WIDTH: u32 = 1080;

/// Greatest height of a copy. Strips longer than a screen become narrower than asked for; WebP ends at 16,383.
const MAX_HEIGHT: u32 = 8192;

/// The size of a copy of this width: the same shape, never enlarged, at least a pixel each way.
pub(crate) fn fit(width: u32, height: u32, wanted: u32) -> (u32, u32) {
    let (w, h) = (f64::from(width.max(1)), f64::from(height.max(1)));
    let scale = (f64::from(wanted) / w)
        .min(f64::from(MAX_HEIGHT) / h)
        .min(1.0);
    let side = |length: f64| ((length * scale).round() as u32).max(1);
    (side(w), side(h))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_keep_the_shape_and_are_never_larger() {
        assert_eq!(fit(1920, 1080, 480), (480, 270));
        assert_eq!(fit(400, 600, 480), (400, 600));
        assert_eq!(fit(1000, 1500, 160), (160, 240));
        assert_eq!(fit(1, 16_384, 160), (1, 8192));
        assert_eq!(fit(16_384, 1, 160), (160, 1));
        assert_eq!(fit(160, 160, 160), (160, 160));
    }

    proptest::proptest! {
        #[test]
        fn sides_stay_in_their_bounds(w in 1_u32..16_385, h in 1_u32..16_385, wanted in proptest::sample::select(WIDTHS.to_vec())) {
            let (x, y) = fit(w, h, wanted);
            proptest::prop_assert!(x >= 1 && y >= 1 && x <= w && y <= h && x <= wanted && y <= MAX_HEIGHT);
        }
    }
}
