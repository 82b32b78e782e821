import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tableFromIPC } from 'apache-arrow';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ingest } from '../../pipeline/ingest.ts';
import { Warehouse } from '../../pipeline/warehouse.ts';
import { openWorkspace } from '../../pipeline/workspace.ts';
import { EXPORTS, liftproof, liftproofProcess, ROOT, temporaryFolder } from './shell.ts';

const { folder, remove } = temporaryFolder('commands');
const acme = join(folder, 'acme');
const PATHS = join(ROOT, 'data-samples', 'panels', 'paths.csv');
const inAcme = (...args: string[]) => liftproof([...args, '-w', acme], { cwd: folder });

beforeAll(async () => {
  const made = await liftproof(
    ['init', 'acme', '--time-zone', 'Europe/Paris', '--currency', 'EUR', '--shop', 'nordlys', '--consent', 'granted'],
    { cwd: folder },
  );
  expect(made).toMatchObject({ code: 0, stdout: `Made the workspace ${acme}\n` });
  const workspace = await openWorkspace(acme);
  for (const file of ['shopify_orders_export.csv', 'segment_batches.ndjson', 'instagram_posts.csv']) {
    await ingest(workspace, join(EXPORTS, file), { exportedAt: '2026-07-01T00:00:00Z' });
  }
  workspace.close();
  const ran = await liftproof(['run', '--json', '-w', acme], { cwd: folder });
  expect(ran.code, ran.stderr).toBe(0);
  const report = JSON.parse(ran.stdout);
  expect(report.schema_version).toBe(1);
  expect(report.manifest.run_hash).toMatch(/^sha256:[0-9a-f]{64}$/);
  expect(report.built.kind).toBe('whole');
});
afterAll(remove);

describe('init', () => {
  it('writes settings that it reads, a secret for its owner alone, and overwrites nothing', async () => {
    const before = readFileSync(join(acme, 'liftproof.yaml'), 'utf8');
    const again = await liftproof(['init', 'acme'], { cwd: folder });
    expect(again.code).toBe(3);
    expect(again.stderr).toMatch(/liftproof.yaml exists; edit it, or choose another folder/);
    expect(readFileSync(join(acme, 'liftproof.yaml'), 'utf8')).toBe(before);
  });

  it('prints with --dry-run what it would write, and makes nothing', async () => {
    const dry = await liftproof(['init', 'dry', '--template', 'csv', '--dry-run'], { cwd: folder });
    expect(dry).toMatchObject({ code: 0, stdout: expect.stringMatching(/kind: plain_orders/) });
    expect(existsSync(join(folder, 'dry'))).toBe(false);
  });

  it('is followed by files: a run of nothing says so', async () => {
    const empty = join(folder, 'empty');
    await liftproof(['init', empty, '--time-zone', 'UTC', '--currency', 'EUR', '--shop', 's', '--consent', 'granted']);
    const ran = await liftproof(['run', '-w', empty]);
    expect(ran).toMatchObject({ code: 0, stderr: expect.stringMatching(/^Next: liftproof ingest <files> -w /m) });
    expect((await liftproof(['answer', '-w', empty])).stdout).toMatch(/^empty · no orders yet · run_/m);
  });

  it('names the nearest zone and currency', async () => {
    const zone = await liftproof(['init', 'other', '--time-zone', 'Europe/Pariss'], { cwd: folder });
    expect(zone).toMatchObject({ code: 2, stderr: expect.stringMatching(/did you mean Europe\/Paris/) });
    const currency = await liftproof(['init', 'other', '--currency', 'EURO'], { cwd: folder });
    expect(currency).toMatchObject({ code: 2, stderr: expect.stringMatching(/ISO 4217/) });
    expect(existsSync(join(folder, 'other'))).toBe(false);
  });
});

