//! Prints generated ratings with planted structure, for measuring where there is no set of real ones.

use marquee_recommend::planted::Planted;

fn main() {
    // About as many viewers, titles and ratings as the smallest set of MovieLens.
    let planted = Planted {
        viewers: 950,
        titles: 1680,
        groups: 6,
        cluster: 8,
        broad: 110,
        liked: 6,
        seed: 1,
    };
    print!("{}", planted.text());
}
