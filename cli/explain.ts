import { InputError } from '../models/errors.ts';
import { explainOrder, type OrderExplanation } from '../pipeline/explain.ts';
import { nearest } from '../pipeline/nearest.ts';
import { type GlobalOptions, print, printJson } from './terminal.ts';
import { withWorkspace } from './with-workspace.ts';

/** Shows one order: its journey, credits, and how each touch matched. For people with access to the warehouse. */
export async function explainCommand(
  what: string,
  id: string,
  options: GlobalOptions & { model?: string },
): Promise<void> {
  if (what !== 'order') throw new InputError('usage', `explain ${what}: only "explain order <id>" is known`);
  const { order, model, zone } = await withWorkspace(options.workspace, async (workspace) => {
    const { models, reporting } = workspace.config;
    const found = await explainOrder(workspace, id);
    return { order: found, model: creditModel(found, models.default, options.model), zone: reporting.time_zone };
  });
  if (options.json) printJson(order);
  else print(orderText(order, model, zone));
}

/** Only rules share out single orders; models that follow whole journeys share out sums. The default is always a rule. */
function creditModel(order: OrderExplanation, preferred: string, asked: string | undefined): string {
  const known = Object.keys(order.steps[0]?.credit ?? {});
  if (asked === undefined) return preferred;
  if (known.length === 0 || known.includes(asked)) return asked;
  const close = nearest(asked, known);
  throw new InputError(
    'unknown_name',
    `--model ${asked}: gives no credit to single orders here; ${close ? `did you mean ${close}?` : `those that do are ${known.join(', ')}`}`,
  );
}

/** A share as people say it: 0.4 is 40.0 %. */
function percent(share: string): string {
  return `${(Number(share) * 100).toFixed(1)} %`;
}

const MATCHES: Readonly<Record<string, string>> = {
  person: 'by person: visits and order share a person',
  order_borne: 'by the order itself: it carries its source',
  campaign_window: "by campaign window: engagement on the campaign's posts in the days before; the weakest match",
  none: 'by nothing: it stands as (unattributed)',
};

/** The minute of an instant on the clocks of a zone: 2026-06-30 15:32. */
function localMinute(instant: string, zone: string): string {
  const iso = instant.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00');
  // sv-SE writes dates as ISO does
  return new Date(iso).toLocaleString('sv-SE', { timeZone: zone, hour12: false }).slice(0, 16);
}

const MINUTES_A_DAY = 1440;

/** How long before the order, in the unit that people would use. */
function timeBefore(days: number): string {
  const minutes = Math.round(days * MINUTES_A_DAY);
  if (minutes < 60) return `${minutes} min before`;
  if (minutes < MINUTES_A_DAY) return `${(minutes / 60).toFixed(1)} hours before`;
  return `${days.toFixed(1)} days before`;
}

function orderText(order: OrderExplanation, model: string, zone: string): string {
  const name = order.order_name === null ? order.conversion_id : `${order.order_name} (${order.conversion_id})`;
  const lines = [
    `Order ${name}, ${localMinute(order.converted_at, zone)} ${zone}, ${order.customer_type} customer`,
    `Matched ${MATCHES[order.matched_by]}`,
    '',
    'Money, without tax and shipping',
  ];
  for (const event of order.money) {
    lines.push(
      `  ${event.date}  ${event.kind.padEnd(8)}  ${event.original}${event.rate === '1.0000000000' ? '' : ` at ${event.rate} (${event.rate_date})`}  =  ${event.revenue} ${order.reporting_currency}`,
    );
  }
  if (order.steps.length > 0) {
    lines.push('', `Journey, credit under ${model}`);
    for (const step of order.steps) {
      const where = [step.channel, step.campaign, step.platform, step.post && `post ${step.post}`]
        .filter(Boolean)
        .join(' · ');
      lines.push(
        `  ${String(step.step).padStart(2)}  ${localMinute(step.touched_at, zone)}  ${timeBefore(step.days_before).padEnd(17)}  ${where}  →  ${percent(step.credit[model])} of the order, ${step.revenue[model]} ${order.reporting_currency}`,
      );
    }
  }
  if (order.left_out.length > 0) {
    lines.push('', 'Touches of the person that earned nothing here');
    for (const touch of order.left_out)
      lines.push(`  ${localMinute(touch.touched_at, zone)}  ${touch.channel}: ${touch.why}`);
  }
  lines.push('', 'Credit, not proof: it says who was there before the sale.');
  return lines.join('\n');
}
