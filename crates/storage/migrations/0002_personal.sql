-- Favorites and progress. `owner` is `user:<uuid>` or `device:<did>`.
CREATE TABLE favorites (
    id {id} PRIMARY KEY,
    service_id BIGINT NOT NULL REFERENCES services (id),
    owner {text} NOT NULL,
    kind {text} NOT NULL,
    source_id BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (owner, kind, source_id)
);
CREATE INDEX favorites_newest ON favorites (owner, service_id, created_at DESC, id DESC);

CREATE TABLE progress (
    owner {text} NOT NULL,
    content_id BIGINT NOT NULL,
    service_id BIGINT NOT NULL REFERENCES services (id),
    position_s BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    device {text} NOT NULL,
    PRIMARY KEY (owner, content_id)
);
CREATE INDEX progress_newest ON progress (owner, service_id, updated_at DESC, content_id DESC);

-- What an episode's play starts are worth to its series; contents have had theirs from the start.
ALTER TABLE series ADD COLUMN popularity DOUBLE PRECISION NOT NULL DEFAULT 0;
CREATE INDEX series_popular ON series (service_id, popularity DESC, visible_from DESC, id DESC, visible_until);
