//! What a backup holds: every table, its key and its columns, and how a value is written.

use serde_json::Value as Json;

use crate::statement::{Row, Value};
use crate::{Result, StorageError};

/// What a column holds.
#[derive(Clone, Copy)]
pub(super) enum Type {
    Int,
    Text,
    Bool,
    Float,
}
use Type::{Bool, Float, Int, Text};

/// A table as a backup holds it.
pub(super) struct TableSpec {
    pub(super) name: &'static str,
    /// How many leading columns are the primary key.
    pub(super) key: usize,
    pub(super) columns: &'static [(&'static str, Type)],
    pub(super) insert: &'static str,
}

macro_rules! tables {
    ($($name:literal, key $key:literal: $($column:ident $type:ident),+ ;)+) => {
        /// Every table, parents before children.
        pub(super) const TABLES: &[TableSpec] = &[$(TableSpec {
            name: $name,
            key: $key,
            columns: &[$((stringify!($column), $type)),+],
            insert: concat!("INSERT INTO ", $name, " (", tables!(@list $($column)+), ")"),
        }),+];
    };
    (@list $first:ident $($rest:ident)*) => { concat!(stringify!($first) $(, ", ", stringify!($rest))*) };
}

tables! {
    "meta", key 1: key Text, value Text;
    "counters", key 1: name Text, value Int;
    "services", key 1: id Int, name Text, visibility Text, created_at Int;
    "labels", key 1: id Int, service_id Int, kind Text, external_key Text, slug Text, sort_order Int, digest Int, doc Text;
    "series", key 1: id Int, service_id Int, external_key Text, slug Text, own_from Int, own_until Int, visible_from Int,
        visible_until Int, created_at Int, digest Int, doc Text, popularity Float, language Text;
    "seasons", key 1: id Int, service_id Int, series_id Int, season_order Int, external_key Text, slug Text, own_from Int,
        own_until Int, visible_from Int, visible_until Int, created_at Int, digest Int, doc Text;
    "contents", key 1: id Int, service_id Int, kind Text, season_id Int, series_id Int, content_order Int, duration_ms Int,
        playable Bool, popularity Float, external_key Text, slug Text, own_from Int, own_until Int, visible_from Int,
        visible_until Int, created_at Int, digest Int, doc Text, language Text;
    "category_items", key 3: category_id Int, item_kind Text, item_id Int, content_kind Text, listed Bool, visible_from Int, visible_until Int;
    "title_texts", key 2: item_kind Text, item_id Int, service_id Int, folded Text;
    "title_labels", key 3: label_id Int, item_kind Text, item_id Int;
    "row_groups", key 1: id Int, service_id Int, external_key Text, slug Text, own_from Int, own_until Int, visible_from Int,
        visible_until Int, created_at Int, digest Int, sort_order Int, surface Text, doc Text;
    "home_rows", key 1: id Int, service_id Int, group_id Int, external_key Text, slug Text, own_from Int, own_until Int,
        visible_from Int, visible_until Int, created_at Int, digest Int, sort_order Int, doc Text;
    "covers", key 1: id Int, service_id Int, external_key Text, slug Text, own_from Int, own_until Int, visible_from Int,
        visible_until Int, created_at Int, digest Int, sort_order Int, doc Text;
    "multichannels", key 1: id Int, service_id Int, external_key Text, slug Text, own_from Int, own_until Int,
        visible_from Int, visible_until Int, created_at Int, digest Int, sort_order Int, doc Text;
    "channels", key 1: id Int, service_id Int, multichannel_id Int, external_key Text, slug Text, own_from Int, own_until Int,
        visible_from Int, visible_until Int, created_at Int, digest Int, sort_order Int, doc Text;
    "folders", key 1: id Int, service_id Int, path Text, created_at Int, last_scan_at Int;
    "scan_items", key 2: folder_id Int, item_key Text, digest Int;
    "sources", key 1: id Int, content_id Int, role Text, position Int, location Text, size_bytes Int, revision Text, state Text,
        reason Text, info Text;
    "accounts", key 1: id Int, uuid Text, email Text, email_verified Bool, display_name Text, state Text, role Text,
        made_with Text, language Text, created_at Int;
    "addresses", key 1: email_key Text, account_id Int;
    "passwords", key 1: account_id Int, phc Text, changed_at Int;
    "social_identities", key 2: provider Text, subject Text, account_id Int, email Text, linked_at Int;
    "second_factors", key 1: account_id Int, state Text, sealed_secret Text, last_step Int, created_at Int;
    "recovery_codes", key 2: account_id Int, ordinal Int, phc Text, used_at Int;
    "sessions", key 1: sid Text, account_id Int, device Text, device_type Text, app Text, network Text, factors Text,
        seed Text, generation Int, rotated_at Int, created_at Int, last_active_at Int, expires_at Int, ended_at Int, end_reason Text;
    "mailed_codes", key 2: purpose Text, about Text, email Text, code_hash Text, failures Int, sent_at Int, expires_at Int,
        proved_until Int;
    "reset_tokens", key 1: account_id Int, token_hash Text, failures Int, expires_at Int;
    "activations", key 1: device Text, code_hash Text, state Text, device_type Text, app Text, network Text, account_id Int,
        factors Text, created_at Int, expires_at Int;
    "audit_events", key 1: id Int, at Int, kind Text, account Text, actor Text, sid Text, network Text, detail Text;
    "account_merges", key 1: id Int, kept_id Int, merged_id Int, merged_at Int, undone_at Int, journal Text;
    "favorites", key 1: id Int, service_id Int, owner Text, kind Text, source_id Int, created_at Int;
    "progress", key 2: owner Text, content_id Int, service_id Int, position_s Int, updated_at Int, device Text;
    "picture_addresses", key 1: address_key Text, address Text, state Text, location Text, attempts Int, due_at Int, reason Text;
    "picture_uses", key 4: address_key Text, service_id Int, item_kind Text, external_key Text;
    "mails", key 1: id Int, once_key Text, recipient Text, language Text, letter Text, parameters Text, state Text, due_at Int,
        attempts Int, reason Text, created_at Int, finished_at Int;
    "jobs", key 1: id Int, kind Text, payload Text, state Text, run_at Int, lease_until Int, attempts Int, progress Text,
        report Text, error Text, created_at Int, finished_at Int;
}

/// A column of a row as it is written.
pub(super) fn read(row: &Row, index: usize, kind: Type) -> Result<Json> {
    Ok(match kind {
        Int => row.opt_int(index)?.map_or(Json::Null, Json::from),
        Text => row.opt_text(index)?.map_or(Json::Null, Json::from),
        Bool => row.bool(index)?.into(),
        Float => row.float(index)?.into(),
    })
}

/// A written value as it is bound.
pub(super) fn value(json: &Json, kind: Type) -> Result<Value> {
    let bad = || StorageError::Backup("a value has the wrong type".to_owned());
    Ok(match (kind, json) {
        (Int, Json::Null) => Value::Int(None),
        (Text, Json::Null) => Value::Text(None),
        (Int, json) => Value::Int(Some(json.as_i64().ok_or_else(bad)?)),
        (Text, json) => Value::Text(Some(json.as_str().ok_or_else(bad)?.to_owned())),
        (Bool, json) => Value::Bool(json.as_bool().ok_or_else(bad)?),
        (Float, json) => Value::Float(json.as_f64().ok_or_else(bad)?),
    })
}
