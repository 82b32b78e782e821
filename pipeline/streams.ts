/**
 * The canonical streams: what every source, whatever its format, is read into (`raw.<stream>`, all text).
 *
 * A `sql/read` file maps a platform's columns to these; `sql/staging/<stream>.sql` types them. The type named here is the
 * one that the text must survive (`try_cast`), or its record is rejected with line, column and reason.
 *
 * `person` is a key made by `person_key(kind, value)`: no name, e-mail or cookie is ever stored as it came.
 */
export type ColumnType =
  | 'text'
  | 'person'
  | 'instant'
  | 'day'
  | 'money'
  | 'number'
  | 'integer'
  | 'rate'
  | 'flag'
  | 'currency'
  | 'list';

export interface StreamColumn {
  type: ColumnType;
  /** a record without it is rejected */
  required?: boolean;
}

export interface Stream {
  columns: Readonly<Record<string, StreamColumn>>;
  /** natural identity; the newest observation of a key wins in staging */
  key: readonly string[];
}

const text: StreamColumn = { type: 'text' };
const textRequired: StreamColumn = { type: 'text', required: true };
const instant: StreamColumn = { type: 'instant' };
const instantRequired: StreamColumn = { type: 'instant', required: true };
const day: StreamColumn = { type: 'day' };
const dayRequired: StreamColumn = { type: 'day', required: true };
const money: StreamColumn = { type: 'money' };
const moneyRequired: StreamColumn = { type: 'money', required: true };
const number: StreamColumn = { type: 'number' };
const flag: StreamColumn = { type: 'flag' };
const person: StreamColumn = { type: 'person' };
const currency: StreamColumn = { type: 'currency' };
const currencyRequired: StreamColumn = { type: 'currency', required: true };

