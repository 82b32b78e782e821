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

-- last value whose attribute name fits the pattern; attributes is a list of {name, value}
create or replace temporary macro attribute_like(attributes, pattern) as
    attribute_value(list_last(list_filter(
        attributes,
        attribute -> regexp_matches(attribute_name(attribute.name), pattern) and attribute_value(attribute.value) is not null
    )).value);

-- a campaign parameter; one that holds an e-mail address is counted, not read
create or replace temporary macro kept_parameter(value) as
    case when regexp_matches(value, '(?i)@|%(?:25)*40') then '(removed)' else value end;

-- where an order came from, as its attributes tell it
create or replace temporary macro attribute_source(attributes) as {
    'utm_source': kept_parameter(attribute_like(attributes, '^utm_?source$')),
    'utm_medium': kept_parameter(attribute_like(attributes, '^utm_?medium$')),
    'utm_campaign': kept_parameter(attribute_like(attributes, '^utm_?campaign(?:_?name)?$')),
    'utm_term': kept_parameter(attribute_like(attributes, '^utm_?term$')),
    'utm_content': kept_parameter(attribute_like(attributes, '^utm_?content$')),
    'utm_id': kept_parameter(attribute_like(attributes, '^utm_?(?:campaign_?)?id$')),
    'landing': attribute_like(attributes, '^(?:landing|entry|full)_?(?:page|site|url)(?:_url)?$'),
    'referrer': attribute_like(attributes, '^(?:http_)?(?:referr?er|referring)(?:_?(?:url|site|page))?$'),
    'click_type': coalesce(
        attribute_name(list_last(list_filter(
            attributes,
            attribute -> regexp_matches(attribute_name(attribute.name), '^(?:gclid|gbraid|wbraid|dclid|fbclid|ttclid|li_fat_id|twclid|msclkid|sccid|epik|rdt_cid|yclid)$')
                and attribute_value(attribute.value) is not null
        )).name),
        case when attribute_like(attributes, '^fbc$') like 'fb._.%' then 'fbclid' end
    ),
    'click_value': coalesce(
        attribute_like(attributes, '^(?:gclid|gbraid|wbraid|dclid|fbclid|ttclid|li_fat_id|twclid|msclkid|sccid|epik|rdt_cid|yclid)$'),
        nullif(regexp_extract(attribute_like(attributes, '^fbc$'), '^fb\.\d\.\d+\.(.+)$', 1), '')
    )
};

-- visitor ids of web analytics among the attributes, as their own exports write them. A Google Analytics client id is known
-- by its shape, whatever its name: plugins hide it under odd ones
create or replace temporary macro attribute_visitors(attributes) as
    list_distinct(list_filter(list_transform(attributes, attribute -> case
        when regexp_matches(attribute_value(attribute.value), '^(?:GA1\.\d\.)?\d{1,10}\.\d{1,10}$')
            and (attribute_value(attribute.value) like 'GA1.%' or regexp_matches(attribute_value(attribute.value), '^\d{6,10}\.\d{10}$'))
            then regexp_replace(attribute_value(attribute.value), '^GA1\.\d\.', '')
        when regexp_matches(attribute_name(attribute.name), '^(?:ga_?client_?id|client_?id|(?:segment_|ajs_|rl_|rudder_)?anonymous_?id|visitor_?id|user_pseudo_id)$')
            then attribute_value(attribute.value)
    end), visitor -> visitor is not null));

-- a line item that is the purchase of a gift card, in exports that carry no flag for it
create or replace temporary macro is_gift_card_name(name) as
    coalesce(regexp_matches(
        cell(name),
        '(?i)^(?:e-?|digital\s)?(?:gift\s?(?:card|voucher|certificate)|geschenk(?:karte|gutschein)|(?:carte|ch[eè]que)[\s-]cadeau|tarjeta\s(?:de\s)?regalo|buono\sregalo|carta\sregalo|cadeaubon|cart[aã]o[\s-](?:presente|oferta)|presentkort|gavekort)(?:\s[-–:/].*|\s[$€£¥]?[\d.,]+.*)?$'
    ), false);
