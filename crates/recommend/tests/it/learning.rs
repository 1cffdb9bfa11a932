//! Planted clusters are found again, by the better method better.

use std::sync::atomic::{AtomicUsize, Ordering};

use marquee_recommend::evaluate::{Protocol, Ratings, Report, Settings, evaluate};
use marquee_recommend::features::{FeatureKind, Features};
use marquee_recommend::planted::Planted;
use marquee_recommend::{
    Lists, Method, Model, Options, Plays, PlaysBuilder, Unwatched, Watch, Watched, train,
};

fn report(planted: &Planted, protocol: Protocol) -> Report {
    let ratings = Ratings::read(planted.text().as_bytes(), 0.0, |_| {}).unwrap();
    let settings = Settings {
        protocol,
        seed: 7,
        lambda: None,
        viewers: None,
    };
    evaluate(&ratings, &settings, &Unwatched).unwrap()
}

fn ndcg(report: &Report, method: &str) -> f64 {
    let line = report.lines.iter().find(|line| line.method == method);
    line.unwrap().figures.as_ref().unwrap().ndcg_10
}

#[test]
fn ease_beats_sparse_neighbours_which_beat_popularity() {
    for (seed, protocol) in [
        (1, Protocol::TitleSplit(75)),
        (2, Protocol::ViewerSplit(75)),
        (3, Protocol::RandomSplit(75)),
        (4, Protocol::LeaveLastOut),
    ] {
        let planted = Planted {
            viewers: 2_000,
            seed,
            ..Planted::default()
        };
        let report = report(&planted, protocol);
        let (ease, sparse) = (ndcg(&report, "EASE"), ndcg(&report, "sparse neighbours"));
        let popularity = ndcg(&report, "popularity");
        assert!(ease > sparse * 1.02, "{protocol}: {ease} {sparse}");
        assert!(
            sparse > popularity * 1.2,
            "{protocol}: {sparse} {popularity}"
        );
        let kept = ndcg(&report, "as kept by serve");
        assert!(
            kept > sparse && kept > 0.9 * ease,
            "{protocol}: {kept} {ease}"
        );
    }
}

#[test]
fn the_same_seed_gives_the_same_figures() {
    let planted = Planted {
        viewers: 80,
        titles: 60,
        ..Planted::default()
    };
    let once = report(&planted, Protocol::TitleSplit(75));
    assert_eq!(once, report(&planted, Protocol::TitleSplit(75)));
}

/// Plays of these viewers without what `held_back` says, and what was held back of each.
fn plays_of(
    planted: &Planted,
    viewers: u32,
    held_back: impl Fn(usize) -> bool,
) -> (Plays, Vec<Vec<u32>>) {
    let all = planted.plays();
    let mut builder = PlaysBuilder::new(planted.titles as usize);
    let mut back = Vec::new();
    for viewer in 0..viewers {
        let own = all.iter().filter(|play| play.0 == viewer).enumerate();
        let (held, learnt): (Vec<_>, Vec<_>) = own.partition(|(n, _)| held_back(*n));
        builder.viewer(learnt.iter().map(|(_, (_, title, at))| Watched {
            title: *title,
            weight: 1.0,
            at: *at,
        }));
        back.push(held.iter().map(|(_, play)| play.1).collect());
    }
    (builder.build(), back)
}

/// Each title's group as its category, and its cluster as a person.
fn features_of(planted: &Planted) -> Features {
    let of = |title: u32| {
        vec![
            (FeatureKind::Category, u64::from(planted.group_of(title))),
            (FeatureKind::Person, u64::from(planted.cluster_of(title))),
        ]
    };
    let all: Vec<_> = (0..planted.titles).map(of).collect();
    Features::new(&all, &[])
}

