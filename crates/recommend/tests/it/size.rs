//! The largest matrix: run by hand, in a release build, with `--ignored`.

use std::time::Instant;

use marquee_recommend::features::Features;
use marquee_recommend::planted::Planted;
use marquee_recommend::{Method, Options, PlaysBuilder, Unwatched, Watched, train};

/// The most memory that the process ever had, in MiB.
fn peak_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmHWM:"))
        .unwrap();
    let kib: u64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
    kib / 1024
}

#[test]
#[ignore = "takes minutes in a debug build"]
fn five_thousand_titles_stay_within_memory_and_time() {
    let planted = Planted {
        viewers: 100_000,
        titles: 5_000,
        broad: 60,
        ..Planted::default()
    };
    let mut builder = PlaysBuilder::new(planted.titles as usize);
    let mut own: Vec<Watched> = Vec::new();
    let mut last = 0;
    for (viewer, title, at) in planted.plays() {
        if viewer != last {
            builder.viewer(own.drain(..));
            last = viewer;
        }
        own.push(Watched {
            title,
            weight: 1.0,
            at,
        });
    }
    let plays = builder.build();
    let (before, begin) = (peak_mib(), Instant::now());
    let trained = train(
        &plays,
        &Features::default(),
        &Options::default(),
        &Unwatched,
    )
    .unwrap();
    let seconds = begin.elapsed().as_secs_f64();
    assert_eq!(trained.method, Method::Ease);
    println!(
        "{} viewers, {} titles watched, {} pairs: {seconds:.1} s, peak {} MiB ({before} MiB before)",
        plays.viewers(),
        plays.watched_titles(),
        plays.pairs(),
        peak_mib()
    );
    assert!(seconds < 60.0 && peak_mib() < 500);
}
