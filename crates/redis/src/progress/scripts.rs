//! What Redis runs as one step each. Nothing else comes in between, so these are the only moments that can
//! be interleaved.
//!
//! `RUN` is the id of the Redis process itself: what another process made is not believed.

use redis::Script;

/// How long an index is believed, in milliseconds.
pub(super) const INDEX_MS: u64 = 5 * 60 * 1000;
/// How long a ticket is kept, in milliseconds. Only tidiness: without its ticket nobody fills.
pub(super) const TICKET_MS: u64 = 60 * 1000;
/// How long a record outlives its last change, in milliseconds.
pub(super) const RECORD_MS: u64 = 24 * 3600 * 1000;

/// A Redis that does not tell its id is taken for always the same.
const RUN: &str = r"
local told = redis.pcall('INFO', 'server')
local run = '@' .. (type(told) == 'string' and string.match(told, 'run_id:(%w+)') or '')
";

/// Keys: index, ticket. Arguments: what records begin with, most records, a new ticket, its life.
/// Answers with a ticket where nothing is known, else with an empty one and the records.
const READ: &str = r"
local listed = redis.call('ZREVRANGE', KEYS[1], 0, ARGV[2])
if listed[1] == run then
  local found = {}
  for i = 2, #listed do
    local record = redis.call('HMGET', ARGV[1] .. listed[i], 'position', 'updated_at', 'device')
    if not (record[1] and record[2] and record[3]) then
      found = nil
      break
    end
    found[#found + 1] = {listed[i], record[1], record[2], record[3]}
  end
  if found then return {'', found} end
end
redis.call('DEL', KEYS[1])
local ticket = redis.call('GET', KEYS[2])
if not ticket or string.sub(ticket, 1, #run) ~= run then
  ticket = run .. ':' .. ARGV[3]
  redis.call('SET', KEYS[2], ticket, 'PX', ARGV[4])
end
return {ticket, {}}";

/// Keys: index, ticket. Arguments: what records begin with, life of the index, life of records, the
/// ticket; records follow in fours.
const FILL: &str = r"
local ticket = redis.call('GET', KEYS[2])
if ticket ~= ARGV[4] or string.sub(ticket, 1, #run) ~= run then return 0 end
redis.call('DEL', KEYS[1], KEYS[2])
redis.call('ZADD', KEYS[1], '+inf', run)
for i = 5, #ARGV, 4 do
  local record = ARGV[1] .. ARGV[i]
  redis.call('HSET', record, 'position', ARGV[i + 1], 'updated_at', ARGV[i + 2], 'device', ARGV[i + 3])
  redis.call('PEXPIRE', record, ARGV[3])
  redis.call('ZADD', KEYS[1], ARGV[i + 2], ARGV[i])
end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1";

/// Keys: record, index, ticket. Arguments: position, time, device, content, life of records, most records.
const PUT: &str = r"
local stored = redis.call('HGET', KEYS[1], 'updated_at')
if not stored or tonumber(stored) <= tonumber(ARGV[2]) then
  redis.call('HSET', KEYS[1], 'position', ARGV[1], 'updated_at', ARGV[2], 'device', ARGV[3])
end
redis.call('PEXPIRE', KEYS[1], ARGV[5])
if redis.call('EXISTS', KEYS[2]) == 1 then
  redis.call('ZADD', KEYS[2], 'GT', ARGV[2], ARGV[4])
  redis.call('ZREMRANGEBYRANK', KEYS[2], 0, -2 - tonumber(ARGV[6]))
end
redis.call('DEL', KEYS[3])
return 1";

/// All scripts, with their digests worked out once.
pub(super) struct Scripts {
    /// The records of an index that is whole, or a ticket to make it with.
    pub(super) read: Script,
    /// Makes an index where its ticket still lies.
    pub(super) fill: Script,
    /// Adds a record to an index that exists, and tears the ticket up.
    pub(super) put: Script,
}

impl Default for Scripts {
    fn default() -> Self {
        Self {
            read: Script::new(&format!("{RUN}{READ}")),
            fill: Script::new(&format!("{RUN}{FILL}")),
            put: Script::new(PUT),
        }
    }
}
