//! What was learnt, behind the port that rows ask through.

use futures_util::future::BoxFuture;
use marquee_domain::catalog::TitleKey;
use marquee_storage::Query;

use super::for_history;
use crate::Result;
use crate::browse::Audience;
use crate::neighbours::{Neighbours, SharedFacts};

/// How much less each title of a history counts than the one before it.
const FADING: f32 = 0.9;

/// Nearness as it was learnt from viewers and features; where that is thin, filled up by what titles
/// share at this moment.
#[derive(Debug, Clone, Copy, Default)]
pub struct Learnt;

impl Neighbours for Learnt {
    fn near<'a>(
        &'a self,
        q: &'a mut dyn Query,
        who: Audience,
        of: &'a [TitleKey],
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<TitleKey>>> {
        Box::pin(async move {
            let weights = std::iter::successors(Some(1.0_f32), |weight| Some(weight * FADING));
            let history: Vec<(TitleKey, f32)> = of.iter().copied().zip(weights).collect();
            let learnt = for_history(q, who, &history, limit).await?;
            let mut near: Vec<TitleKey> = learnt.into_iter().map(|of| of.title).collect();
            if near.len() < limit {
                for title in SharedFacts.near(q, who, of, limit).await? {
                    // A long history is only looked at in part when learnt titles are ranked.
                    if !near.contains(&title) {
                        near.push(title);
                    }
                }
            }
            near.retain(|title| !of.contains(title));
            near.truncate(limit);
            Ok(near)
        })
    }
}
