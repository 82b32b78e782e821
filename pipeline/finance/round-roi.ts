import { InputError } from '../../models/errors.ts';
import { formatDecimal, parseDecimal } from '../../models/numeric/money.ts';
import type { Manifest } from '../publish.ts';
import { ADDITIVE, CREDITS, CUSTOMERS, customerTypesOf, isKey, lineId, type RoiLine } from './roi-line.ts';

/**
 * Adjustments of earlier periods go into the total of their type of customer; whatever the rows then miss of it is one visible row.
 *
 * @throws InputError `not_reconciled` when that is more than half a unit for each row: no rounding makes so much
 */
export function withRounding(lines: readonly RoiLine[], manifest: Pick<Manifest, 'currency_exponent'>): RoiLine[] {
  const types = customerTypesOf(lines);
  if (types.size === 0) return [...lines];
  return [...types].flatMap((type) =>
    roundedType(
      lines.filter((line) => line.customer_type === type),
      manifest.currency_exponent,
    ),
  );
}

/** The same for the lines of one type of customer. */
function roundedType(lines: readonly RoiLine[], exponent: number): RoiLine[] {
  const total = lines.find((line) => line.row_type === 'total')!;
  const rows = lines.filter((line) => line !== total);
  const scale = (id: string): number => (CREDITS.includes(id) ? 9 : exponent);
  const sum = (list: readonly RoiLine[], id: string): bigint =>
    list.reduce((at, line) => at + parseDecimal(line[id] ?? '0', scale(id)), 0n);
  const adjusted = { ...total };
  const adjustments = rows.filter((line) => line.row_type === 'prior_period_adjustment');
  const gap: RoiLine = {};
  for (const id of ADDITIVE) {
    if (total[id] === null) continue;
    const whole = sum([total], id) + sum(adjustments, id);
    adjusted[id] = formatDecimal(whole, scale(id));
    // who is new is not told of a row whose split is of too few persons; the rows of that type still add up
    if (CUSTOMERS.includes(id) && rows.some((line) => line[id] === null)) continue;
    const missing = whole - sum(rows, id);
    if (missing === 0n) continue;
    if (2n * (missing < 0n ? -missing : missing) > BigInt(rows.length))
      throw new InputError(
        'not_reconciled',
        `rows of ${total.period} miss ${formatDecimal(missing, scale(id))} of the total ${id}: more than rounding makes`,
      );
    gap[id] = formatDecimal(missing, scale(id));
  }
  if (Object.keys(gap).length === 0) return [...rows, adjusted];
  const rounding: RoiLine = {
    ...Object.fromEntries(Object.keys(total).map((id) => [id, isKey(id) ? total[id] : null])),
    ...gap,
    row_type: 'rounding',
    channel: '(rounding)',
    platform: '(rounding)',
    campaign_id: '(rounding)',
    campaign_name: null,
  };
  rounding.line_id = lineId(rounding);
  return [...rows, rounding, adjusted];
}