describe('usage', () => {
  it.each([
    ['a command', ['reprot'], /Did you mean report\?/],
    ['an option', ['report', 'channels', '--formt', 'csv'], /Did you mean --format\?/],
    [
      'a choice',
      ['report', 'channels', '--format', 'xls'],
      /Allowed choices are table, json, ndjson, csv, arrow, parquet, xlsx/,
    ],
    ['a report', ['report', 'chanels'], /did you mean channels\?/],
    ['a model of a bare file', ['model', 'attribution', PATHS, '--model', 'markof'], /did you mean markov\?/],
    ['a kind', ['ingest', join(EXPORTS, 'fx_rates.csv'), '--as', 'plain_fx'], /plain_fx_rate|--kinds/],
    ['a day', ['report', 'channels', '--from', '1.3.2026'], /expected a day such as 2026-03-01/],
    ['a day of the calendar', ['report', 'channels', '--from', '2026-13-01'], /--from is 2026-13-01; expected a day/],
    ['a period', ['report', 'channels', '--from', '2026-07-01', '--to', '2026-06-01'], /after --to 2026-06-01; swap/],
    [
      'an option of another report',
      ['report', 'paths', '--from', '2026-06-01'],
      /--from does not change the report paths, which takes --limit; leave it out/,
    ],
    ['a second time the same model', ['run', '--model', 'linear,markov,linear'], /names linear twice/],
    ['a number', ['report', 'channels', '--limit', 'all'], /expected a whole number above 0/],
    ['an instant', ['ingest', join(EXPORTS, 'fx_rates.csv'), '--exported-at', 'now'], /expected an instant such as/],
  ])('%s that is not known exits 2 and says what is', async (_, args, message) => {
    const result = await inAcme(...args);
    expect(result.stderr).toMatch(message);
    expect(result).toMatchObject({ code: 2, stdout: '' });
  });

  it('what is not there exits 4 and says what to do', async () => {
    const workspace = await liftproof(['report', 'channels', '-w', 'nowhere'], { cwd: folder });
    expect(workspace).toMatchObject({
      code: 4,
      stderr: expect.stringMatching(/not a workspace.*liftproof init nowhere/),
    });
    const file = await inAcme('ingest', 'no-such-file.csv');
    expect(file).toMatchObject({ code: 4, stderr: expect.stringMatching(/no such file/) });
    const model = await inAcme('report', 'channels', '--model', 'last_tuch');
    expect(model).toMatchObject({
      code: 4,
      stderr: expect.stringMatching(/has no model last_tuch; it has .*last_touch/),
    });
    const channels = await inAcme('report', 'channels', '--model', 'markov');
    expect(channels).toMatchObject({ code: 4, stderr: expect.stringMatching(/the report "models" shows it/) });
    const order = await inAcme('explain', 'order', '#999999');
    expect(order.code).toBe(4);
  });

  it('tells its version two ways', async () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    expect((await liftproof(['version'])).stdout).toBe(`${version}\n`);
    expect(await liftproofProcess(['--version'])).toMatchObject({ code: 0, stdout: `${version}\n` });
  });
});

