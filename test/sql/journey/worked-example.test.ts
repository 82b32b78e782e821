import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runChecks } from '../../../pipeline/judge.ts';
import { type TestWorkspace, testWorkspace } from '../../helpers.ts';
import { buildUnder, ingestPlain, order, type PlainRows, together } from '../plain.ts';

// Every number here is worked out by hand in docs/journeys.md.

const CONFIG = `workspace: example
reporting: { time_zone: UTC, currency: EUR }
campaigns:
  - { id: spring, starts: 2026-03-01, ends: 2026-03-31, window_credit: true }
campaign_map:
  - { campaign: spring, match: post_id, platform: instagram, value: A }
  - { campaign: spring, match: post_id, platform: facebook, value: B }
windows: { click_days: 30, campaign_days: 7 }
models: { half_life_days: 7, position: { first: 0.4, middle: 0.2, last: 0.4 } }
engagement: { weights: { reactions: 1, comments: 3 }, half_life_days: 2 }
`;

const engagement = (platform: string, post: string, metric: string, day: string, value: string) => ({
  platform,
  entity_type: 'post',
  entity_id: post,
  metric,
  grain: 'day',
  from_date: day,
  to_date: day,
  value,
  additivity: 'additive',
});

const POSTS: PlainRows = {
  post: [
    { platform: 'instagram', post_id: 'A', kind: 'post', published_at: '2026-03-05T08:00:00Z' },
    { platform: 'facebook', post_id: 'B', kind: 'post', published_at: '2026-03-08T08:00:00Z' },
  ],
  metric_observation: [
    engagement('facebook', 'B', 'reactions', '2026-03-09', '40'),
    engagement('facebook', 'B', 'comments', '2026-03-11', '10'),
    engagement('instagram', 'A', 'comments', '2026-03-11', '10'),
    engagement('instagram', 'A', 'reactions', '2026-03-13', '50'),
    // on the day of the order and after it: too late to have had a part
    engagement('instagram', 'A', 'comments', '2026-03-15', '500'),
    engagement('facebook', 'B', 'reactions', '2026-03-16', '500'),
    // eight days before: outside the window
    engagement('instagram', 'A', 'reactions', '2026-03-07', '500'),
  ],
};

const VISITS: PlainRows = {
  touch: [
    visit('t1', '2026-03-06T12:00:00Z', 'utm_source=instagram&utm_medium=social&utm_campaign=Spring&utm_content=A'),
    visit('t2', '2026-03-13T12:00:00Z', 'utm_source=facebook&utm_medium=social&utm_campaign=spring'),
    visit('t3', '2026-03-15T09:00:00Z', ''),
  ],
};

const LINK: PlainRows = { identity_link: [{ key_a: 'visitor:v', key_b: 'anna@example.com', kind: 'user_id' }] };

const OWN_SOURCE: PlainRows = {
  touch: [
    {
      touch_id: 'landing',
      touched_at: '2026-03-15T12:00:00Z',
      kind: 'order_landing',
      landing_query: 'utm_source=linktr.ee&utm_medium=bio&utm_campaign=spring',
      shop_id: 's',
      source_order_id: '1',
    },
  ],
};

const ORDER = together(
  order('1', '2026-03-15T12:00:00Z', '120.00', { tax: '20.00', customer_key: 'anna@example.com' }),
  {
    money_event: [
      {
        shop_id: 's',
        source_order_id: '1',
        money_event_id: '1:refund',
        kind: 'refund',
        occurred_at: '2026-04-02T10:00:00Z',
        amount: '-12.00',
        tax: '-2.00',
        currency: 'EUR',
      },
    ],
  },
);

function visit(id: string, at: string, query: string): Record<string, string> {
  return {
    touch_id: id,
    touched_at: at,
    kind: 'page',
    visitor_key: 'visitor:v',
    landing_query: query,
    has_analytics_consent: 'true',
  };
}