export const STREAMS = {
  orders: {
    key: ['shop_id', 'source_order_id'],
    columns: {
      shop_id: textRequired,
      source_order_id: textRequired,
      order_name: text,
      system: textRequired,
      created_at: instantRequired,
      processed_at: instant,
      paid_at: instant,
      cancelled_at: instant,
      updated_at: instant,
      financial_status: text,
      is_test: flag,
      source_name: text,
      sales_channel: text,
      currency: currencyRequired,
      gross: money,
      discount: money,
      tax: money,
      shipping: money,
      tip: money,
      gift_card: money,
      total: moneyRequired,
      is_tax_included: flag,
      presentment_currency: currency,
      presentment_total: money,
      customer_key: person,
      is_first_order: flag,
      has_analytics_consent: flag,
      country: text,
      region: text,
    },
  },
  order_line: {
    key: ['shop_id', 'source_order_id', 'line_id'],
    columns: {
      shop_id: textRequired,
      source_order_id: textRequired,
      line_id: textRequired,
      sku: text,
      product_id: text,
      title: text,
      quantity: number,
      unit_price: money,
      discount: money,
      tax: money,
      is_gift_card: flag,
    },
  },
  order_discount: {
    key: ['shop_id', 'source_order_id', 'discount_index'],
    columns: {
      shop_id: textRequired,
      source_order_id: textRequired,
      discount_index: { type: 'integer', required: true },
      code: text,
      type: text,
      amount: money,
    },
  },
  order_attribute: {
    key: ['shop_id', 'source_order_id', 'name'],
    columns: { shop_id: textRequired, source_order_id: textRequired, name: textRequired, value: text },
  },
  refund: {
    key: ['shop_id', 'source_order_id', 'refund_id'],
    columns: {
      shop_id: textRequired,
      source_order_id: textRequired,
      refund_id: textRequired,
      refunded_at: instantRequired,
      processed_at: instant,
      reason: text,
      amount: moneyRequired,
      currency: currencyRequired,
    },
  },
  refund_line: {
    key: ['shop_id', 'source_order_id', 'refund_id', 'line_id'],
    columns: {
      shop_id: textRequired,
      source_order_id: textRequired,
      refund_id: textRequired,
      line_id: textRequired,
      quantity: number,
      subtotal: money,
      tax: money,
      restock_type: text,
    },
  },
  // amount = goods - discount + tax + shipping + tip + gift_card, every part with the sign of the event (a refund is negative)
  money_event: {
    key: ['shop_id', 'money_event_id'],
    columns: {
      shop_id: textRequired,
      money_event_id: textRequired,
      source_order_id: textRequired,
      kind: textRequired,
      occurred_at: instantRequired,
      amount: moneyRequired,
      currency: currencyRequired,
      discount: money,
      tax: money,
      shipping: money,
      tip: money,
      gift_card: money,
    },
  },
  conversion: {
    key: ['conversion_id'],
    columns: {
      conversion_id: textRequired,
      kind: textRequired,
      converted_at: instantRequired,
      customer_key: person,
      revenue: money,
      currency: currency,
      has_analytics_consent: flag,
      country: text,
      region: text,
    },
  },
  touch: {
    key: ['touch_id'],
    columns: {
      touch_id: textRequired,
      touched_at: instantRequired,
      // page | click | impression | engagement | order_landing | order_journey
      kind: textRequired,
      visitor_key: person,
      session_key: person,
      landing_host: text,
      landing_path: text,
      // allow-listed parameters only, as `clean_query(url)` leaves them
      landing_query: text,
      referrer_host: text,
      utm_source_raw: text,
      utm_medium_raw: text,
      utm_campaign_raw: text,
      utm_term_raw: text,
      utm_content_raw: text,
      utm_id: text,
      click_id_type: text,
      click_id_key: person,
      platform: text,
      post_id: text,
      shop_id: text,
      source_order_id: text,
      country: text,
      region: text,
      is_bot: flag,
      has_analytics_consent: flag,
      has_ads_consent: flag,
    },
  },
  identity_link: {
    key: ['key_a', 'key_b', 'kind'],
    columns: {
      key_a: { type: 'person', required: true },
      key_b: { type: 'person', required: true },
      // user_id (visitor and user) | email | order (a purchase and who made it) | order_email | click_id | actor
      kind: textRequired,
      seen_at: instant,
    },
  },
  post: {
    key: ['platform', 'post_id'],
    columns: {
      platform: textRequired,
      post_id: textRequired,
      account_id: text,
      native_ids: text,
      permalink: text,
      published_at: instant,
      is_published_zone_known: flag,
      kind: text,
      is_paid: flag,
      text_excerpt: text,
      link_url: text,
      campaign_name: text,
      deleted_at: instant,
    },
  },
  engagement_event: {
    key: ['platform', 'engagement_id'],
    columns: {
      platform: textRequired,
      engagement_id: textRequired,
      post_id: text,
      account_id: text,
      actor_key: person,
      kind: textRequired,
      polarity: { type: 'integer' },
      stance: text,
      stance_method: text,
      occurred_at: instantRequired,
      received_at: instant,
      parent_engagement_id: text,
      retracts_engagement_id: text,
      visibility: text,
      is_verified: flag,
      text_hash: text,
      country: text,
      region: text,
    },
  },
  metric_observation: {
    key: ['platform', 'account_id', 'entity_type', 'entity_id', 'metric', 'grain', 'from_date', 'to_date', 'breakdown'],
    columns: {
      platform: textRequired,
      account_id: text,
      // account | post | video
      entity_type: textRequired,
      entity_id: textRequired,
      metric: textRequired,
      // day | lifetime | range
      grain: textRequired,
      from_date: day,
      to_date: day,
      date_time_zone: text,
      breakdown: text,
      value: { type: 'number', required: true },
      // count | ratio | seconds | money
      unit: text,
      // additive | snapshot | unique | ratio
      additivity: textRequired,
      definition_version: text,
      country: text,
      region: text,
    },
  },
  spend_daily: {
    key: ['platform', 'account_id', 'level', 'entity_id', 'spend_date', 'breakdown'],
    columns: {
      platform: textRequired,
      account_id: text,
      // account | campaign | ad_group | ad
      level: textRequired,
      entity_id: textRequired,
      campaign_native_id: text,
      campaign_name: text,
      spend_date: dayRequired,
      date_time_zone: text,
      // null for the whole; else one of the slices of one entity and day, which add up: `hour=2026-03-01T06Z`,
      // `device=MOBILE;network=SEARCH`; `actions` and `action_values` have conversions and no spend, and stand beside the whole
      breakdown: text,
      currency: currencyRequired,
      spend: moneyRequired,
      impressions: number,
      clicks_all: number,
      clicks_link: number,
      conversions_platform: number,
      conversion_value_platform: money,
      attribution_setting: text,
      country: text,
      region: text,
    },
  },
  // an ad or campaign as the platform names it: how platform ids reach our campaigns
  ad_entity: {
    key: ['platform', 'level', 'entity_id'],
    columns: {
      platform: textRequired,
      level: textRequired,
      entity_id: textRequired,
      account_id: text,
      campaign_native_id: text,
      campaign_name: text,
      landing_query: text,
    },
  },
  source_account: {
    key: ['platform', 'account_id'],
    columns: {
      platform: textRequired,
      account_id: textRequired,
      name: text,
      currency: currency,
      time_zone: text,
      handle: text,
    },
  },
  fx_rate: {
    key: ['rate_date', 'base', 'quote'],
    columns: {
      rate_date: dayRequired,
      base: currencyRequired,
      quote: currencyRequired,
      rate: { type: 'rate', required: true },
      source: text,
    },
  },
  cost: {
    key: ['kind', 'sku', 'shop_id', 'order_name', 'cost_date'],
    columns: {
      // cogs | fulfilment | payment_fee | other
      kind: textRequired,
      sku: text,
      shop_id: text,
      order_name: text,
      cost_date: day,
      amount: moneyRequired,
      currency: currencyRequired,
    },
  },
  ledger_entry: {
    key: ['entry_id'],
    columns: {
      entry_id: textRequired,
      entry_date: dayRequired,
      account: textRequired,
      amount: moneyRequired,
      currency: currencyRequired,
      reference: text,
    },
  },
  assignment: {
    key: ['study', 'unit_kind', 'unit'],
    columns: {
      study: textRequired,
      // user | geo | block
      unit_kind: textRequired,
      // a person key when unit_kind is user
      unit: textRequired,
      arm: textRequired,
      assigned_at: instantRequired,
    },
  },
  exposure: {
    key: ['study', 'unit', 'exposed_at'],
    // units are users unless unit_kind says otherwise
    columns: { study: textRequired, unit_kind: text, unit: textRequired, exposed_at: instantRequired },
  },
} as const satisfies Record<string, Stream>;

export type StreamName = keyof typeof STREAMS;

export const STREAM_NAMES = Object.keys(STREAMS) as StreamName[];

/** The DuckDB type that a column's text must survive. */
export const SQL_TYPES: Readonly<Record<ColumnType, string>> = {
  text: 'VARCHAR',
  person: 'VARCHAR',
  instant: 'TIMESTAMPTZ',
  day: 'DATE',
  money: 'DECIMAL(18,6)',
  number: 'DECIMAL(24,6)',
  integer: 'BIGINT',
  rate: 'DECIMAL(18,10)',
  flag: 'BOOLEAN',
  currency: 'VARCHAR',
  list: 'VARCHAR',
};

/** Bookkeeping columns that ingest adds to every raw row. */
export const RAW_COLUMNS = `source_id VARCHAR, batch_id VARCHAR, line_no BIGINT, observed_at VARCHAR`;

export function streamOf(name: StreamName): Stream {
  return STREAMS[name];
}