/// Share of what was held back that is among the first 20 not watched yet.
fn found(model: &dyn Model, plays: &Plays, back: &[Vec<u32>]) -> f64 {
    let (mut hits, mut all) = (0_u32, 0_u32);
    for (viewer, back) in back.iter().enumerate() {
        let mut scores = vec![0.0; plays.titles()];
        model.score(plays.history(viewer), &mut scores);
        for (title, _) in plays.history(viewer) {
            scores[*title as usize] = f32::MIN;
        }
        let mut order: Vec<usize> = (0..scores.len()).collect();
        order.sort_by(|a, b| scores[*b].total_cmp(&scores[*a]));
        for title in back {
            all += 1;
            hits += u32::from(order[..20].contains(&(*title as usize)));
        }
    }
    f64::from(hits) / f64::from(all)
}

#[test]
fn with_five_viewers_only_it_is_better_than_popularity() {
    let (mut ours, mut popular) = (0.0, 0.0);
    for seed in 0..10 {
        let planted = Planted {
            viewers: 5,
            titles: 120,
            seed,
            ..Planted::default()
        };
        let (plays, back) = plays_of(&planted, 5, |n| n % 4 == 3);
        let trained = train(
            &plays,
            &features_of(&planted),
            &Options::default(),
            &Unwatched,
        );
        ours += found(&trained.unwrap().lists(), &plays, &back);
        let baseline = marquee_recommend::popular::Popular::by_viewers(&plays);
        popular += found(&baseline, &plays, &back);
    }
    assert!(ours > popular * 1.3, "{ours} against {popular}");
}

#[test]
fn titles_without_viewers_are_put_beside_their_like() {
    let planted = Planted::default();
    // Nobody watched the last fifty yet.
    let new = planted.titles - 50;
    let all = planted.plays();
    let mut builder = PlaysBuilder::new(planted.titles as usize);
    for viewer in 0..planted.viewers {
        let own = all.iter().filter(|play| play.0 == viewer && play.1 < new);
        builder.viewer(own.map(|(_, title, at)| Watched {
            title: *title,
            weight: 1.0,
            at: *at,
        }));
    }
    let plays = builder.build();
    let trained = train(
        &plays,
        &features_of(&planted),
        &Options::default(),
        &Unwatched,
    )
    .unwrap();
    let (mut alike, mut seen) = (0, 0);
    for title in new..planted.titles {
        let list = &trained.neighbours[title as usize];
        assert!(list.len() >= 10, "{title} has {} neighbours", list.len());
        for near in &list[..10] {
            seen += 1;
            let group = planted.group_of(near.title) == planted.group_of(title);
            let cluster = planted.cluster_of(near.title) == planted.cluster_of(title);
            alike += i32::from(group || cluster);
        }
    }
    assert!(alike == seen, "{alike} of {seen}");
    // And they can be found from what is well known.
    let known_to_new = trained.neighbours[..new as usize]
        .iter()
        .flatten()
        .filter(|near| near.title >= new)
        .count();
    assert!(known_to_new > 0);
}

#[test]
fn more_titles_than_the_matrix_allows_are_learnt_sparsely() {
    let planted = Planted::default();
    let (plays, _) = plays_of(&planted, 200, |_| false);
    let options = Options {
        dense_max: 100,
        ..Options::default()
    };
    let trained = train(&plays, &Features::default(), &options, &Unwatched).unwrap();
    assert_eq!(trained.method, Method::Sparse);
    let Lists(lists) = trained.lists();
    assert!(
        lists
            .iter()
            .flatten()
            .all(|(_, score)| score.is_finite() && *score > 0.0)
    );
    assert!(
        lists
            .iter()
            .all(|list| list.is_sorted_by(|a, b| a.1 >= b.1))
    );
}

#[test]
fn it_stops_when_asked_to() {
    struct Impatient(AtomicUsize);
    impl Watch for Impatient {
        fn at(&self, _: &'static str, _: usize, _: usize) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
        fn stopped(&self) -> bool {
            self.0.load(Ordering::SeqCst) > 2
        }
    }
    let planted = Planted::default();
    let (plays, _) = plays_of(&planted, 200, |_| false);
    let watch = Impatient(AtomicUsize::new(0));
    let stopped = train(&plays, &Features::default(), &Options::default(), &watch);
    assert!(stopped.is_err());
}
