-- What recommendation has learnt. Derived from progress, favorites and the catalog: left out of backups,
-- and made again when missing.

-- The training whose neighbours are in force, per service. Neighbours of another number are being
-- written, or are left over. `input` says what the plays and the catalog looked like.
CREATE TABLE trainings (
    service_id {id} PRIMARY KEY REFERENCES services (id),
    training BIGINT NOT NULL,
    trained_at BIGINT NOT NULL,
    input {text} NOT NULL,
    report {text} NOT NULL
);

-- The neighbours of a title, best first, as one document: they are always read together.
CREATE TABLE neighbours (
    service_id BIGINT NOT NULL REFERENCES services (id),
    training BIGINT NOT NULL,
    item_kind {text} NOT NULL,
    item_id BIGINT NOT NULL,
    doc {text} NOT NULL,
    PRIMARY KEY (service_id, training, item_kind, item_id)
);
