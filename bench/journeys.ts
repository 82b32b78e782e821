/**
 * Journeys, rule models and Markov 1 to 3 from typed staging, beside the bare lookback join and group-by of the same data. The last
 * lines, outside the total, are what intervals and the choice of the order take on top.
 *
 *     npx tsx bench/journeys.ts [touches] [orders]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { countedCredit } from '../models/attribution/counted-credit.ts';
import { allocateCredit } from '../pipeline/attribute.ts';
import { attributeModels } from '../pipeline/attribute-models.ts';
import { createRelation, sqlSettings } from '../pipeline/build.ts';
import { parseConfig } from '../pipeline/config.ts';
import { countChain, journeyChannels } from '../pipeline/count-journeys.ts';
import { loadRules } from '../pipeline/rules.ts';
import { sqlFile } from '../pipeline/sql-files.ts';
import { useMacros, Warehouse } from '../pipeline/warehouse.ts';
import { createBaseTables } from '../pipeline/workspace.ts';
import { median, peakMemory, printTable, timed } from './harness.ts';

const touches = Number(process.argv[2] ?? 10_000_000);
const orders = Number(process.argv[3] ?? 500_000);
const directory = mkdtempSync(join(tmpdir(), 'liftproof-bench-'));
const config = parseConfig('workspace: bench\nreporting: { time_zone: UTC, currency: EUR }\n', 'bench');
const settings = sqlSettings(config);
const ROUNDS = 3;
const warehouse = await Warehouse.open(join(directory, 'bench.duckdb'), {
  threads: 2,
  memoryLimitBytes: 3 * 2 ** 30,
  spillDirectory: join(directory, 'spill'),
});
try {
  await useMacros(warehouse, new Uint8Array(32));
  await createBaseTables(warehouse);
  await loadRules(warehouse, config);
  await warehouse.dictionaryText(() => generateStaging(warehouse));
  const rounds = new Map<string, number[]>();
  const relation = (name: string) => () =>
    createRelation(warehouse, { name: name.replace('/', '.'), sql: sqlFile(name), reads: [] }, settings);
  const works: [string, () => Promise<unknown>][] = [
    ['bare lookback join + group by', () => bareLookbackJoin(warehouse)],
    ['journey/step', relation('journey/step')],
    ['attribution/credit', relation('attribution/credit')],
    ['attribution.amount (to the cent)', () => allocateCredit(warehouse)],
    ['journey/journey (all, converting or not)', relation('journey/journey')],
    ['journey/path', relation('journey/path')],
  ];
  for (let round = 0; round < ROUNDS; round++)
    for (const [name, work] of works) {
      const { seconds } = await timed(work);
      rounds.set(name, [...(rounds.get(name) ?? []), seconds]);
    }
  const floor = median(rounds.get(works[0][0])!);
  const rows: string[][] = [];
  const say = (name: string, seconds: number, memory = false): void => {
    rows.push([
      name,
      seconds.toFixed(2),
      (seconds / floor).toFixed(2),
      memory ? `${(peakMemory() / 2 ** 30).toFixed(2)} GiB` : '',
    ]);
  };
  let total = 0;
  for (const [i, [name]] of works.entries()) {
    const seconds = median(rounds.get(name)!);
    say(name, seconds);
    if (i > 0) total += seconds;
    if (i === 3) say('= journeys of orders, six rule models', total, true);
  }
  const channels = await journeyChannels(warehouse);
  for (const order of [1, 2, 3]) {
    const markov = await timed(async () => {
      const chain = await countChain(warehouse, channels, order, 1);
      return countedCredit(chain)(new Float64Array(1).fill(1)).diagnostics;
    });
    total += markov.seconds;
    const { states, transitions } = markov.result;
    say(`markov ${order} (${states} states, ${transitions} moves)`, markov.seconds);
  }
  say('= all journeys, six rule models, Markov 1 to 3', total, true);
  await createSpend(warehouse);
  const models = await timed(() => attributeModels(warehouse, config));
  say(`${config.models.run.length} models, order chosen, 200 replicates`, models.seconds, true);
  console.log(`${touches} touches, ${orders} orders, 2 threads; the middle of ${ROUNDS} rounds`);
  printTable(['work', 'seconds', 'ratio', 'peak memory'], rows);
} finally {
  warehouse.close();
  rmSync(directory, { recursive: true, force: true });
}

/** An empty ledger of spend: without spend there is no CPA and no ROAS, and nothing else changes. */
async function createSpend(w: Warehouse): Promise<void> {
  await w.run(`create table staging.spend_event (platform varchar, campaign_id varchar, spend_date date, spend_minor bigint, impressions bigint,
    clicks bigint, conversions_platform decimal(18, 6))`);
}