describe('report', () => {
  it('says the same in every format', async () => {
    const json = JSON.parse((await inAcme('report', 'channels', '--format', 'json')).stdout);
    const csv = (await inAcme('report', 'channels', '--format', 'csv')).stdout.replace(/^\uFEFF/, '');
    const arrow = join(folder, 'channels.arrow');
    const parquet = join(folder, 'channels.parquet');
    expect((await inAcme('report', 'channels', '--format', 'arrow', '--out', arrow)).code).toBe(0);
    expect((await inAcme('report', 'channels', '--format', 'parquet', '--out', parquet)).code).toBe(0);

    const cells = json.data as { channel: string; revenue_net: string }[];
    expect(cells.length).toBeGreaterThan(4);
    const channels = cells.map((row) => row.channel);
    const revenue = cells.map((row) => Number(row.revenue_net).toFixed(2));

    const [header, ...lines] = csv
      .trim()
      .split(/\r?\n/)
      .map((line) => line.split(','));
    expect(lines.slice(0, cells.length).map((line) => line[header.indexOf('channel')])).toEqual(channels);
    expect(lines.slice(0, cells.length).map((line) => Number(line[header.indexOf('revenue_net')]).toFixed(2))).toEqual(
      revenue,
    );

    const table = tableFromIPC(readFileSync(arrow));
    expect(Array.from(table.getChild('channel')!).slice(0, cells.length)).toEqual(channels);

    const database = await Warehouse.open(':memory:');
    try {
      const rows = await database.rows<{ channel: string; revenue: string }>(
        `select channel, cast(revenue_net as decimal(18, 2)) as revenue from read_parquet('${parquet}')`,
      );
      expect(rows.map((row) => row.channel)).toEqual(channels);
      expect(rows.map((row) => Number(row.revenue).toFixed(2))).toEqual(revenue);
    } finally {
      database.close();
    }
  });

  it('never writes bytes of a run that is not there', async () => {
    const result = await inAcme('report', 'channels', '--run', 'run_20200101T000000_00000000');
    expect(result).toMatchObject({ code: 4, stderr: expect.stringMatching(/liftproof report runs/) });
  });

  it('answers a query from a file or standard input as the report of the same question', async () => {
    const query = { metrics: ['conversions', 'spend'], dimensions: ['channel'], order_by: [['conversions', 'desc']] };
    const file = join(folder, 'query.yaml');
    writeFileSync(file, JSON.stringify(query));
    const [filed, piped, report] = await Promise.all([
      inAcme('report', file, '--json'),
      liftproofProcess(['report', '-', '-w', acme, '--json'], { input: JSON.stringify(query) }),
      inAcme('report', 'channels', '--json'),
    ]);
    expect(filed.code, filed.stderr).toBe(0);
    expect(piped.stdout).toBe(filed.stdout);
    const cells = ({ stdout }: { stdout: string }) =>
      JSON.parse(stdout)
        .data.map((row: Record<string, string>) => [row.channel, row.conversions, row.spend])
        .sort();
    expect(cells(filed)).toEqual(cells(report));
    writeFileSync(file, 'metrics: [revenue_nett]');
    expect(await inAcme('report', file)).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/did you mean revenue_net\?/),
    });
    expect(await inAcme('report', 'no-such.json')).toMatchObject({
      code: 4,
      stderr: expect.stringMatching(/no such file/),
    });
  });

  it('shows with --explain what was asked of the files, and leaves the result as it was', async () => {
    const [plain, explained] = await Promise.all([
      inAcme('report', 'roi', '--json'),
      inAcme('report', 'roi', '--json', '--explain'),
    ]);
    expect(explained.stdout).toBe(plain.stdout);
    expect(explained.stderr).toMatch(/-- statement 1 of \d+\nselect[\s\S]*from attribution/);
    expect(explained.stderr).toMatch(/READ_PARQUET/);
  });

  it('explains a metric down to the landed streams', async () => {
    const { stdout } = await inAcme('report', 'explain', 'roas', '--json');
    const told = JSON.parse(stdout);
    expect(told).toMatchObject({ id: 'roas', additivity: 'ratio', parts: [{ id: 'revenue_net' }, { id: 'spend' }] });
    expect(told.inputs).toEqual(expect.arrayContaining(['orders', 'touch', 'spend_daily', 'fx_rate', 'identity_link']));
    for (const { file } of told.lineage) expect(file === null || existsSync(join(ROOT, file)), file).toBe(true);
    expect(await inAcme('report', 'explain', 'roass')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/did you mean roas\?/),
    });
  });

  it('lists the reports, also where there is no workspace', async () => {
    const [text, json] = await Promise.all(
      [['report'], ['report', '--json']].map((args) => liftproof([...args, '-w', join(folder, 'nowhere')])),
    );
    expect(text).toMatchObject({ code: 0, stdout: expect.stringMatching(/^channels +what each channel/) });
    expect(JSON.parse(json.stdout).reports).toContainEqual(expect.objectContaining({ name: 'coverage' }));
  });

  it('writes the format that the ending of --out says, unless --format says another', async () => {
    const csv = join(folder, 'ending.csv');
    await inAcme('report', 'channels', '--out', csv);
    expect(readFileSync(csv, 'utf8')).toBe((await inAcme('report', 'channels', '--format', 'csv')).stdout);
    await inAcme('report', 'channels', '--format', 'json', '--out', csv);
    expect(JSON.parse(readFileSync(csv, 'utf8')).schema_version).toBe(1);
  });

  it('says of two runs that are one that no number differs', async () => {
    const [{ run }] = JSON.parse((await inAcme('report', 'runs', '--json')).stdout).runs;
    const { code, stdout } = await inAcme('report', 'diff', run);
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/No number differs\./) });
    expect((await inAcme('report', 'diff')).code).toBe(2);
  });

  it('prints tab-separated lines with --plain', async () => {
    const { stdout } = await inAcme('report', 'channels', '--plain');
    const lines = stdout
      .replace(/\n$/, '')
      .split('\n')
      .map((line) => line.split('\t'));
    expect(lines[0]).toContain('revenue_net');
    expect(new Set(lines.map((line) => line.length)).size).toBe(1);
  });

  it('prints a table with its period, model, money and run, and how to read it', async () => {
    const { stdout } = await inAcme('report', 'channels');
    expect(stdout).toMatch(
      /^Channels: acme\n2026-04-02 to 2026-07-01 \(Europe\/Paris\) · model position_based · .* · EUR · run_/,
    );
    expect(stdout).toMatch(/Credit, not proof/);
    expect(stdout).toMatch(/\nTotal /);
  });
});

