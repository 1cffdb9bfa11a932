-- People. `email` as typed. States: active, suspended, merged (into another, for as long as that can be undone).
CREATE TABLE accounts (
    id {id} PRIMARY KEY,
    uuid {text} NOT NULL UNIQUE,
    email {text} NOT NULL,
    email_verified BOOLEAN NOT NULL,
    display_name {text} NOT NULL,
    state {text} NOT NULL,
    role {text} NOT NULL,
    made_with {text} NOT NULL,
    language {text} NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX accounts_newest ON accounts (created_at DESC, id DESC);

-- The folded form of each account's address: one account per key.
CREATE TABLE addresses (
    email_key {text} PRIMARY KEY,
    account_id BIGINT NOT NULL UNIQUE REFERENCES accounts (id)
);

-- Passwords as PHC strings; an account without a row has none.
CREATE TABLE passwords (
    account_id BIGINT PRIMARY KEY REFERENCES accounts (id),
    phc {text} NOT NULL,
    changed_at BIGINT NOT NULL
);

-- Identities of others that open an account.
CREATE TABLE social_identities (
    provider {text} NOT NULL,
    subject {text} NOT NULL,
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    email {text} NOT NULL,
    linked_at BIGINT NOT NULL,
    PRIMARY KEY (provider, subject)
);
CREATE INDEX social_identities_account ON social_identities (account_id);

-- The second factor: states pending, active. `last_step` is the newest time step whose code was taken.
CREATE TABLE second_factors (
    account_id BIGINT PRIMARY KEY REFERENCES accounts (id),
    state {text} NOT NULL,
    sealed_secret {text} NOT NULL,
    last_step BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE recovery_codes (
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    ordinal BIGINT NOT NULL,
    phc {text} NOT NULL,
    used_at BIGINT,
    PRIMARY KEY (account_id, ordinal)
);

-- Sessions: grants on a device. `generation` and `seed` say which refresh token is the live one; `factors` are words
-- parted by blanks. A session that ended keeps its row until nothing issued from it can still be presented.
CREATE TABLE sessions (
    sid {text} PRIMARY KEY,
    account_id BIGINT NOT NULL,
    device {text} NOT NULL,
    device_type {text} NOT NULL,
    app {text} NOT NULL,
    network {text} NOT NULL,
    factors {text} NOT NULL,
    seed {text} NOT NULL,
    generation BIGINT NOT NULL,
    rotated_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    last_active_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ended_at BIGINT,
    end_reason {text} NOT NULL
);
CREATE INDEX sessions_account ON sessions (account_id, ended_at, created_at DESC);
CREATE INDEX sessions_ended ON sessions (ended_at);
CREATE INDEX sessions_expiry ON sessions (expires_at);

-- Codes that were mailed, one per purpose and whom it is about; kept as a keyed hash. `proved_until` is set by a right
-- code, for purposes that go on afterwards.
CREATE TABLE mailed_codes (
    purpose {text} NOT NULL,
    about {text} NOT NULL,
    email {text} NOT NULL,
    code_hash {text} NOT NULL,
    failures BIGINT NOT NULL,
    sent_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    proved_until BIGINT,
    PRIMARY KEY (purpose, about)
);
CREATE INDEX mailed_codes_expiry ON mailed_codes (expires_at);

-- Mailed tokens that set a new password; at most one per account.
CREATE TABLE reset_tokens (
    account_id BIGINT PRIMARY KEY REFERENCES accounts (id),
    token_hash {text} NOT NULL UNIQUE,
    failures BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

-- Codes that televisions show; one per device. States: pending, confirmed; a used one is gone.
CREATE TABLE activations (
    device {text} PRIMARY KEY,
    code_hash {text} NOT NULL UNIQUE,
    state {text} NOT NULL,
    device_type {text} NOT NULL,
    app {text} NOT NULL,
    network {text} NOT NULL,
    account_id BIGINT,
    factors {text} NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX activations_expiry ON activations (expires_at);

-- Keys that tokens are signed with: public from the start, signing from `signs_from` on; private halves are sealed.
CREATE TABLE signing_keys (
    kid {text} PRIMARY KEY,
    algorithm {text} NOT NULL,
    sealed_private {text} NOT NULL,
    public_key {text} NOT NULL,
    signs_from BIGINT NOT NULL,
    signs_until BIGINT NOT NULL,
    published_until BIGINT NOT NULL
);

-- What tells whether a server has the secret that this database's keys are sealed under; one row.
CREATE TABLE server_secret (
    id BIGINT PRIMARY KEY,
    check_value {text} NOT NULL
);

-- What happened to accounts; kept for a time after the account is gone, without its address. Ids are drawn: a counter
-- would make sign-ins wait for each other.
CREATE TABLE audit_events (
    id {id} PRIMARY KEY,
    at BIGINT NOT NULL,
    kind {text} NOT NULL,
    account {text} NOT NULL,
    actor {text} NOT NULL,
    sid {text} NOT NULL,
    network {text} NOT NULL,
    detail {text} NOT NULL
);
CREATE INDEX audit_events_account ON audit_events (account, at DESC, id DESC);
CREATE INDEX audit_events_at ON audit_events (at);

-- Merges of two accounts, with what is needed to undo them.
CREATE TABLE account_merges (
    id {id} PRIMARY KEY,
    kept_id BIGINT NOT NULL,
    merged_id BIGINT NOT NULL,
    merged_at BIGINT NOT NULL,
    undone_at BIGINT,
    journal {text} NOT NULL
);
CREATE INDEX account_merges_kept ON account_merges (kept_id, merged_at DESC);
CREATE INDEX account_merges_at ON account_merges (merged_at);
