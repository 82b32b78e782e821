-- Person keys: HMAC-SHA-256 with the workspace key, base64url. Nothing that names a person passes without one.

create or replace temporary macro person_key(kind, value) as
    -- 32 bytes are 43 digits and one =
    translate(left(to_base64(unhex(sha256(
        getvariable('hmac_outer') || unhex(sha256(getvariable('hmac_inner') || encode(kind || chr(31) || cell(value))))
    ))), 43), '+/', '-_');

-- e-mail: trimmed, normalised, lower case; dots and +tags kept; text without an @ or a placeholder is nobody
create or replace temporary macro email_key(value) as
    case
        when regexp_matches(cell(value), '^[^@\s]+@[^@\s]+\.[^@\s]+$') and not lower(cell(value)) in ('no@email.com', 'none@none.com')
            then person_key('email', lower(nfc_normalize(cell(value))))
        else null
    end;

-- a person in a plain file: an id that says its kind (visitor:abc) to meet the keys of other sources, an e-mail address, or any id
create or replace temporary macro plain_person_key(value) as
    case
        when regexp_matches(cell(value), '^email:.') then email_key(substr(cell(value), 7))
        when regexp_matches(cell(value), '^(?:visitor|user|customer|actor|order|click_id):.')
            then person_key(split_part(cell(value), ':', 1), substr(cell(value), instr(cell(value), ':') + 1))
        when regexp_matches(cell(value), '^[^@\s]+@[^@\s]+\.[^@\s]+$') then email_key(value)
        else person_key('id', value)
    end;
