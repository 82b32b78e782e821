-- Fingerprint of each record that was read, to tell a repeat from news.
-- grain: one row per distinct record of a batch
create table if not exists raw.record (
    batch_id varchar not null,
    source_id varchar not null,
    hash_a ubigint not null,
    hash_b ubigint not null
);
