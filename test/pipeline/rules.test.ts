import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseConfig } from '../../pipeline/config.ts';
import { channelNames, loadRules, rulesVersion } from '../../pipeline/rules.ts';
import { sqlFile } from '../../pipeline/sql-files.ts';
import { Warehouse } from '../../pipeline/warehouse.ts';

const BASE = 'workspace: rules\nreporting: { time_zone: UTC, currency: EUR }\n';
const config = (lines = ''): ReturnType<typeof parseConfig> => parseConfig(BASE + lines, 'test');

describe('rules', () => {
  let warehouse: Warehouse;
  beforeAll(async () => {
    warehouse = await Warehouse.open(':memory:');
    await loadRules(warehouse, config());
  });
  afterAll(() => warehouse.close());

  const KEYS: Readonly<Record<string, string>> = {
    click_id: 'click_id_type',
    ga4_source_category: 'source',
    referrer_host: 'host',
    source_alias: 'alias',
    source_category: 'source',
    spam_host: 'host',
  };
  for (const [table, key] of Object.entries(KEYS)) {
    it(`the list ${table} has each ${key} once, in lower case, without spaces around it`, async () => {
      expect(await warehouse.rows(`select ${key} from rules.${table} group by ${key} having count(*) > 1`)).toEqual([]);
      expect(
        await warehouse.rows(`select ${key} from rules.${table} where ${key} is null or ${key} <> trim(lower(${key}))`),
      ).toEqual([]);
      expect(await warehouse.count(`select count(*) from rules.${table}`)).toBeGreaterThan(10);
    });
  }

  it('an alias leads to a name that is no alias of something else', async () => {
    expect(
      await warehouse.rows(
        `select a.alias, a.source from rules.source_alias as a inner join rules.source_alias as b on b.alias = a.source and b.source <> a.source`,
      ),
    ).toEqual([]);
  });

  it('no source has a category that its alias would hide', async () => {
    expect(
      await warehouse.rows(
        `select category.source from rules.source_category as category inner join rules.source_alias as alias on alias.alias = category.source and alias.source <> category.source`,
      ),
    ).toEqual([]);
  });

  it('every channel that the grouping can give has a number', () => {
    const grouping = sqlFile('macro/channel').split('macro channel_of(')[1];
    const given = [...grouping.matchAll(/(?:then|else)\s+'([^']+)'/g)].map((match) => match[1]);
    expect(given.length).toBeGreaterThan(20);
    expect(given.filter((channel) => !channelNames(config()).includes(channel))).toEqual([]);
  });

  it('a channel of the workspace has a number too, and each name stands once', () => {
    const names = channelNames(
      config('channel_rules: [{ channel: Partners, source: p }, { channel: Email, source: q }]'),
    );
    expect(names).toContain('Partners');
    expect(new Set(names).size).toBe(names.length);
    expect(names).toEqual([...names].sort());
  });

  it('values of the configuration are compared as a visit is: cleaned', async () => {
    await loadRules(
      warehouse,
      config(`campaigns: [{ id: Spring_26 }]
campaign_map: [{ campaign: Spring_26, match: utm_campaign, value: ' Spring  Launch+26 ' }, { campaign: Spring_26, match: platform_id, value: AbC }]
channel_rules: [{ channel: It's ours, source: ' Our Shop ' }]
shop_hosts: [Shop.Example]`),
    );
    expect(
      await warehouse.rows('select match_type, value from rules.campaign_map order by priority desc, value'),
    ).toEqual([
      { match_type: 'platform_id', value: 'AbC' },
      { match_type: 'utm_campaign', value: 'spring_launch_26' },
      { match_type: 'utm_campaign', value: 'spring_26' },
    ]);
    expect(await warehouse.rows('select channel, source from rules.channel_rule')).toEqual([
      { channel: "It's ours", source: 'our_shop' },
    ]);
    expect(await warehouse.count(`select count(*) from rules.internal_host where host = 'shop.example'`)).toBe(1);
  });

  it('a pattern that DuckDB cannot read is named before anything is built', async () => {
    const bad = config("campaigns: [{ id: a }]\ncampaign_map: [{ campaign: a, match: regex, value: 'spring(?=x' }]\n");
    await expect(loadRules(warehouse, bad)).rejects.toThrow(
      expect.objectContaining({
        code: 'bad_config',
        message: expect.stringMatching(
          /^liftproof\.yaml: campaign_map\.0\.value is spring\(\?=x; expected a regular expression/,
        ),
      }),
    );
  });

  it('the version follows the rules and nothing else', () => {
    const version = rulesVersion(config());
    expect(version).toMatch(/^\d{4}-\d{2}\+[0-9a-f]{8}$/);
    expect(rulesVersion(config('windows: { click_days: 7 }\n'))).toBe(version);
    for (const lines of [
      'channel_rules: [{ channel: A, source: b }]\n',
      'shop_hosts: [shop.example]\n',
      'campaigns: [{ id: a }]\n',
      'exclusions: { payment_hosts: [pay.example] }\n',
    ])
      expect(rulesVersion(config(lines))).not.toBe(version);
  });
});
