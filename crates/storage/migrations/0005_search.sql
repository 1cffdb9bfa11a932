-- When an item of the catalog changed last. Indexes of single nodes follow it; backups leave it out.
CREATE TABLE changes (
    item_kind {text} NOT NULL,
    item_id BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (item_kind, item_id)
);
CREATE INDEX changes_in_order ON changes (version, item_kind, item_id);

-- One row that is new whenever a backup was restored: what was followed before is worth nothing then.
CREATE TABLE epoch (
    id BIGINT NOT NULL
);
