import { InputError } from '../../models/errors.ts';
import { currencyExponent } from '../../models/numeric/money.ts';
import { isBuilt } from '../judge.ts';
import type { OpenWorkspace } from '../workspace.ts';

/** An entry, or an order with its entries, that does not fit; with what is missing from the books. */
export interface LedgerFinding {
  period: string;
  side: string;
  cause: string;
  account: string;
  /** entry, or order and side, or account and month of an invoice */
  subject: string;
  day: string;
  amount: string;
  /** references and amounts of the entries in question */
  entries: string;
}

export interface BridgeStep {
  period: string;
  side: string;
  step: string;
  label: string;
  amount: string;
  line_count: string;
}

/**
 * The bridge as it was last built, and every line that it cannot explain, with its references: these never leave the warehouse.
 *
 * @throws InputError `not_found` when there are no books, `not_published` when something was loaded since the last run
 */
export async function ledgerFindings(
  { warehouse, config }: OpenWorkspace,
  limit: number,
): Promise<{ steps: BridgeStep[]; findings: LedgerFinding[]; count: number; isClosed: boolean }> {
  const news = (await isBuilt(warehouse))
    ? await warehouse.count('select count(*) from raw.batch where batch_id not in (select batch_id from staging.built)')
    : 1;
  if (news > 0)
    throw new InputError('not_published', 'files were loaded since the last run; run "liftproof run" first');
  if ((await warehouse.count('select count(*) from staging.ledger_entry')) === 0)
    throw new InputError(
      'not_found',
      'there are no books to check against; load them with "liftproof ingest ledger.csv --as plain_ledger_entry", then run',
    );
  const steps = await warehouse.rows<BridgeStep>(
    `select period, side, step, label, amount, line_count from report.reconciliation
     where basis = 'order_date' order by side, period, position`,
  );
  const from = `
    from finance.bridge_fact as fact
    inner join finance.period as period on fact.fact_date between period.period_start and period.period_end
    where fact.basis = 'order_date' and fact.step = 'unexplained'`;
  const findings = await warehouse.rows<LedgerFinding>(
    `select period.period, fact.side, fact.cause, fact.account, fact.subject, fact.fact_date as day,
        cast(cast(fact.minor as decimal(28, 0)) * cast($minor_unit as decimal(4, 3)) as decimal(28, 3)) as amount,
        coalesce((
          select string_agg(line.entry_id || ' ' || line.account || ' ' || cast(line.amount as varchar) || ' ' || line.currency || ' ' || coalesce(line.reference, ''), '; ' order by line.entry_id)
          from finance.ledger_line as line
          where line.entry_id = fact.subject
            or (line.conversion_id is not null and starts_with(fact.subject, line.conversion_id || ' '))
            or lower(trim(line.reference)) = fact.subject
        ), '') as entries
     ${from}
     order by period.period, fact.side, abs(fact.minor) desc, fact.subject limit ${limit}`,
    { minor_unit: 10 ** -currencyExponent(config.reporting.currency) },
  );
  const count = await warehouse.count(`select count(*) ${from}`);
  const isClosed =
    count === 0 &&
    (await warehouse.count(
      `select count(*) from report.reconciliation where step = 'unexplained' and (amount <> 0 or line_count > 0)`,
    )) === 0;
  return { steps, findings, count, isClosed };
}
