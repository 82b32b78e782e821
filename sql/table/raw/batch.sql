-- One landed file that was loaded: the receipt, in the same transaction as its rows.
-- grain: one row per landed file
-- key:   batch_id (SHA-256 of the bytes, hexadecimal)
create table if not exists raw.batch (
    batch_id varchar primary key,
    source_id varchar not null,
    kind varchar not null,
    file_name varchar,
    byte_count bigint not null,
    exported_at varchar,
    options varchar not null,
    rows_read bigint not null,
    rows_accepted bigint not null,
    rows_duplicate bigint not null,
    rows_unchanged bigint not null,
    rows_rejected bigint not null,
    check (rows_read = rows_accepted + rows_duplicate + rows_unchanged + rows_rejected)
);
