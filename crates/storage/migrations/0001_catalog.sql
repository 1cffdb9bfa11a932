-- One text for both databases. {id} is the primary key type and {text} a text column that compares by
-- code point; see src/migrate.rs. Ids come from `counters`, so that both databases (and a restored one)
-- continue the same sequences. Times are UTC milliseconds. `doc` and `info` are JSON that is read whole.

-- Small facts: keys, flags, the hash of the operator token.
CREATE TABLE meta (
    key {text} PRIMARY KEY,
    value {text} NOT NULL
);

-- Rising numbers: the catalog version and the last id handed out per sequence.
CREATE TABLE counters (
    name {text} PRIMARY KEY,
    value BIGINT NOT NULL
);
INSERT INTO counters (name, value) VALUES ('catalog_version', 1);

CREATE TABLE services (
    id {id} PRIMARY KEY,
    name {text} NOT NULL UNIQUE,
    visibility {text} NOT NULL,
    created_at BIGINT NOT NULL
);

-- Categories, tags and people: things with a name that titles refer to. A digest of zero marks one that
-- was only mentioned by a title so far and waits for its own record.
CREATE TABLE labels (
    id {id} PRIMARY KEY,
    service_id BIGINT NOT NULL REFERENCES services (id),
    kind {text} NOT NULL,
    external_key {text} NOT NULL,
    slug {text} NOT NULL,
    sort_order BIGINT NOT NULL,
    digest BIGINT NOT NULL,
    doc {text} NOT NULL,
    UNIQUE (service_id, kind, external_key),
    UNIQUE (service_id, kind, slug)
);

-- own_* is the window an editor set, visible_* the same inside that of the parents: every list compares
-- only visible_*.
CREATE TABLE series (
    id {id} PRIMARY KEY,
    service_id BIGINT NOT NULL REFERENCES services (id),
    external_key {text} NOT NULL,
    slug {text} NOT NULL,
    own_from BIGINT NOT NULL,
    own_until BIGINT NOT NULL,
    visible_from BIGINT NOT NULL,
    visible_until BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    digest BIGINT NOT NULL,
    doc {text} NOT NULL,
    UNIQUE (service_id, external_key),
    UNIQUE (service_id, slug)
);
CREATE INDEX series_newest ON series (service_id, visible_from DESC, id DESC, visible_until);

CREATE TABLE seasons (
    id {id} PRIMARY KEY,
    service_id BIGINT NOT NULL REFERENCES services (id),
    series_id BIGINT NOT NULL REFERENCES series (id),
    season_order BIGINT NOT NULL,
    external_key {text} NOT NULL,
    slug {text} NOT NULL,
    own_from BIGINT NOT NULL,
    own_until BIGINT NOT NULL,
    visible_from BIGINT NOT NULL,
    visible_until BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    digest BIGINT NOT NULL,
    doc {text} NOT NULL,
    UNIQUE (service_id, external_key),
    UNIQUE (service_id, slug)
);
CREATE INDEX seasons_of_series ON seasons (series_id, season_order, id);
CREATE INDEX seasons_newest ON seasons (service_id, visible_from DESC, id DESC, visible_until);

CREATE TABLE contents (
    id {id} PRIMARY KEY,
    service_id BIGINT NOT NULL REFERENCES services (id),
    kind {text} NOT NULL,
    season_id BIGINT REFERENCES seasons (id),
    series_id BIGINT REFERENCES series (id),
    content_order BIGINT,
    duration_ms BIGINT,
    playable BOOLEAN NOT NULL,
    popularity DOUBLE PRECISION NOT NULL,
    external_key {text} NOT NULL,
    slug {text} NOT NULL,
    own_from BIGINT NOT NULL,
    own_until BIGINT NOT NULL,
    visible_from BIGINT NOT NULL,
    visible_until BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    digest BIGINT NOT NULL,
    doc {text} NOT NULL,
    UNIQUE (service_id, external_key),
    UNIQUE (service_id, slug)
);
CREATE INDEX contents_newest ON contents (service_id, visible_from DESC, id DESC, visible_until, kind);
CREATE INDEX contents_popular ON contents (service_id, popularity DESC, visible_from DESC, id DESC, visible_until, kind);
CREATE INDEX contents_of_season ON contents (season_id, content_order, id, visible_from, visible_until, kind);
CREATE INDEX contents_of_series ON contents (series_id, visible_from, visible_until);

-- What each category holds, with copies of the columns that lists filter and sort by, so that a page and
-- its count are answered from one index. `listed` marks what the category page itself shows: series, and
-- contents that stand alone. An item without categories of its own appears under those of its parent.
CREATE TABLE category_items (
    category_id BIGINT NOT NULL REFERENCES labels (id),
    item_kind {text} NOT NULL,
    item_id BIGINT NOT NULL,
    content_kind {text} NOT NULL,
    listed BOOLEAN NOT NULL,
    visible_from BIGINT NOT NULL,
    visible_until BIGINT NOT NULL,
    PRIMARY KEY (category_id, item_kind, item_id)
);
CREATE INDEX category_items_newest ON category_items (category_id, item_kind, visible_from DESC, item_id DESC, visible_until, content_kind);
CREATE INDEX category_items_listed ON category_items (category_id, listed, visible_from DESC, item_kind, item_id DESC, visible_until);
CREATE INDEX category_items_of_item ON category_items (item_kind, item_id);

-- Titles and aliases of every language, folded, for `search=`.
CREATE TABLE title_texts (
    item_kind {text} NOT NULL,
    item_id BIGINT NOT NULL,
    service_id BIGINT NOT NULL,
    folded {text} NOT NULL,
    PRIMARY KEY (item_kind, item_id)
);

-- Folders that are scanned for media, and what each title in them looked like at the last scan.
CREATE TABLE folders (
    id {id} PRIMARY KEY,
    service_id BIGINT NOT NULL REFERENCES services (id),
    path {text} NOT NULL,
    created_at BIGINT NOT NULL,
    last_scan_at BIGINT,
    UNIQUE (service_id, path)
);
CREATE TABLE scan_items (
    folder_id BIGINT NOT NULL REFERENCES folders (id),
    item_key {text} NOT NULL,
    digest BIGINT NOT NULL,
    PRIMARY KEY (folder_id, item_key)
);

-- What contents are played from.
CREATE TABLE sources (
    id {id} PRIMARY KEY,
    content_id BIGINT NOT NULL REFERENCES contents (id),
    role {text} NOT NULL,
    position BIGINT NOT NULL,
    location {text} NOT NULL,
    size_bytes BIGINT NOT NULL,
    revision {text} NOT NULL,
    state {text} NOT NULL,
    reason {text} NOT NULL,
    info {text} NOT NULL,
    UNIQUE (content_id, location)
);
CREATE INDEX sources_by_state ON sources (state, id);

-- Work to do later. A job is claimed by an update that repeats its state condition; a claim that is not
-- renewed by `lease_until` may be claimed again, so every job must be safe to run twice.
CREATE TABLE jobs (
    id {id} PRIMARY KEY,
    kind {text} NOT NULL,
    payload {text} NOT NULL,
    state {text} NOT NULL,
    run_at BIGINT NOT NULL,
    lease_until BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    progress {text} NOT NULL,
    report {text} NOT NULL,
    error {text} NOT NULL,
    created_at BIGINT NOT NULL,
    finished_at BIGINT
);
CREATE INDEX jobs_due ON jobs (state, run_at, id);