describe('one order that is reachable in three ways', () => {
  let workspace: TestWorkspace;

  describe('with a person link', () => {
    beforeAll(async () => {
      workspace = await testWorkspace(CONFIG);
      await ingestPlain(workspace, together(POSTS, VISITS, LINK, OWN_SOURCE, ORDER));
      await buildUnder(workspace, CONFIG);
    });
    afterAll(() => workspace.close());

    it('the person takes the whole order, and the unknown visit stands aside', async () => {
      expect(await steps(workspace)).toEqual([
        {
          step: '1',
          touch_id: 't1',
          channel: 'Organic Social',
          platform: 'instagram',
          post_id: 'A',
          matched_by: 'person',
        },
        {
          step: '2',
          touch_id: 't2',
          channel: 'Organic Social',
          platform: 'facebook',
          post_id: null,
          matched_by: 'person',
        },
      ]);
    });

    it('every model splits the 100.00 and the refund of 10.00 to the cent', async () => {
      expect(await amounts(workspace)).toEqual({
        first_touch: ['100.00', '0.00', '-10.00', '0.00'],
        last_touch: ['0.00', '100.00', '0.00', '-10.00'],
        last_non_direct: ['0.00', '100.00', '0.00', '-10.00'],
        linear: ['50.00', '50.00', '-5.00', '-5.00'],
        position_based: ['50.00', '50.00', '-5.00', '-5.00'],
        time_decay: ['33.33', '66.67', '-3.33', '-6.67'],
      });
    });

    it('a visit that names its post gives it all, a campaign visit is shared by kind and decay', async () => {
      expect(await posts(workspace, 'time_decay')).toEqual([
        {
          platform: 'facebook',
          post_id: 'B',
          engagement_kind: 'comments',
          matched_by: 'person',
          credit: '400000000',
          gross: '40.00',
          net: '36.00',
        },
        {
          platform: 'facebook',
          post_id: 'B',
          engagement_kind: 'reactions',
          matched_by: 'person',
          credit: '266666667',
          gross: '26.67',
          net: '24.00',
        },
        {
          platform: 'instagram',
          post_id: 'A',
          engagement_kind: 'link_clicks',
          matched_by: 'person',
          credit: '333333333',
          gross: '33.33',
          net: '30.00',
        },
      ]);
    });

    it('the refund counts in March by the day of the order and in April by its own', async () => {
      expect(await months(workspace)).toEqual([
        { basis: 'event_date', month: '2026-03', gross: '100.00', refunds: '0.00', net: '100.00', conversions: '1' },
        { basis: 'event_date', month: '2026-04', gross: '0.00', refunds: '-10.00', net: '-10.00', conversions: '0' },
        { basis: 'order_date', month: '2026-03', gross: '100.00', refunds: '-10.00', net: '90.00', conversions: '1' },
      ]);
    });

    it('no check is broken', async () => {
      const checks = await runChecks(workspace.warehouse, workspace.config);
      expect(checks.filter((check) => check.severity === 'error' && check.broken > 0)).toEqual([]);
    });
  });

  describe('without the person link', () => {
    beforeAll(async () => {
      workspace = await testWorkspace(CONFIG);
      await ingestPlain(workspace, together(POSTS, VISITS, OWN_SOURCE, ORDER));
      await buildUnder(workspace, CONFIG);
    });
    afterAll(() => workspace.close());

    it('the source that the order itself carries takes it', async () => {
      expect(await steps(workspace)).toEqual([
        {
          step: '1',
          touch_id: 'landing',
          channel: 'Link in Bio',
          platform: null,
          post_id: null,
          matched_by: 'order_borne',
        },
      ]);
      expect((await amounts(workspace)).time_decay).toEqual(['100.00', '-10.00']);
    });

    it('both posts share it by the engagement of the week before the order', async () => {
      expect(await posts(workspace, 'time_decay')).toEqual([
        {
          platform: 'facebook',
          post_id: 'B',
          engagement_kind: 'comments',
          matched_by: 'order_borne',
          credit: '166666667',
          gross: '16.67',
          net: '15.00',
        },
        {
          platform: 'facebook',
          post_id: 'B',
          engagement_kind: 'reactions',
          matched_by: 'order_borne',
          credit: '111111111',
          gross: '11.11',
          net: '10.00',
        },
        {
          platform: 'instagram',
          post_id: 'A',
          engagement_kind: 'comments',
          matched_by: 'order_borne',
          credit: '166666667',
          gross: '16.67',
          net: '15.00',
        },
        {
          platform: 'instagram',
          post_id: 'A',
          engagement_kind: 'reactions',
          matched_by: 'order_borne',
          credit: '555555555',
          gross: '55.55',
          net: '50.00',
        },
      ]);
    });
  });

  describe('without the person link and without a source of its own', () => {
    beforeAll(async () => {
      workspace = await testWorkspace(CONFIG);
      await ingestPlain(workspace, together(POSTS, VISITS, ORDER));
      await buildUnder(workspace, CONFIG);
    });
    afterAll(() => workspace.close());

    it('the campaign window shares it between the platforms by their engagement, the same under every model', async () => {
      expect(await steps(workspace)).toEqual([
        {
          step: '1',
          touch_id: 's:1:window:spring:facebook',
          channel: 'Organic Social',
          platform: 'facebook',
          post_id: null,
          matched_by: 'campaign_window',
        },
        {
          step: '2',
          touch_id: 's:1:window:spring:instagram',
          channel: 'Organic Social',
          platform: 'instagram',
          post_id: null,
          matched_by: 'campaign_window',
        },
      ]);
      const all = await amounts(workspace);
      for (const split of Object.values(all)) expect(split).toEqual(['27.78', '72.22', '-2.78', '-7.22']);
    });

    it('each platform shares its part over its posts and kinds', async () => {
      expect(await posts(workspace, 'linear')).toEqual([
        {
          platform: 'facebook',
          post_id: 'B',
          engagement_kind: 'comments',
          matched_by: 'campaign_window',
          credit: '166666667',
          gross: '16.67',
          net: '15.00',
        },
        {
          platform: 'facebook',
          post_id: 'B',
          engagement_kind: 'reactions',
          matched_by: 'campaign_window',
          credit: '111111111',
          gross: '11.11',
          net: '10.00',
        },
        {
          platform: 'instagram',
          post_id: 'A',
          engagement_kind: 'comments',
          matched_by: 'campaign_window',
          credit: '166666667',
          gross: '16.67',
          net: '15.00',
        },
        {
          platform: 'instagram',
          post_id: 'A',
          engagement_kind: 'reactions',
          matched_by: 'campaign_window',
          credit: '555555555',
          gross: '55.55',
          net: '50.00',
        },
      ]);
    });
  });

  describe('with nothing that reaches it', () => {
    beforeAll(async () => {
      workspace = await testWorkspace(CONFIG);
      await ingestPlain(workspace, together(VISITS, ORDER));
      await buildUnder(workspace, CONFIG);
    });
    afterAll(() => workspace.close());

    it('stays whole in the row (unattributed)', async () => {
      expect(await steps(workspace)).toEqual([]);
      expect(
        await workspace.warehouse.rows(`
          select distinct channel, matched_by, conversions, revenue_gross, refunds, revenue_net
          from report.attribution where basis = 'order_date'`),
      ).toEqual([
        {
          channel: '(unattributed)',
          matched_by: 'none',
          conversions: '1.000000000',
          revenue_gross: '100.000',
          refunds: '-10.000',
          revenue_net: '90.000',
        },
      ]);
      expect(await posts(workspace, 'linear')).toEqual([]);
    });
  });
});

