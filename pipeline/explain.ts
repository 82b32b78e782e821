import { InputError } from '../models/errors.ts';
import { currencyExponent, formatDecimal } from '../models/numeric/money.ts';
import { RULE_MODELS } from './config.ts';
import type { OpenWorkspace } from './workspace.ts';

/** One order with its journey, the credit of each step under each model, and how each touch matched. */
export interface OrderExplanation {
  schema_version: 1;
  conversion_id: string;
  /** what shop and buyer call the order; null where nobody told */
  order_name: string | null;
  /** instants in UTC, here and below */
  converted_at: string;
  customer_type: string;
  currency: string;
  reporting_currency: string;
  money: {
    money_event_id: string;
    kind: string;
    date: string;
    original: string;
    rate: string;
    rate_date: string;
    revenue: string;
  }[];
  matched_by: string;
  steps: {
    step: number;
    touched_at: string;
    days_before: number;
    channel: string;
    campaign: string | null;
    platform: string | null;
    post: string | null;
    matched_by: string;
    credit: Record<string, string>;
    revenue: Record<string, string>;
  }[];
  /** other touches of the person that earned nothing, and why */
  left_out: { touched_at: string; channel: string; why: string }[];
}

/** @throws InputError `not_found` with what to look for */
export async function explainOrder(workspace: OpenWorkspace, id: string): Promise<OrderExplanation> {
  const { warehouse, config } = workspace;
  const found = await warehouse.rows<Record<string, string | null>>(
    `select conversion.conversion_id, cast(conversion.converted_at as varchar) as converted_at, conversion.customer_type, conversion.currency,
        cast(conversion.person_id as varchar) as person_id, orders.order_name
     from staging.conversion as conversion
     left join staging.orders as orders on orders.shop_id = conversion.shop_id and orders.source_order_id = conversion.source_order_id
     where conversion.conversion_id = $id or conversion.source_order_id = $id or orders.order_name = $id or orders.order_name = '#' || $id
     order by conversion.conversion_id`,
    { id },
  );
  if (found.length === 0) {
    throw new InputError(
      'not_found',
      `${id}: no such order among the conversions (a test order or one without money is not one); give its id, its name, or shop:id`,
    );
  }
  if (found.length > 1) {
    throw new InputError(
      'usage',
      `${id} is ${found.length} orders: ${found.map((row) => row.conversion_id).join(', ')}; give one of these`,
    );
  }
  const order = found[0];
  const conversionId = order.conversion_id!;
  const exponent = currencyExponent(config.reporting.currency);
  const minor = (text: string): string => formatDecimal(BigInt(text), exponent);
  const money = await warehouse.rows<Record<string, string>>(
    `select money_event_id, kind, cast(event_date as varchar) as event_date, revenue, currency, rate, cast(rate_date as varchar) as rate_date, revenue_minor
     from staging.revenue_event where conversion_id = $id order by occurred_at, money_event_id`,
    { id: conversionId },
  );
  const steps = await warehouse.rows<Record<string, string | null>>(
    `select step.step, cast(step.touched_at as varchar) as touched_at, step.age_days, step.channel, step.campaign_id, step.platform, step.post_id, step.matched_by,
        ${RULE_MODELS.map((model) => `sum(amount.${model}_credit) as ${model}_credit, sum(amount.${model}_minor) as ${model}_minor`).join(', ')}
     from journey.step as step
     inner join attribution.amount as amount on amount.conversion_id = step.conversion_id and amount.step = step.step
     where step.conversion_id = $id
     group by all order by step.step`,
    { id: conversionId },
  );
  return {
    schema_version: 1,
    conversion_id: conversionId,
    order_name: order.order_name,
    converted_at: order.converted_at!,
    customer_type: order.customer_type!,
    currency: order.currency ?? config.reporting.currency,
    reporting_currency: config.reporting.currency,
    money: money.map((row) => ({
      money_event_id: row.money_event_id,
      kind: row.kind,
      date: row.event_date,
      original: `${row.revenue.replace(/(\.\d\d\d*?)0+$/, '$1')} ${row.currency}`,
      rate: row.rate,
      rate_date: row.rate_date,
      revenue: minor(row.revenue_minor),
    })),
    matched_by: steps[0]?.matched_by ?? 'none',
    steps: steps.map((row) => ({
      step: Number(row.step),
      touched_at: row.touched_at!,
      days_before: Number(Number(row.age_days).toFixed(3)),
      channel: row.channel!,
      campaign: row.campaign_id,
      platform: row.platform,
      post: row.post_id,
      matched_by: row.matched_by!,
      credit: Object.fromEntries(
        RULE_MODELS.map((model) => [model, formatDecimal(BigInt(row[`${model}_credit`]!), 9)]),
      ),
      revenue: Object.fromEntries(RULE_MODELS.map((model) => [model, minor(row[`${model}_minor`]!)])),
    })),
    left_out: await leftOut(workspace, conversionId, order.person_id),
  };
}

async function leftOut(
  workspace: OpenWorkspace,
  conversionId: string,
  personId: string | null,
): Promise<OrderExplanation['left_out']> {
  if (personId === null) return [];
  return workspace.warehouse.rows<{ touched_at: string; channel: string; why: string }>(
    `select cast(touch.touched_at as varchar) as touched_at,
        case when touch.is_informative then touch.channel else 'direct or unknown visit' end as channel,
        case
            when touch.is_bot then 'a bot'
            when touch.is_internal then 'a link inside the shop, or back from the payment page'
            when touch.is_spam then 'referrer spam'
            when touch.touched_at >= conversion.converted_at then 'after the order'
            when epoch_us(conversion.converted_at) - epoch_us(touch.touched_at) > touch.lookback_days * 86400000000 then 'more than ' || format('{:g}', cast(touch.lookback_days as double)) || ' days before the order'
            when not touch.is_informative then 'something better is there'
            else 'belongs to an earlier order, or stronger evidence took the order'
        end as why
     from staging.touch as touch
     inner join staging.conversion as conversion on conversion.conversion_id = $id
     where touch.person_id = conversion.person_id
        and touch.touch_id not in (select touch_id from journey.step where conversion_id = $id)
     order by touch.touched_at, touch.touch_id`,
    { id: conversionId },
  );
}
