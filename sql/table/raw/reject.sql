-- A value that was there and did not survive typing, or a line that could not be read.
-- grain: one row per batch, line and column
create table if not exists raw.reject (
    batch_id varchar not null,
    line_no bigint not null,
    column_name varchar not null,
    -- shape of the value (letters a, digits 9), never the value: rejects may hold personal data
    value_shape varchar,
    reason varchar not null
);