describe('a refund', () => {
  it('is split by the frozen weights of its order, so that a refund in full leaves nothing anywhere', async () => {
    const workspace = await testWorkspace(CONFIG);
    try {
      const three = [1, 2, 3].map((i) => ({
        ...visit(`t${i}`, `2026-03-1${i}T00:00:00Z`, `utm_source=s${i}&utm_medium=referral`),
        visitor_key: 'anna@example.com',
      }));
      const back = (id: string, amount: string) => ({
        shop_id: 's',
        source_order_id: '1',
        money_event_id: id,
        kind: 'refund',
        occurred_at: '2026-04-02T10:00:00Z',
        amount,
        currency: 'EUR',
      });
      const sold = order('1', '2026-03-15T12:00:00Z', '100.00', { customer_key: 'anna@example.com' });
      await ingestPlain(
        workspace,
        together({ touch: three }, sold, { money_event: [back('r1', '-10.00'), back('r2', '-100.00')] }),
      );
      await buildUnder(workspace, CONFIG);
      const split = (event: string) =>
        workspace.warehouse
          .rows<{ minor: string }>(
            'select linear_minor as minor from attribution.amount where money_event_id = $event order by step',
            { event },
          )
          .then((rows) => rows.map((row) => Number(row.minor)));
      expect(await split('1:sale')).toEqual([3334, 3333, 3333]);
      expect(await split('r1')).toEqual([-334, -333, -333]);
      expect(await split('r2')).toEqual([-3334, -3333, -3333]);
    } finally {
      workspace.close();
    }
  });
});

function steps({ warehouse }: TestWorkspace): Promise<unknown[]> {
  return warehouse.rows(
    'select step, touch_id, channel, platform, post_id, matched_by from journey.step order by step',
  );
}

/** Per model: the parts of the sale in the order of steps, then those of the refund. */
async function amounts({ warehouse }: TestWorkspace): Promise<Record<string, string[]>> {
  const models = ['first_touch', 'last_touch', 'last_non_direct', 'linear', 'position_based', 'time_decay'];
  const rows = await warehouse.rows<Record<string, string>>(
    `select ${models.map((model) => `${model}_minor as ${model}`).join(', ')} from attribution.amount order by event_kind desc, step`,
  );
  return Object.fromEntries(models.map((model) => [model, rows.map((row) => money(row[model]))]));
}

async function posts({ warehouse }: TestWorkspace, model: string): Promise<unknown[]> {
  const rows = await warehouse.rows<Record<string, string>>(
    `select platform, post_id, engagement_kind, matched_by, credit, gross_minor, net_minor
     from result.post_credit where model = $model order by all`,
    { model },
  );
  return rows.map(({ gross_minor, net_minor, ...row }) => ({
    ...row,
    gross: money(gross_minor),
    net: money(net_minor),
  }));
}

async function months({ warehouse }: TestWorkspace): Promise<unknown[]> {
  return warehouse.rows(`
    select basis, strftime(report_date, '%Y-%m') as month, cast(cast(sum(revenue_gross) as decimal(18, 2)) as varchar) as gross,
        cast(cast(sum(refunds) as decimal(18, 2)) as varchar) as refunds, cast(cast(sum(revenue_net) as decimal(18, 2)) as varchar) as net,
        cast(cast(sum(conversions) as integer) as varchar) as conversions
    from report.attribution where model = 'time_decay' group by 1, 2 order by 1, 2`);
}

function money(minor: string): string {
  return (Number(minor) / 100).toFixed(2).replace(/^-(0\.00)$/, '$1');
}
