create table if not exists result.mix_store (
    fingerprint varchar,
    fitted blob
)
