//! Hot anonymous answers, kept as serialised and compressed bytes.
//!
//! The key is everything that an answer depends on: service, language, region verdict, the canonical
//! form of the known parameters, and the catalog version. One computation per key runs at a time,
//! however many ask. The store is bounded in bytes; an entry ends with its version or at the next
//! publish boundary, whichever comes first. Hot-path cost: one hash look-up and a few header writes.

mod answer;
mod encoding;

use std::future::Future;
use std::sync::Arc;

use marquee_domain::Timestamp;
use moka::future::Cache;

pub use self::answer::Answer;

/// What an answer is kept under: its version and everything else it depends on.
type Key = String;

fn key(version: i64, rest: &str) -> Key {
    format!("{version}\n{rest}")
}

/// The store of answers.
#[derive(Clone)]
pub struct AnswerCache {
    answers: Cache<Key, Arc<Answer>>,
    /// Per version and service: when the next item begins or ends to show.
    boundaries: Cache<(i64, i64), Option<Timestamp>>,
}

impl AnswerCache {
    /// A store of at most `max_bytes`.
    #[must_use]
    pub fn new(max_bytes: u64) -> Self {
        let answers = Cache::builder()
            .max_capacity(max_bytes)
            .weigher(|_: &Key, answer: &Arc<Answer>| answer.weight())
            .build();
        let boundaries = Cache::builder().max_capacity(1024).build();
        Self {
            answers,
            boundaries,
        }
    }

    /// When the next item of a service begins or ends to show: looked up once per catalog version, and again when it has passed.
    ///
    /// # Errors
    /// What `find` fails with.
    pub async fn boundary<E, F>(
        &self,
        version: i64,
        service: i64,
        now: Timestamp,
        find: F,
    ) -> Result<Option<Timestamp>, E>
    where
        F: Future<Output = Result<Option<Timestamp>, E>>,
    {
        if let Some(known) = self.boundaries.get(&(version, service)).await
            && known.is_none_or(|at| now < at)
        {
            return Ok(known);
        }
        let found = find.await?;
        self.boundaries.insert((version, service), found).await;
        Ok(found)
    }

    /// The answer under a key when it is there and still true. What has ended is dropped.
    pub async fn find(&self, version: i64, rest: &str, now: Timestamp) -> Option<Arc<Answer>> {
        let key = key(version, rest);
        let answer = self.answers.get(&key).await?;
        if now < answer.expires_at {
            return Some(answer);
        }
        self.answers.invalidate(&key).await;
        None
    }

    /// The answer under a key, computed by `make` when it is not there; concurrent callers share one computation.
    ///
    /// # Errors
    /// What `make` fails with; failures are not kept.
    pub async fn get<E, F>(
        &self,
        version: i64,
        rest: String,
        now: Timestamp,
        make: F,
    ) -> Result<Arc<Answer>, Arc<E>>
    where
        E: Send + Sync + 'static,
        F: Future<Output = Result<Answer, E>>,
    {
        if let Some(answer) = self.find(version, &rest, now).await {
            return Ok(answer);
        }
        let key = key(version, &rest);
        self.answers
            .try_get_with(key, async { make.await.map(Arc::new) })
            .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn many_callers_share_one_computation_and_failures_are_not_kept() {
        let cache = AnswerCache::new(1 << 20);
        let made = Arc::new(std::sync::atomic::AtomicUsize::new(0));
        let calls = (0..100).map(|_| {
            let made = made.clone();
            let cache = cache.clone();
            async move {
                let make = async move {
                    made.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                    tokio::task::yield_now().await;
                    Ok::<_, ()>(Answer::new(b"{}".to_vec(), 10))
                };
                cache.get(1, "k".into(), 0, make).await.unwrap();
            }
        });
        futures_util::future::join_all(calls).await;
        assert_eq!(made.load(std::sync::atomic::Ordering::SeqCst), 1);
        assert!(
            cache
                .get(1, "k".into(), 10, async { Err(()) })
                .await
                .is_err(),
            "the entry has ended"
        );
        assert!(
            cache
                .get(1, "k".into(), 11, async {
                    Ok::<_, ()>(Answer::new(vec![], 20))
                })
                .await
                .is_ok()
        );
    }
}
