-- What home screens are made of. The columns up to `doc` are those of titles: own_* is the window an
-- editor set (closed for what is switched off), visible_* the same inside that of the group.
CREATE TABLE row_groups (
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
    sort_order BIGINT NOT NULL,
    surface {text} NOT NULL,
    doc {text} NOT NULL,
    UNIQUE (service_id, external_key),
    UNIQUE (service_id, slug)
);

-- ROWS is a word of SQL.
CREATE TABLE home_rows (
    id {id} PRIMARY KEY,
    service_id BIGINT NOT NULL REFERENCES services (id),
    group_id BIGINT NOT NULL REFERENCES row_groups (id),
    external_key {text} NOT NULL,
    slug {text} NOT NULL,
    own_from BIGINT NOT NULL,
    own_until BIGINT NOT NULL,
    visible_from BIGINT NOT NULL,
    visible_until BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    digest BIGINT NOT NULL,
    sort_order BIGINT NOT NULL,
    doc {text} NOT NULL,
    UNIQUE (service_id, external_key),
    UNIQUE (service_id, slug)
);
CREATE INDEX home_rows_of_group ON home_rows (group_id, sort_order, id);

CREATE TABLE covers (
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
    sort_order BIGINT NOT NULL,
    doc {text} NOT NULL,
    UNIQUE (service_id, external_key),
    UNIQUE (service_id, slug)
);

-- Bundles of channels.
CREATE TABLE multichannels (
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
    sort_order BIGINT NOT NULL,
    doc {text} NOT NULL,
    UNIQUE (service_id, external_key),
    UNIQUE (service_id, slug)
);

CREATE TABLE channels (
    id {id} PRIMARY KEY,
    service_id BIGINT NOT NULL REFERENCES services (id),
    multichannel_id BIGINT REFERENCES multichannels (id),
    external_key {text} NOT NULL,
    slug {text} NOT NULL,
    own_from BIGINT NOT NULL,
    own_until BIGINT NOT NULL,
    visible_from BIGINT NOT NULL,
    visible_until BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    digest BIGINT NOT NULL,
    sort_order BIGINT NOT NULL,
    doc {text} NOT NULL,
    UNIQUE (service_id, external_key),
    UNIQUE (service_id, slug)
);
CREATE INDEX channels_of_multichannel ON channels (multichannel_id, sort_order, id);
CREATE INDEX channels_in_order ON channels (service_id, sort_order, id);

-- The categories, tags and people of each title: of series, and of contents that stand alone. By
-- them rows query and titles are near each other. Filled from the documents of older databases when
-- they are opened (src/catalog/facts.rs).
CREATE TABLE title_labels (
    label_id BIGINT NOT NULL REFERENCES labels (id),
    item_kind {text} NOT NULL,
    item_id BIGINT NOT NULL,
    PRIMARY KEY (label_id, item_kind, item_id)
);
CREATE INDEX title_labels_of_item ON title_labels (item_kind, item_id);

-- The language that a title was made in; empty when nobody says.
ALTER TABLE series ADD COLUMN language {text} NOT NULL DEFAULT '';
ALTER TABLE contents ADD COLUMN language {text} NOT NULL DEFAULT '';
