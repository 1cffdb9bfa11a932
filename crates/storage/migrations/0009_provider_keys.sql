-- The keys that providers of social sign-in publish, as they were fetched last from `address`: nodes share them, and they
-- outlast restarts and outages of the provider. `jwks` holds those of them that can be used. Can be fetched again, so
-- backups leave it out.
CREATE TABLE provider_keys (
    provider {text} PRIMARY KEY,
    address {text} NOT NULL,
    jwks {text} NOT NULL,
    fetched_at BIGINT NOT NULL,
    fresh_until BIGINT NOT NULL
);
