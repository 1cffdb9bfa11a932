//! Limits that nodes count together.
//!
//! A key is kept as the moment that [`marquee_limits`] works with, for as long as it is busy. What stands in Redis is a
//! hash under a secret of the database: no address of a person or of a client can be read or guessed there. All rules
//! of a call are one round trip, and counted by all of them or by none.
//!
//! Now is what the node's clock says. Clocks that stand apart let a key have so much more, never less than its burst:
//! moments are bounded as in process.

use futures_util::future::BoxFuture;
use hmac::{Hmac, KeyInit, Mac};
use marquee_limits::{Asked, Micros, Refused, Shared};
use redis::{Script, ScriptInvocation};
use sha2::Sha256;

use crate::connection::Redis;

/// Counts, or says who refuses: the number of the rule with the longest wait, and the wait. Now, then interval and full
/// span of each key.
const CHECK: &str = r"
local now = tonumber(ARGV[1])
local moments, longest, who = {}, 0, 0
for i = 1, #KEYS do
  local interval, full = tonumber(ARGV[2 * i]), tonumber(ARGV[2 * i + 1])
  local kept = tonumber(redis.call('GET', KEYS[i]) or now)
  moments[i] = math.min(math.max(kept, now), now + full) + interval
  local wait = moments[i] - now - full
  if wait > longest then longest, who = wait, i end
end
if who > 0 then return {who, string.format('%.0f', longest)} end
for i = 1, #KEYS do
  local busy_ms = math.ceil((moments[i] - now) / 1000) + 1000
  redis.call('SET', KEYS[i], string.format('%.0f', moments[i]), 'PX', busy_ms)
end
return {0, '0'}";

/// Gives one call back. Now, interval and full span.
const GIVE_BACK: &str = r"
local kept = redis.call('GET', KEYS[1])
if kept then
  local now, interval, full = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
  local moment = math.min(math.max(tonumber(kept), now), now + full) - interval
  redis.call('SET', KEYS[1], string.format('%.0f', math.max(moment, now)), 'KEEPTTL')
end
return 1";

/// Limits in Redis.
pub struct SharedLimits {
    redis: Redis,
    key: Hmac<Sha256>,
    check: Script,
    give_back: Script,
}

impl SharedLimits {
    /// Over a connection; `secret` is the same on all nodes.
    #[must_use]
    pub fn new(redis: Redis, secret: &[u8]) -> Self {
        // A key of any length is good for HMAC; there is no other failure.
        let key = Hmac::<Sha256>::new_from_slice(secret)
            .unwrap_or_else(|_| Hmac::<Sha256>::new(&Default::default()));
        Self {
            redis,
            key,
            check: Script::new(CHECK),
            give_back: Script::new(GIVE_BACK),
        }
    }

    /// `limit:` and 128 bits of the hash of rule and key.
    fn name(&self, asked: &Asked<'_>) -> String {
        let mut hash = self.key.clone();
        hash.update(b"limits\0");
        hash.update(asked.rule.name().as_bytes());
        hash.update(b"\0");
        hash.update(asked.key.text().as_bytes());
        let hash = hash.finalize().into_bytes();
        let digits: String = hash.iter().take(16).map(|b| format!("{b:02x}")).collect();
        format!("limit:{digits}")
    }

    fn add(&self, call: &mut ScriptInvocation<'_>, asked: &Asked<'_>) {
        call.key(self.name(asked));
        call.arg(asked.rate.interval_us()).arg(asked.rate.full_us());
    }
}

impl Shared for SharedLimits {
    fn check_all<'a>(
        &'a self,
        asked: &'a [Asked<'a>],
        now: Micros,
    ) -> BoxFuture<'a, Option<Result<(), Refused>>> {
        Box::pin(async move {
            let mut call = self.check.prepare_invoke();
            call.arg(now);
            for one in asked {
                self.add(&mut call, one);
            }
            let counted = async |redis: &mut _| call.invoke_async::<(usize, Micros)>(redis).await;
            let (who, wait_us) = self.redis.ask(counted).await?;
            let refusing = who.checked_sub(1).and_then(|at| asked.get(at));
            Some(refusing.map_or(Ok(()), |one| {
                let rule = one.rule;
                Err(Refused { rule, wait_us })
            }))
        })
    }

    fn give_back<'a>(&'a self, asked: Asked<'a>, now: Micros) -> BoxFuture<'a, ()> {
        Box::pin(async move {
            let mut call = self.give_back.prepare_invoke();
            call.arg(now);
            self.add(&mut call, &asked);
            let given = async |redis: &mut _| call.invoke_async::<i64>(redis).await;
            self.redis.ask(given).await;
        })
    }
}
