-- Free attributes of an order (Shopify note attributes, plugin meta): names and values that anybody may have put there.
-- What says where the buyer came from is kept; the rest may be personal, so its value is not.

-- `UTM Source`, `utm-source` and `_utm_source` are one name
create or replace temporary macro attribute_name(name) as
    ltrim(regexp_replace(lower(trim(name)), '[\s-]+', '_', 'g'), '_');

-- the value without the quotes of a JSON string
create or replace temporary macro attribute_value(value) as
    cell(trim(cell(value), '"'));

-- the value when its name says marketing and its text holds no address, phone number or long id; else null
create or replace temporary macro kept_attribute_value(name, value) as
    case
        when not regexp_matches(
            attribute_name(name),
            '^(?:utm_?\w+|source|medium|campaign|channel|ref|referral|referral_code|coupon|promo|promo_code|discount_code|affiliate|influencer|creator|how_did_you_(?:hear|find)\w*)$'
        ) then null
        when regexp_matches(attribute_value(value), '(?i)@|%(?:25)*40|\d{7,}|\+?\d[\d\s().-]{6,}\d') then '(removed)'
        when regexp_matches(attribute_value(value), '^https?://') then url_host(attribute_value(value)) || url_path(attribute_value(value))
        else attribute_value(value)
    end;

-- a campaign parameter; one that holds an e-mail address is counted, not read
create or replace temporary macro kept_parameter(value) as
    case when regexp_matches(value, '(?i)@|%(?:25)*40') then '(removed)' else value end;

-- what an attribute says about where the order came from; null for one that says nothing. Takes `attribute_name(name)` and
-- `attribute_value(value)`. A Google Analytics client id is known by its shape: plugins hide it under odd names
create or replace temporary macro attribute_role(name, value) as
    case
        when value is null then null
        when regexp_matches(value, '^GA1\.\d\.\d+\.\d+$|^\d{6,10}\.\d{10}$') then 'visitor'
        when regexp_matches(name, '^utm_?(?:source|medium|term|content)$') then 'utm_' || regexp_replace(name, '^utm_?', '')
        when regexp_matches(name, '^utm_?campaign(?:_?name)?$') then 'utm_campaign'
        when regexp_matches(name, '^utm_?(?:campaign_?)?id$') then 'utm_id'
        when regexp_matches(name, '^(?:landing|entry|full)_?(?:page|site|url)(?:_url)?$') then 'landing'
        when regexp_matches(name, '^(?:http_)?(?:referr?er|referring)(?:_?(?:url|site|page))?$') then 'referrer'
        when name in ('gclid', 'gbraid', 'wbraid', 'dclid', 'fbclid', 'ttclid', 'li_fat_id', 'twclid', 'msclkid', 'sccid', 'epik', 'rdt_cid', 'yclid') then name
        when name = 'fbc' and value like 'fb._.%' then 'fbc'
        when regexp_matches(name, '^(?:ga_?client_?id|client_?id|(?:segment_|ajs_|rl_|rudder_)?anonymous_?id|visitor_?id|user_pseudo_id)$') then 'visitor'
    end;

-- the visitor id of an attribute in that role, as web analytics exports write it
create or replace temporary macro attribute_visitor(value) as
    regexp_replace(value, '^GA1\.\d\.', '');

-- the click id of an attribute in the role of one; `_fbc` wraps it: fb.<subdomain>.<milliseconds>.<fbclid>
create or replace temporary macro attribute_click_id(role, value) as
    case
        when role = 'fbc' then nullif(regexp_extract(value, '^fb\.\d\.\d+\.(.+)$', 1), '')
        when role in ('gclid', 'gbraid', 'wbraid', 'dclid', 'fbclid', 'ttclid', 'li_fat_id', 'twclid', 'msclkid', 'sccid', 'epik', 'rdt_cid', 'yclid') then value
    end;

-- the visitor or click id that an attribute in a role links its order's buyer to; null for one that says nothing of who is who
create or replace temporary macro attribute_link(role, value) as
    case
        when role = 'visitor' then {'kind': 'visitor', 'id': attribute_visitor(value)}
        when role = 'landing' and click_id_value(value) is not null then {'kind': 'click_id', 'id': click_id_value(value)}
        when attribute_click_id(role, value) is not null then {'kind': 'click_id', 'id': attribute_click_id(role, value)}
    end;

-- aggregates the attributes of one order, each with its role: the last of each role counts
create or replace temporary macro attribute_source(role, value, place) as {
    'utm_source': kept_parameter(max_by(value, place) filter (where role = 'utm_source')),
    'utm_medium': kept_parameter(max_by(value, place) filter (where role = 'utm_medium')),
    'utm_campaign': kept_parameter(max_by(value, place) filter (where role = 'utm_campaign')),
    'utm_term': kept_parameter(max_by(value, place) filter (where role = 'utm_term')),
    'utm_content': kept_parameter(max_by(value, place) filter (where role = 'utm_content')),
    'utm_id': kept_parameter(max_by(value, place) filter (where role = 'utm_id')),
    'landing': max_by(value, place) filter (where role = 'landing'),
    'referrer': max_by(value, place) filter (where role = 'referrer'),
    'click_type': max_by(case when role = 'fbc' then 'fbclid' else role end, place) filter (where attribute_click_id(role, value) is not null),
    'click_value': max_by(attribute_click_id(role, value), place) filter (where attribute_click_id(role, value) is not null)
};

-- whether what `attribute_source` gives says anything about where the buyer came from: an order that says nothing is unattributed, not direct
create or replace temporary macro tells_source(source) as
    coalesce(
        source.utm_source, source.utm_medium, source.utm_campaign, source.utm_id,
        clean_query(source.landing), click_id_type(source.landing), source.click_type, url_host(source.referrer)
    ) is not null;

-- a line item that is the purchase of a gift card, in exports that carry no flag for it
create or replace temporary macro is_gift_card_name(name) as
    coalesce(regexp_matches(
        cell(name),
        '(?i)^(?:e-?|digital\s)?(?:gift\s?(?:card|voucher|certificate)|geschenk(?:karte|gutschein)|(?:carte|ch[eè]que)[\s-]cadeau|tarjeta\s(?:de\s)?regalo|buono\sregalo|carta\sregalo|cadeaubon|cart[aã]o[\s-](?:presente|oferta)|presentkort|gavekort)(?:\s[-–:/].*|\s[$€£¥]?[\d.,]+.*)?$'
    ), false);
