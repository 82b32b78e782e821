-- Person keys: HMAC-SHA-256 with the workspace key, base64url. Nothing that names a person passes without one.

create or replace temporary macro person_key(kind, value) as
    case
        when cell(value) is null then null
        else replace(replace(rtrim(to_base64(unhex(sha256(
            getvariable('hmac_outer') || unhex(sha256(getvariable('hmac_inner') || encode(kind || chr(31) || cell(value))))
        ))), '='), '+', '-'), '/', '_')
    end;

-- e-mail: trimmed, normalised, lower case; dots and +tags kept; text without an @ or a placeholder is nobody
create or replace temporary macro email_key(value) as
    case
        when regexp_matches(cell(value), '^[^@\s]+@[^@\s]+\.[^@\s]+$') and not lower(cell(value)) in ('no@email.com', 'none@none.com')
            then person_key('email', lower(nfc_normalize(cell(value))))
        else null
    end;

-- a person in a plain file: an e-mail address, or an id, which may say its kind (visitor:abc) to meet the keys of other sources
create or replace temporary macro plain_person_key(value) as
    case
        when contains(value, '@') then email_key(value)
        when regexp_matches(value, '^(?:visitor|user|customer|actor|order|click_id):.') then person_key(split_part(value, ':', 1), substr(value, instr(value, ':') + 1))
        else person_key('id', value)
    end;
