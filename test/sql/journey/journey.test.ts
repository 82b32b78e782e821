import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRelation, sqlSettings } from '../../../pipeline/build.ts';
import { parseConfig } from '../../../pipeline/config.ts';
import { loadRules } from '../../../pipeline/rules.ts';
import { sqlFile } from '../../../pipeline/sql-files.ts';
import { useMacros, Warehouse } from '../../../pipeline/warehouse.ts';
import { createBaseTables } from '../../../pipeline/workspace.ts';

const CHANNELS = ['Organic Social', 'Paid Social', 'Email', 'Direct', '(unattributed)'];
const DAY = 86_400_000_000;
const GAP_DAYS = 30;

/** A few persons with thousands of touches, some with dozens, many with one or two; a third of all buy now and then. */
async function stage(warehouse: Warehouse): Promise<void> {
  await warehouse.run(`
    create table staging.touch as
    select drawn.*, channel.channel_no
    from (
      select
        't' || i as touch_id,
        timestamptz '2026-01-01 00:00:00+00' + to_microseconds(cast(hash(i, 1) % ${360 * DAY} as bigint)) as touched_at,
        cast(md5(cast([hash(i, 2) % 10, hash(i, 2) % 900, hash(i, 2) % 20000][1 + i % 3] as varchar)) as uuid) as person_id,
        cast(null as varchar) as shop_id,
        cast(null as varchar) as source_order_id,
        ${JSON.stringify(CHANNELS).replaceAll('"', "'")}[1 + cast(hash(i, 3) % 5 as integer)] as channel,
        ${GAP_DAYS}.0 as lookback_days,
        true as is_eligible
      from range(60000) as t(i)) as drawn
    inner join rules.channel as channel on channel.channel = drawn.channel`);
  await warehouse.run(`
    create table staging.conversion as
    select 's:' || i as conversion_id, 'order' as kind,
      timestamptz '2026-01-15 00:00:00+00' + to_microseconds(cast(hash(i, 11) % ${330 * DAY} as bigint)) as converted_at,
      cast(md5(cast(hash(i, 12) % 7000 as varchar)) as uuid) as person_id
    from range(5000) as t(i)`);
  await warehouse.run(
    `create table staging.revenue_event as select conversion_id, 'sale' as kind, cast(4200 as bigint) as revenue_minor from staging.conversion`,
  );
  await warehouse.run(
    'create table journey.step (conversion_id varchar, step bigint, channel varchar, age_days double)',
  );
}

interface Journey {
  person: string;
  channels: string;
  ages: string;
  touches: number;
  ended: number;
}

function byPerson<Row extends { person: string }>(rows: readonly Row[]): Map<string, Row[]> {
  const out = new Map<string, Row[]>();
  for (const row of rows) {
    const list = out.get(row.person);
    if (list === undefined) out.set(row.person, [row]);
    else list.push(row);
  }
  return out;
}

/** The same, one person and one touch at a time. */
async function slowly(warehouse: Warehouse): Promise<Journey[]> {
  const touches = await warehouse.rows<{ person: string; at: string; channel: string; no: number }>(
    'select cast(person_id as varchar) as person, epoch_us(touched_at) as at, channel, channel_no as no from staging.touch',
  );
  const orders = await warehouse.rows<{ person: string; at: string }>(
    'select cast(person_id as varchar) as person, epoch_us(converted_at) as at from staging.conversion',
  );
  const bought = byPerson(orders);
  const journeys: Journey[] = [];
  for (const [person, all] of byPerson(touches)) {
    const instants = (bought.get(person) ?? []).map((order) => Number(order.at)).sort((a, b) => a - b);
    const left = all
      .map((touch) => ({ ...touch, at: Number(touch.at) }))
      .sort((a, b) => a.at - b.at || a.no - b.no)
      .filter((touch) => {
        const next = instants.find((at) => at > touch.at);
        return next === undefined || next - touch.at > GAP_DAYS * DAY;
      });
    let journey: typeof left = [];
    const end = (): void => {
      if (journey.length === 0) return;
      const ended = journey[journey.length - 1].at;
      const known = journey.filter((touch) => touch.channel !== '(unattributed)');
      const better = known.filter((touch) => touch.channel !== 'Direct');
      const steps = better.length > 0 ? better : known;
      journeys.push({
        person,
        channels: steps.map((touch) => touch.no).join(' '),
        ages: steps.map((touch) => ended - touch.at).join(' '),
        touches: journey.length,
        ended,
      });
      journey = [];
    };
    for (const touch of left) {
      if (journey.length > 0 && touch.at - journey[journey.length - 1].at > GAP_DAYS * DAY) end();
      journey.push(touch);
    }
    end();
  }
  return journeys;
}

describe('journeys that did not convert', () => {
  const directory = mkdtempSync(join(tmpdir(), 'liftproof-journey-'));
  let warehouse: Warehouse;
  let found: Journey[];
  let expected: Journey[];

  beforeAll(async () => {
    // two threads: the order of touches must not rest on one
    warehouse = await Warehouse.open(join(directory, 'w.duckdb'), { threads: 2 });
    const config = parseConfig('workspace: acme\nreporting: { time_zone: UTC, currency: EUR }\n', 'liftproof.yaml');
    await useMacros(warehouse, new Uint8Array(32));
    await createBaseTables(warehouse);
    await loadRules(warehouse, config);
    await stage(warehouse);
    const relation = { name: 'journey.journey', sql: sqlFile('journey/journey'), reads: [] };
    await createRelation(warehouse, relation, sqlSettings(config));
    const rows = await warehouse.rows<Record<keyof Journey, string>>(`
      select cast(person_id as varchar) as person, array_to_string(channels, ' ') as channels, array_to_string(ages, ' ') as ages,
        touch_count as touches, epoch_us(ended_at) as ended
      from journey.journey where not is_converted`);
    found = rows.map((row) => ({ ...row, touches: Number(row.touches), ended: Number(row.ended) }));
    expected = await slowly(warehouse);
  });
  afterAll(() => {
    warehouse?.close();
    rmSync(directory, { recursive: true, force: true });
  });

  const sorted = (journeys: readonly Journey[]): Journey[] =>
    [...journeys].sort((a, b) => (a.person < b.person ? -1 : a.person > b.person ? 1 : a.ended - b.ended));

  it('are what one finds touch by touch, whatever their length', () => {
    const lengths = expected.map((journey) => journey.touches);
    expect(Math.max(...lengths)).toBeGreaterThan(500);
    for (const length of [1, 2, 7, 8, 9]) expect(lengths).toContain(length);
    expect(sorted(found)).toEqual(sorted(expected));
  });
});
