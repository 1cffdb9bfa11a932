-- Addresses that records name pictures by. `waiting` until `due_at`, which also is how long somebody who fetches one
-- has it alone; `stored` under `location` for good; `given_up` until a record names it again. The key is a hash:
-- addresses are longer than what an index takes.
CREATE TABLE picture_addresses (
    address_key {text} PRIMARY KEY,
    address {text} NOT NULL,
    state {text} NOT NULL,
    location {text} NOT NULL,
    attempts BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    reason {text} NOT NULL
);
CREATE INDEX picture_addresses_due ON picture_addresses (state, due_at, address_key);

-- Items whose documents name such an address. They go when the document names the stored picture instead.
CREATE TABLE picture_uses (
    address_key {text} NOT NULL REFERENCES picture_addresses (address_key),
    service_id BIGINT NOT NULL REFERENCES services (id),
    item_kind {text} NOT NULL,
    external_key {text} NOT NULL,
    PRIMARY KEY (address_key, service_id, item_kind, external_key)
);
