-- Mails that were asked for. `waiting` until `due_at`, which also is how long somebody who sends one has it alone;
-- then `sent` or `given_up`. `parameters` is the letter as JSON: it holds codes and links, so it is emptied as soon as
-- the mail is sent or given up. `once_key` keeps one cause from asking twice. `reason` tells what the last try met.
CREATE TABLE mails (
    id {id} PRIMARY KEY,
    once_key {text},
    recipient {text} NOT NULL,
    language {text} NOT NULL,
    letter {text} NOT NULL,
    parameters {text} NOT NULL,
    state {text} NOT NULL,
    due_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    reason {text} NOT NULL,
    created_at BIGINT NOT NULL,
    finished_at BIGINT
);
CREATE UNIQUE INDEX mails_once ON mails (once_key);
CREATE INDEX mails_due ON mails (state, due_at, id);
CREATE INDEX mails_finished ON mails (finished_at);
