-- Deleting an account finds its mails and the merge in which it went into another one.
CREATE INDEX mails_recipient ON mails (recipient);
CREATE INDEX account_merges_merged ON account_merges (merged_id, merged_at DESC);
