import { existsSync, readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestWorkspace, testWorkspace } from '../helpers.ts';
import { buildUnder, ingestPlain, insertRaw, order } from './plain.ts';

const SHARED_VECTORS = new URL(
  '../../../shared/fixtures/channel_lists/ga4_channel_vectors_computed.csv',
  import.meta.url,
);

const CONFIG = `workspace: channels
reporting: { time_zone: UTC, currency: EUR }
shop_hosts: [shop.example]
campaigns: [{ id: spring }, { id: lena }, { id: meta_spring }]
campaign_map:
  - { campaign: lena, match: discount_code, value: LENA15 }
  - { campaign: meta_spring, match: utm_campaign, platform: facebook, value: fruehling }
  - { campaign: spring, match: regex, value: 'Spring Sale .*' }
  - { campaign: spring, match: platform_id, platform: meta, value: '120210000000000001' }
exclusions: { payment_hosts: [pay.bank.example], internal_hosts: [login.example] }
channel_rules:
  - { channel: Partners, source: partnerly }
  - { channel: Partner Ads, source: partnerly, medium: cpc }
  - { channel: House Ads, medium: house }
`;

/** What a visit says of itself; `url` is cleaned as every web source cleans it. */
interface Visit {
  url?: string;
  source?: string;
  medium?: string;
  campaign?: string;
  referrer?: string;
  click?: string;
  platform?: string;
  host?: string;
  bot?: string;
}

interface Placed {
  source: string | null;
  medium: string | null;
  campaign: string | null;
  content: string | null;
  channel: string;
  channel_ga4: string;
  campaign_id: string | null;
  is_spam: boolean;
  is_internal: boolean;
  is_eligible: boolean;
  is_informative: boolean;
  personal_values: string;
  template_values: string;
  repeated_keys: string;
  rules_version: string;
}