describe('ingest', () => {
  it('reads standard input, says what it took it for, and the second time has nothing to do', async () => {
    const rates = readFileSync(join(EXPORTS, 'fx_rates.csv'));
    const first = await liftproofProcess(['ingest', '-', '-w', acme, '--json'], { input: rates });
    expect(first.code, first.stderr).toBe(0);
    const [receipt] = JSON.parse(first.stdout).receipts;
    expect(receipt).toMatchObject({ file: 'standard input', kind: 'plain_fx_rate', state: 'loaded', rejected: 0 });
    expect(receipt.read).toBe(receipt.accepted + receipt.duplicate + receipt.unchanged + receipt.rejected);
    const second = await liftproof(['ingest', '-', '-w', acme], { input: rates });
    expect(second).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/the same bytes were loaded before\n {2}nothing to do/),
    });
  });

  it('goes on after a file that is refused, and exits 8', async () => {
    const bad = join(folder, 'bad.csv');
    writeFileSync(bad, '%PDF-1.4\n');
    const result = await inAcme('ingest', bad, join(EXPORTS, 'costs.csv'), '--json');
    expect(result.code).toBe(8);
    const { receipts, refused } = JSON.parse(result.stdout);
    expect(receipts).toMatchObject([{ kind: 'plain_cost', state: 'loaded' }]);
    expect(refused).toMatchObject([{ file: bad, code: 'bad_input' }]);
    expect(await inAcme('ingest', bad)).toMatchObject({ code: 3, stdout: '' });
  });

  it('goes on when nobody reads what it prints', async () => {
    const result = await liftproofProcess(['ingest', '--kinds'], { started: (child) => child.stdout?.destroy() });
    expect(result).toMatchObject({ code: 0, stderr: '' });
  });

  it('lists the kinds it knows', async () => {
    const { kinds } = JSON.parse((await liftproof(['ingest', '--kinds', '--json'])).stdout);
    expect(kinds.length).toBeGreaterThan(50);
  });
});