/** Touches of a third as many persons, half of the orders by the same; spread by a hash, so the same every time. */
async function generateStaging(w: Warehouse): Promise<void> {
  const persons = Math.max(1, Math.floor(touches / 5));
  await w.run('set preserve_insertion_order = false');
  await w.run(`
    create table staging.touch as
    select drawn.*, channel.channel_no
    from (select
        't' || i as touch_id,
        timestamptz '2026-01-01 00:00:00+00' + to_microseconds(cast(hash(i, 1) % 15552000000000 as bigint)) as touched_at,
        'page' as kind,
        cast(md5(cast(hash(i, 2) % ${persons} as varchar)) as uuid) as person_id,
        cast(null as varchar) as shop_id,
        cast(null as varchar) as source_order_id,
        ['Organic Social', 'Paid Social', 'Paid Search', 'Organic Search', 'Email', 'Referral', 'Organic Video', 'Affiliates', '(unattributed)'][1 + cast(hash(i, 3) % 9 as integer)] as channel,
        'Unassigned' as channel_ga4,
        'campaign_' || (hash(i, 4) % 20) as campaign_id,
        ['instagram', 'tiktok', null][1 + cast(hash(i, 5) % 3 as integer)] as platform,
        cast(null as varchar) as post_id,
        hash(i, 3) % 9 <> 8 as is_informative,
        30.0::double as lookback_days,
        true as is_eligible
    from range(${touches}) as t(i)) as drawn
    inner join rules.channel as channel on channel.channel = drawn.channel`);
  await w.run(`
    create table staging.conversion as
    select
        's:' || i as conversion_id,
        'order' as kind,
        timestamptz '2026-01-15 00:00:00+00' + to_microseconds(cast(hash(i, 11) % 14342400000000 as bigint)) as converted_at,
        date '2026-01-15' + cast(hash(i, 11) // 86400000000 % 166 as integer) as conversion_date,
        cast(md5(cast(hash(i, 12) % ${persons} as varchar)) as uuid) as person_id,
        's' as shop_id,
        cast(i as varchar) as source_order_id
    from range(${orders}) as t(i)`);
  await w.run(`
    create table staging.revenue_event as
    select conversion_id, conversion_id || ':sale' as money_event_id, 'sale' as kind, converted_at as occurred_at, conversion_date as event_date, conversion_date,
        1000 + cast(hash(conversion_id) % 20000 as bigint) as revenue_minor
    from staging.conversion`);
  await w.run('create table staging.order_discount (shop_id varchar, source_order_id varchar, code varchar)');
  await w.run(
    'create table staging.campaign_match (campaign_id varchar, match_type varchar, platform varchar, value varchar, valid_from_date date, valid_to_date date)',
  );
  await w.run(
    'create table journey.engagement (campaign_id varchar, platform varchar, post_id varchar, engagement_kind varchar, engagement_date date, weight decimal(24, 6))',
  );
  await w.run('set preserve_insertion_order = true');
  await w.run('checkpoint');
}

/** What DuckDB needs for the join alone: every touch in the 30 days before each order of its person, counted by channel. */
async function bareLookbackJoin(w: Warehouse): Promise<void> {
  await w.run(`
    create or replace temporary table floor as
    select touch.channel, count(*) as touches, count(distinct conversion.conversion_id) as conversions
    from staging.touch as touch
    inner join staging.conversion as conversion
        on conversion.person_id = touch.person_id
        and touch.touched_at < conversion.converted_at
        and touch.touched_at >= conversion.converted_at - interval 30 day
    group by touch.channel`);
}