describe('channels', () => {
  let workspace: TestWorkspace;
  const placed = new Map<string, Placed>();
  const visits = new Map<string, Visit>();

  /** Registers a visit while the tests are collected; all are built together, once. */
  function visit(of: Visit): () => Placed {
    const id = JSON.stringify(of);
    visits.set(id, of);
    return () => placed.get(id)!;
  }

  beforeAll(async () => {
    workspace = await testWorkspace(CONFIG);
    const urls = new Map<string, string>();
    for (const { url } of visits.values()) {
      if (url === undefined) continue;
      const query = await workspace.warehouse.value<string | null>('select clean_query($url)', { url });
      if (query !== null) urls.set(url, query);
    }
    await insertRaw(
      workspace,
      'touch',
      [...visits].map(([id, of]) => ({
        touch_id: id,
        touched_at: '2026-03-01T00:00:00Z',
        kind: 'page',
        landing_query: of.url === undefined ? undefined : urls.get(of.url),
        landing_host: of.host,
        utm_source_raw: of.source,
        utm_medium_raw: of.medium,
        utm_campaign_raw: of.campaign,
        referrer_host: of.referrer,
        click_id_type: of.click,
        platform: of.platform,
        is_bot: of.bot,
      })),
    );
    await ingestPlain(workspace, {
      ...order('1', '2026-03-02T00:00:00Z', '10.00'),
      ad_entity: [{ platform: 'meta', level: 'ad', entity_id: 'ad-9', campaign_native_id: '120210000000000001' }],
      order_discount: [
        { shop_id: 's', source_order_id: '1', discount_index: '0', code: 'lena15' },
        { shop_id: 's', source_order_id: '1', discount_index: '1', code: 'WELCOME' },
      ],
    });
    await buildUnder(workspace, CONFIG);
    const rows = await workspace.warehouse.rows<Placed & { touch_id: string }>(`
      select touch.*, traffic.personal_values, traffic.template_values, traffic.repeated_keys
      from staging.touch as touch
      inner join staging.traffic as traffic on traffic.traffic_key = touch.traffic_key`);
    for (const row of rows) placed.set(row.touch_id, row);
  });
  afterAll(() => workspace.close());

  describe.skipIf(!existsSync(SHARED_VECTORS))("GA4's default channel group, by its published rules", () => {
    const rows: string[][] = existsSync(SHARED_VECTORS) ? parse(readFileSync(SHARED_VECTORS), { from: 2 }) : [];
    for (const [source, medium, campaign, expected] of rows) {
      const of = visit({ source: source || undefined, medium: medium || undefined, campaign: campaign || undefined });
      it(`${JSON.stringify([source, medium, campaign])} is ${expected}`, () => expect(of().channel_ga4).toBe(expected));
    }
  });

  describe('our own grouping', () => {
    const table: [Visit, string][] = [
      // what GA4's lists leave unassigned
      [{ source: 'x', medium: 'post' }, 'Organic Social'],
      [{ source: 'threads', medium: 'post' }, 'Organic Social'],
      [{ source: 'bluesky', medium: 'post' }, 'Organic Social'],
      [{ source: 'bsky.app', medium: 'referral' }, 'Organic Social'],
      [{ source: 'Twitter', medium: 'Social' }, 'Organic Social'],
      [{ source: 'newsletter', medium: 'Email ' }, 'Email'],
      // paid words that GA4 does not know
      [{ source: 'fb', medium: 'ads' }, 'Paid Social'],
      [{ source: 'facebook', medium: 'boosted' }, 'Paid Social'],
      [{ source: 'facebook', medium: 'sponsored' }, 'Paid Social'],
      [{ source: 'facebook', medium: 'social-paid' }, 'Paid Social'],
      [{ source: 'instagram', medium: 'promoted' }, 'Paid Social'],
      [{ source: 'meta', medium: 'cpm' }, 'Paid Social'],
      [{ source: 'meta', medium: 'paid_social' }, 'Paid Social'],
      // "ad" is a word, not a part of one
      [{ source: 'facebook', medium: 'broadcast' }, 'Organic Social'],
      [{ source: 'youtube', medium: 'cpv' }, 'Paid Video'],
      [{ source: 'youtube', medium: 'video' }, 'Organic Video'],
      [{ source: 'google', medium: 'cpc' }, 'Paid Search'],
      [{ source: 'somewhere', medium: 'cpc' }, 'Paid Other'],
      [{ source: 'somewhere', medium: 'banner' }, 'Display'],
      // groups of their own
      [{ source: 'linktr.ee', medium: 'referral' }, 'Link in Bio'],
      [{ source: 'chatgpt.com', medium: 'referral' }, 'AI Assistant'],
      [{ source: 'perplexity', medium: '(not set)' }, 'AI Assistant'],
      [{ referrer: 'chatgpt.com' }, 'AI Assistant'],
      [{ source: 'mastodon', medium: 'social' }, 'Fediverse'],
      [{ source: 'mastodon.social', medium: 'referral' }, 'Fediverse'],
      [{ referrer: 'mastodon.social' }, 'Fediverse'],
      [{ source: 'whatsapp', medium: 'dm' }, 'Messaging'],
      [{ source: 'messenger', medium: 'referral' }, 'Messaging'],
      [{ source: 'wa.me', medium: 'referral' }, 'Messaging'],
      [{ source: 'jane', medium: 'influencer' }, 'Influencer'],
      [{ source: 'instagram', medium: 'creator' }, 'Influencer'],
      [{ source: 'creator_jane', medium: 'affiliates' }, 'Affiliates'],
      [{ source: 'x', medium: 'social', campaign: 'Cross-Network' }, 'Cross-network'],
      // click ids
      [{ click: 'gclid' }, 'Paid Search'],
      [{ click: 'msclkid' }, 'Paid Search'],
      [{ click: 'ttclid' }, 'Paid Social'],
      [{ click: 'li_fat_id' }, 'Paid Social'],
      [{ click: 'fbclid' }, 'Organic Social'],
      [{ click: 'igshid' }, 'Organic Social'],
      [{ click: 'srsltid' }, 'Organic Search'],
      [{ click: 'fbclid', source: 'facebook', medium: 'paid_social' }, 'Paid Social'],
      [{ click: 'fbclid', referrer: 'l.facebook.com' }, 'Organic Social'],
      // referrers
      [{ referrer: 'www.google.com' }, 'Organic Search'],
      [{ referrer: 'l.facebook.com' }, 'Organic Social'],
      [{ referrer: 'blog.example' }, 'Referral'],
      [{ platform: 'instagram' }, 'Organic Social'],
      // not knowing is not knowing: a missing referrer is no proof of a typed address
      [{}, '(unattributed)'],
      [{ source: '(direct)', medium: '(none)' }, 'Direct'],
      [{ source: '(direct)' }, 'Direct'],
      [{ source: '(not set)', medium: '(not set)' }, 'Unassigned'],
    ];
    for (const [said, expected] of table) {
      const of = visit(said);
      it(`${JSON.stringify(said)} is ${expected}`, () => expect(of().channel).toBe(expected));
    }

    const listed = visit({ source: 'IGShopping', medium: 'social' });
    it('case does not count in the lists of GA4 either', () => expect(listed().channel_ga4).toBe('Organic Shopping'));

    it('every channel in the table is one that a journey can number', async () => {
      const known = await workspace.warehouse.rows<{ channel: string }>('select channel from rules.channel');
      const names = known.map((row) => row.channel);
      for (const [, channel] of table) expect(names).toContain(channel);
    });

    it('a discount code that the campaign map lists is Influencer, one that it does not list is nothing', async () => {
      expect(await workspace.warehouse.rows('select channel, campaign_id, matched_by from journey.step')).toEqual([
        { channel: 'Influencer', campaign_id: 'lena', matched_by: 'order_borne' },
      ]);
    });

    const untagged = visit({});
    const direct = visit({ source: '(direct)', medium: '(none)' });
    const tagged = visit({ source: 'x', medium: 'post' });
    it('only direct and unknown visits say nothing of where a buyer came from', () => {
      expect([untagged(), direct(), tagged()].map((touch) => touch.is_informative)).toEqual([false, false, true]);
    });

    const partner = visit({ source: 'Partnerly', medium: 'cpc' });
    const house = visit({ source: 'till', medium: 'house' });
    it('the rules of the workspace come first, in their order, and change only our own grouping', () => {
      expect(partner()).toMatchObject({ channel: 'Partners', channel_ga4: 'Paid Other' });
      expect(house()).toMatchObject({ channel: 'House Ads', channel_ga4: 'Unassigned' });
    });

    it('every touch says by which version of the rules it was grouped', () => {
      expect(partner().rules_version).toMatch(/^\d{4}-\d{2}\+[0-9a-f]{8}$/);
    });
  });

  describe('UTM rules', () => {
    const inQuery = visit({ url: 'https://shop.example/p?utm_source=ig&utm_medium=story' });
    const inFragment = visit({ url: 'https://shop.example/p#utm_source=ig&utm_medium=story' });
    const inPath = visit({ url: '/products/cup?utm_source=ig&utm_medium=story' });
    it('1: the query, the fragment and a landing path without a host are read', () => {
      for (const of of [inQuery, inFragment, inPath])
        expect(of()).toMatchObject({ source: 'instagram', medium: 'story', channel: 'Organic Social' });
    });

    const escaped = visit({ url: 'https://shop.example/?utm_source=x&amp;utm_medium=post' });
    const secondMark = visit({ url: 'https://shop.example/?a=1?utm_source=x&utm_medium=post' });
    const semicolon = visit({ url: 'https://shop.example/?utm_source=x;utm_medium=post' });
    it('2: &amp;, a second ? and ; are repaired', () => {
      for (const of of [escaped, secondMark, semicolon]) expect(of()).toMatchObject({ source: 'x', medium: 'post' });
    });

    const upperKey = visit({ url: 'https://shop.example/?UTM_Source=x&Utm_Medium=post' });
    const otherKey = visit({ url: 'https://shop.example/?foo_utm_source=x&utm_sources=y' });
    it('3: keys match whole and without case', () => {
      expect(upperKey()).toMatchObject({ source: 'x', medium: 'post' });
      expect(otherKey()).toMatchObject({ source: null, channel: '(unattributed)' });
    });

    const once = visit({ url: 'https://shop.example/?utm_source=x&utm_campaign=summer%20sale' });
    const twice = visit({ url: 'https://shop.example/?utm_source=x&utm_campaign=summer%2520sale' });
    const thrice = visit({ url: 'https://shop.example/?utm_source=x&utm_campaign=summer%252520sale' });
    const fourTimes = visit({ url: 'https://shop.example/?utm_source=x&utm_campaign=summer%25252520sale' });
    const percent = visit({ url: 'https://shop.example/?utm_source=x&utm_campaign=20%25_off' });
    const broken = visit({ url: 'https://shop.example/?utm_source=x&utm_campaign=100%_wool' });
    it('4: values are decoded while they look encoded, three times at most', () => {
      for (const of of [once, twice, thrice]) expect(of().campaign).toBe('summer_sale');
      expect(fourTimes().campaign).toBe('summer%20sale');
      expect(percent().campaign).toBe('20%_off');
      expect(broken().campaign).toBe('100%_wool');
    });

    const wide = visit({ url: 'https://shop.example/?utm_source=%EF%BC%A9%EF%BC%A7&utm_medium=%E2%80%8Bpost%20' });
    const templates = ['{{campaign.name}}', '__CAMPAIGN_NAME__', '{campaignid}', '[utm_source]'].map((campaign) =>
      visit({ source: 'x', medium: 'post', campaign }),
    );
    it('5: NFKC, spaces and zero-width characters are brought to one form; templates that were never filled in are dropped and counted', () => {
      expect(wide()).toMatchObject({ source: 'instagram', medium: 'post' });
      for (const of of templates) expect(of()).toMatchObject({ campaign: null, template_values: '1' });
    });

    const repeated = visit({ url: 'https://shop.example/?utm_source=x&utm_medium=post&utm_source=ig' });
    it('6: of a repeated key the last value holds, and the conflict is counted', () => {
      expect(repeated()).toMatchObject({ source: 'instagram', repeated_keys: '2' });
    });

    const spaced = visit({ source: 'X', medium: 'POST', campaign: ' Summer  Sale+2026 ' });
    it('7: values compare in lower case with _ for spaces and +', () => {
      expect(spaced()).toMatchObject({ source: 'x', medium: 'post', campaign: 'summer_sale_2026' });
    });

    const mapped = visit({ source: 'fb', medium: 'ads', campaign: 'Fruehling' });
    const otherPlatform = visit({ source: 'x', medium: 'ads', campaign: 'Fruehling' });
    const own = visit({ source: 'x', medium: 'ads', campaign: 'Spring' });
    const copied = visit({ source: 'x', medium: 'ads', campaign: 'Spring - Copy' });
    it('8: a copy is never silently the original: it is listed with the campaign that it looks like', async () => {
      expect(mapped().campaign_id).toBe('meta_spring');
      expect(otherPlatform().campaign_id).toBeNull();
      expect(own().campaign_id).toBe('spring');
      expect(copied().campaign_id).toBeNull();
      expect(
        await workspace.warehouse.rows(
          `select suggested_campaign_id from report.unmapped where campaign = 'spring_-_copy'`,
        ),
      ).toEqual([{ suggested_campaign_id: 'spring' }]);
    });

    const onInstagram = visit({ source: 'ig', medium: 'paid', campaign: '120210000000000001' });
    const elsewhere = visit({ source: 'tiktok', medium: 'paid', campaign: '120210000000000001' });
    const byAd = visit({ url: 'https://shop.example/?utm_source=fb&utm_medium=paid&utm_content=ad-9' });
    it("8: what is declared for Meta holds for Facebook and Instagram, an ad's own id for the campaign it is filed under", () => {
      expect(onInstagram().campaign_id).toBe('spring');
      expect(elsewhere().campaign_id).toBeNull();
      expect(byAd().campaign_id).toBe('spring');
    });

    const byPattern = visit({ source: 'x', medium: 'post', campaign: 'SPRING sale week 2' });
    const halfPattern = visit({ source: 'x', medium: 'post', campaign: 'my spring sale week 2' });
    it('8: a pattern holds for the whole value, without case', () => {
      expect(byPattern().campaign_id).toBe('spring');
      expect(halfPattern().campaign_id).toBeNull();
    });

    const mail = visit({ url: 'https://shop.example/?utm_source=x&utm_medium=email&utm_content=anna%40example.com' });
    const phone = visit({ source: 'x', medium: 'post', campaign: '+49 170 1234567' });
    const phoneInUrl = visit({
      url: 'https://shop.example/?utm_source=x&utm_content=%2B49%20170%201234567&utm_medium=post',
    });
    const discount = visit({ url: 'https://shop.example/?utm_source=x&utm_medium=post&utm_campaign=+20+off+2026' });
    it('9: a value that holds an e-mail address or a telephone number is dropped and counted', () => {
      expect(mail()).toMatchObject({ source: 'x', content: null, personal_values: '1' });
      expect(phone()).toMatchObject({ campaign: null, personal_values: '1' });
      expect(phoneInUrl()).toMatchObject({ source: 'x', medium: 'post', content: null, personal_values: '1' });
      expect(discount()).toMatchObject({ campaign: '20_off_2026', personal_values: '0' });
    });

    it('9: nothing personal is kept in what was cleaned, and all else is', async () => {
      const clean = (query: string): Promise<string> =>
        workspace.warehouse.value('select clean_query($url)', { url: `https://shop.example/?${query}` });
      expect(await clean('utm_source=a%40b.de&utm_medium=x&email=c@d.de&utm_term=d@e.fr')).toBe(
        'utm_source=(removed)&utm_medium=x&utm_term=(removed)',
      );
      expect(await clean('utm_source=+4917012345678&utm_medium=%252B49-170-1234567')).toBe(
        'utm_source=(removed)&utm_medium=(removed)',
      );
      expect(await clean('utm_source=+1_off&utm_campaign=120210000000000')).toBe(
        'utm_source=+1_off&utm_campaign=120210000000000',
      );
    });

    const inside = visit({ source: 'home', medium: 'banner', referrer: 'shop.example', host: 'shop.example' });
    const alsoInside = visit({ source: 'home', medium: 'banner', referrer: 'other.example', host: 'other.example' });
    const ownBelow = ['www.shop.example', 'checkout.shop.example', 'shop.example'].map((referrer) =>
      visit({ referrer, host: 'shop.example', source: 'home', medium: 'link' }),
    );
    const www = visit({ source: 'home', medium: 'banner', referrer: 'www.other.example', host: 'other.example' });
    const like = visit({ source: 'home', medium: 'banner', referrer: 'myshop.example', host: 'shop.example' });
    const outside = visit({ source: 'home', medium: 'banner', referrer: 'blog.example', host: 'shop.example' });
    it('10: UTM on a link inside the shop starts no new touch', () => {
      expect(inside()).toMatchObject({ is_internal: true, is_eligible: false });
      expect(alsoInside()).toMatchObject({ is_internal: true, is_eligible: false });
      expect(outside()).toMatchObject({ is_internal: false, is_eligible: true });
      for (const of of [...ownBelow, www]) expect(of()).toMatchObject({ is_internal: true, is_eligible: false });
      expect(like()).toMatchObject({ is_internal: false, is_eligible: true });
    });
  });

  describe('referrers', () => {
    const reddit = visit({ referrer: 'reddit.com' });
    const short = visit({ referrer: 't.co' });
    const looksLike = visit({ referrer: 'notreddit.com' });
    it('reddit.com is not t.co, and notreddit.com is not reddit.com', () => {
      expect(reddit()).toMatchObject({ source: 'reddit', channel: 'Organic Social' });
      expect(short()).toMatchObject({ source: 'x', channel: 'Organic Social' });
      expect(looksLike()).toMatchObject({ source: 'notreddit.com', channel: 'Referral' });
    });

    const subdomains = ['old.reddit.com', 'out.reddit.com'].map((referrer) => visit({ referrer }));
    const mobile = visit({ referrer: 'm.facebook.com' });
    it('a subdomain is its site', () => {
      for (const of of subdomains) expect(of().source).toBe('reddit');
      expect(mobile().source).toBe('facebook');
    });

    const spam = visit({ referrer: 'zvooq.eu' });
    const spamBelow = visit({ referrer: 'www.zvooq.eu' });
    it('referrer spam is left out, below a listed host as well', () => {
      for (const of of [spam, spamBelow]) expect(of()).toMatchObject({ is_spam: true, is_eligible: false });
    });

    const payment = [
      'checkout.stripe.com',
      'www.paypal.com',
      'www.sandbox.paypal.com',
      'pay.bank.example',
      'login.example',
    ].map((referrer) => visit({ referrer }));
    it('the way back from a payment page is not an arrival', () => {
      for (const of of payment) expect(of()).toMatchObject({ is_internal: true, is_eligible: false });
    });

    const machine = visit({ source: 'x', medium: 'post', bot: 'true' });
    it('bots are left out', () => expect(machine().is_eligible).toBe(false));
  });
});