describe('doctor', () => {
  it('looks over machine, workspace and published run, and says where each setting comes from', async () => {
    const bundle = join(folder, 'bundle.json');
    const { code, stdout, stderr } = await inAcme('doctor', '--json', '--bundle', bundle);
    expect(code, stderr).toBe(0);
    const { findings, settings } = JSON.parse(stdout);
    const states = new Map(findings.map(({ check, state }: Record<string, string>) => [check, state]));
    for (const check of [
      ...['node', 'duckdb', 'memory', 'disk', 'clock', 'time zone data', 'port', 'folders', 'person key', 'landing'],
      ...['warehouse', 'write-ahead log', 'published run', 'reader', 'age of the run', 'freshness', 'exchange rates'],
      ...['reconciliation', 'mix', 'source zones', 'control store'],
    ])
      expect(['ok', 'warn'], check).toContain(states.get(check));
    // the exports are of 1 July 2026
    expect(states.get('freshness')).toBe(Date.now() > Date.UTC(2026, 6, 10) ? 'warn' : 'ok');
    const source = (name: string): string =>
      settings.find(({ setting }: Record<string, string>) => setting === name).source;
    expect([source('reporting.currency'), source('limits.max_rejected_share')]).toEqual(['liftproof.yaml', 'default']);
    const written = readFileSync(bundle, 'utf8');
    expect(JSON.parse(written)).toMatchObject({ findings, settings, runs: [{ is_current: true }] });
    expect(written).not.toMatch(/@example\.com/);
  });
});

describe('check', () => {
  it('fails on warnings only when told to', async () => {
    const plain = await inAcme('check', '--json');
    expect(plain.code).toBe(0);
    const { checks } = JSON.parse(plain.stdout);
    expect(
      checks.some((check: { severity: string; broken: number }) => check.severity === 'warn' && check.broken > 0),
    ).toBe(true);
    const strict = await inAcme('check', '--fail-on', 'warn');
    expect(strict.code).toBe(3);
    const [, rows] = /warn {2}unmapped_campaigns: (\d+) rows\. /.exec(strict.stdout) ?? [];
    expect(Number(rows)).toBeGreaterThan(5);
    expect(strict.stdout).toContain(`… and ${Number(rows) - 5} more rows; "liftproof export unmapped" writes all`);
  });
});

describe('explain', () => {
  it('shows an order whose credits add up to it', async () => {
    const json = JSON.parse((await inAcme('explain', 'order', '#2330', '--json')).stdout);
    const shares = json.steps.map((step: { credit: Record<string, string> }) => Number(step.credit.position_based));
    expect(shares.reduce((sum: number, share: number) => sum + share, 0)).toBeCloseTo(1, 9);
    const { stdout } = await inAcme('explain', 'order', '#2330');
    expect(stdout).toMatch(/Matched by person/);
    expect(stdout).toMatch(/40\.0 %/);
    expect(await inAcme('explain', 'order', '#2330', '--model', 'lineer')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/did you mean linear\?/),
    });
  });
});

describe('commands without a workspace', () => {
  it('model attribution shares out every conversion of a bare file', async () => {
    const result = await liftproof([
      'model',
      'attribution',
      PATHS,
      '--model',
      'shapley',
      '--replicates',
      '20',
      '--json',
    ]);
    const answer = JSON.parse(result.stdout);
    expect(answer).toMatchObject({ schema_version: 1, model: 'shapley' });
    const credited = answer.channels.reduce((sum: number, row: { conversions: number }) => sum + row.conversions, 0);
    expect(credited + answer.unattributed.conversions).toBeCloseTo(answer.total.conversions, 6);
  });

  it('simulate writes a market and its truth', async () => {
    const out = join(folder, 'market');
    mkdirSync(out);
    const args = ['simulate', '--out', out, '--persons', '300', '--days', '28', '--seed', '3', '--json'];
    const result = await liftproof(args);
    expect(result.code, result.stderr).toBe(0);
    const { files } = JSON.parse(result.stdout);
    expect(files.length).toBeGreaterThan(10);
    expect(JSON.parse(readFileSync(join(out, 'truth.json'), 'utf8')).channels.length).toBeGreaterThan(3);
    expect(await liftproof(['simulate', '--out', out, '--persons', 'many'])).toMatchObject({ code: 2 });
  });

  it('help comes without loading the database', async () => {
    const { stdout, code } = await liftproofProcess(['--help']);
    expect(code).toBe(0);
    for (const command of ['init', 'ingest', 'run', 'report', 'explain', 'check', 'doctor', 'serve'])
      expect(stdout).toMatch(new RegExp(`^ {2}${command}\\b`, 'm'));
  });
});
