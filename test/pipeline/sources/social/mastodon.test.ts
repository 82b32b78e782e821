import { describe, expect, it } from 'vitest';
import { fixture, hasFixtures, reader } from './reading.ts';

const { read, workspace } = reader();

const own = {
  id: '1',
  username: 'shop',
  acct: 'shop',
  display_name: 'Shop',
  bot: false,
  url: 'https://social.example/@shop',
  uri: 'https://social.example/users/shop',
  followers_count: 12,
};
const stranger = {
  id: '9',
  username: 'ann',
  acct: 'ann@other.example',
  display_name: 'Ann Other',
  bot: false,
  url: 'https://other.example/@ann',
  uri: 'https://other.example/users/ann',
};
const status = (fields: object = {}) => ({
  id: '116839001581944849',
  created_at: '2026-06-30T13:42:00.000Z',
  in_reply_to_id: null,
  in_reply_to_account_id: null,
  visibility: 'public',
  uri: 'https://social.example/users/shop/statuses/116839001581944849',
  url: 'https://social.example/@shop/116839001581944849',
  replies_count: 2,
  reblogs_count: 3,
  favourites_count: 4,
  quotes_count: 1,
  content:
    '<p>Mug for <span class="h-card"><a href="https://other.example/@ann">@<span>ann</span></a></span> <a href="https://shop.example/?utm_source=mastodon&amp;uid=7"><span class="invisible">https://</span><span>shop.example/?utm_source=mastodon&amp;uid=7</span></a></p>',
  reblog: null,
  card: null,
  account: own,
  ...fields,
});
const notification = (type: string, fields: object = {}) => ({
  id: '23',
  type,
  created_at: '2026-06-30T14:00:00.000Z',
  account: stranger,
  status: {
    id: '116839001581944849',
    visibility: 'public',
    in_reply_to_id: null,
    created_at: '2026-06-30T13:42:00.000Z',
  },
  ...fields,
});
const json = (value: unknown) => JSON.stringify(value);

describe('statuses', () => {
  it('reads an own status with the counts its home server knew, boosts and quotes as shares', async () => {
    const posts = await read(json([status()]));
    expect(posts.receipt).toMatchObject({ kind: 'mastodon_statuses', accepted: 1 });
    expect(
      await posts.rows(
        'post',
        "post_id, account_id, kind, published_at, text_excerpt, link_url, native_ids ->> '$.uri' as uri, deleted_at",
      ),
    ).toEqual([
      {
        post_id: '116839001581944849',
        account_id: '1',
        kind: 'post',
        published_at: '2026-06-30T13:42:00.000Z',
        text_excerpt: 'Mug for @… https://shop.example/',
        link_url: 'https://shop.example/?utm_source=mastodon',
        uri: 'https://social.example/users/shop/statuses/116839001581944849',
        deleted_at: null,
      },
    ]);
    expect(await posts.metrics('116839001581944849')).toEqual({ reactions: 4, comments: 2, shares: 4 });
    expect(await posts.metrics('1')).toEqual({ followers: 12 });
  });

  it.each([
    ['a list', (records: object[]) => json(records)],
    ['indented, with a byte-order mark', (records: object[]) => `\uFEFF${JSON.stringify(records, null, 2)}`],
    ['one a line', (records: object[]) => records.map(json).join('\n')],
    [
      'keys in another order and keys nobody knows',
      (records: object[]) =>
        json(
          records.map((record) => Object.fromEntries([['new_key', { a: [1] }], ...Object.entries(record).reverse()])),
        ),
    ],
    ['a thread', (records: object[]) => json({ ancestors: [], descendants: records })],
  ])('reads the same from %s', async (_form, write) => {
    const posts = await read(write([status(), status({ id: '117', favourites_count: 0 })]));
    expect(posts.receipt).toMatchObject({ kind: 'mastodon_statuses', read: 2, accepted: 2, streams: { post: 2 } });
    expect((await posts.metrics('116839001581944849')).reactions).toBe(4);
  });

  it('keeps nothing of what only followers or the addressed may see', async () => {
    const posts = await read(
      json([
        status({ visibility: 'private' }),
        status({ id: '2', visibility: 'direct' }),
        status({ id: '3', visibility: 'unlisted' }),
      ]),
    );
    expect(await posts.rows('post', 'post_id')).toEqual([{ post_id: '3' }]);
    expect(await posts.rows('metric_observation', 'distinct entity_id', 'all')).toEqual([
      { entity_id: '1' },
      { entity_id: '3' },
    ]);
  });

  it('does not take a boost of somebody else for a post of ours', async () => {
    const posts = await read(json([status({ id: '5', reblog: status({ account: stranger }) }), status()]));
    expect(await posts.rows('post', 'post_id')).toEqual([{ post_id: '116839001581944849' }]);
  });

  it('refuses a thread of several accounts until ours is declared, and then reads ours alone', async () => {
    const thread = json([status(), status({ id: '6', account: stranger, content: '<p>never again</p>' })]);
    const refused = await read(thread);
    expect(refused.receipt).toMatchObject({ accepted: 0, rejected: 2, streams: { post: 0 } });
    expect(refused.receipt.rejects[0]).toMatchObject({
      column: '(record)',
      reason: 'the file holds statuses of several accounts; say with account which is ours',
    });
    for (const account of ['1', 'shop', '@Shop', '@shop@social.example', 'https://social.example/@shop']) {
      expect(await (await read(thread, { account })).rows('post', 'post_id')).toEqual([
        { post_id: '116839001581944849' },
      ]);
    }
    const everything = await workspace().warehouse.rows('select * from raw.post');
    expect(json(everything)).not.toContain('never again');
  });

  it('marks a deleted status and does not read the stale counts of that answer', async () => {
    const { content: _, ...rest } = status({ text: 'Mug' });
    const deleted = await read(json(rest), {}, { exportedAt: '2026-07-02T00:00:00Z' });
    expect(await deleted.rows('post', 'deleted_at, text_excerpt')).toEqual([
      { deleted_at: '2026-07-02T00:00:00Z', text_excerpt: 'Mug' },
    ]);
    expect(deleted.receipt.streams.metric_observation).toBe(0);
  });

  it('keeps every digit of an id', async () => {
    const long = await read(json(status({ id: '9007199254740993123' })));
    expect((await long.rows('post', 'post_id'))[0].post_id).toBe('9007199254740993123');
  });
});

describe('notifications', () => {
  it.each([
    ['favourite', {}, { kind: 'like', polarity: '1', post_id: '116839001581944849' }],
    ['reblog', {}, { kind: 'boost', polarity: '1', post_id: '116839001581944849' }],
    ['follow', { status: undefined }, { kind: 'follow', polarity: '1', post_id: null }],
    [
      'mention',
      { status: { id: '7', visibility: 'public', in_reply_to_id: '116839001581944849', content: '<p>@shop no</p>' } },
      { kind: 'reply', polarity: '0', post_id: '116839001581944849' },
    ],
    [
      'mention',
      { status: { id: '7', visibility: 'unlisted', in_reply_to_id: null, content: '<p>@shop hi</p>' } },
      { kind: 'mention', polarity: '0', post_id: null },
    ],
    [
      'quote',
      { status: { id: '8', visibility: 'public', quote: { quoted_status: { id: '116839001581944849' } } } },
      { kind: 'quote', polarity: '0', post_id: '116839001581944849' },
    ],
  ])('reads a %s', async (type, fields, expected) => {
    const events = await read(json([notification(type, fields)]));
    expect(events.receipt.kind).toBe('mastodon_notifications');
    expect(await events.rows('engagement_event', 'kind, polarity, post_id')).toEqual([expected]);
  });

  it('knows a person only by a key, and what was written only by a keyed hash', async () => {
    const reply = {
      id: '7',
      visibility: 'public',
      in_reply_to_id: '5',
      created_at: '2026-06-30T13:59:58.000Z',
      content: '<p>never buying again</p>',
    };
    const events = await read(json([notification('mention', { status: reply })]));
    const [event] = await events.rows('engagement_event');
    expect(event.actor_key).toBe(
      await workspace().warehouse.value(`select person_key('actor', 'https://other.example/users/ann')`),
    );
    expect(event).toMatchObject({
      engagement_id: '23',
      occurred_at: '2026-06-30T13:59:58.000Z',
      received_at: '2026-06-30T14:00:00.000Z',
    });
    expect(event.text_hash).toMatch(/^[\w-]{43}$/);
    expect(json(event)).not.toMatch(/ann|other\.example|never buying/i);
  });

  it('leaves out private messages, bots, and what is no engagement', async () => {
    const events = await read(
      json([
        notification('mention', { id: '1', status: { id: '7', visibility: 'direct', content: '<p>psst</p>' } }),
        notification('favourite', { id: '2', account: { ...stranger, bot: true } }),
        ...['poll', 'status', 'update', 'follow_request', 'moderation_warning'].map((type, i) =>
          notification(type, { id: String(10 + i) }),
        ),
        notification('favourite', { id: '3' }),
      ]),
    );
    expect(events.receipt).toMatchObject({ read: 8, accepted: 8, rejected: 0 });
    expect(await events.rows('engagement_event', 'engagement_id')).toEqual([{ engagement_id: '3' }]);
  });

  it('tells a reply to us from a reply to another who mentions us, once our account id is declared', async () => {
    const mention = notification('mention', {
      status: { id: '7', visibility: 'public', in_reply_to_id: '5', in_reply_to_account_id: '77', content: '<p>x</p>' },
    });
    expect(
      await (await read(json([mention]), { account: '1' })).rows('engagement_event', 'kind, post_id, account_id'),
    ).toEqual([{ kind: 'mention', post_id: null, account_id: '1' }]);
    expect(
      await (await read(json([mention]), { account: '77' })).rows('engagement_event', 'kind, post_id, account_id'),
    ).toEqual([{ kind: 'reply', post_id: '5', account_id: '77' }]);
  });
});

describe('own account', () => {
  it('reads the followers from verify_credentials', async () => {
    const account = await read(json({ ...own, source: { privacy: 'public' } }));
    expect(account.receipt.kind).toBe('mastodon_account');
    expect(await account.rows('metric_observation', 'entity_type, entity_id, metric, additivity, value')).toEqual([
      { entity_type: 'account', entity_id: '1', metric: 'followers', additivity: 'snapshot', value: '12' },
    ]);
    expect(await account.rows('source_account', 'handle, name')).toEqual([{ handle: 'shop', name: 'Shop' }]);
  });

  it('does not take a list of followers, other people, for one', async () => {
    await expect(read(json([{ ...stranger, followers_count: 3 }]))).rejects.toMatchObject({ code: 'unknown_source' });
  });
});

describe.skipIf(!hasFixtures())('recorded answers of a server', () => {
  interface Call {
    method: string;
    path: string;
    body: object;
  }
  const calls = (name: string): Call[] => JSON.parse(fixture(`mastodon/${name}.json`).toString('utf8'));

  it('sees favourites go 0, 1, 0, and does not believe the 1 in the answer to the deletion', async () => {
    const bodies = calls('test_status_fav_unfav').map((call) => call.body);
    expect(bodies).toHaveLength(4);
    const favourites: (number | undefined)[] = [];
    for (const [i, body] of bodies.entries()) {
      const asked = await read(JSON.stringify(body, null, i), {}, { exportedAt: `2026-08-01T14:0${i}:00Z` });
      favourites.push((await asked.metrics('117020586054490060')).reactions);
      if (i === 3) expect((await asked.rows('post', 'deleted_at'))[0].deleted_at).toBe('2026-08-01T14:03:00Z');
    }
    expect(favourites).toEqual([0, 1, 0, undefined]);
  });

  it('reads the mention of a notification list and of a single notification as one event', async () => {
    const [, , list, single] = calls('test_notifications_types').map((call) => call.body);
    const columns = 'engagement_id, kind, actor_key, occurred_at, visibility';
    const fromList = await (await read(json(list))).rows('engagement_event', columns);
    expect(fromList).toEqual([expect.objectContaining({ engagement_id: '23', kind: 'mention', visibility: 'public' })]);
    expect(await (await read(json(single))).rows('engagement_event', columns)).toEqual(fromList);
  });

  it('refuses an empty list: there is nothing to load', async () => {
    const empty = calls('test_notifications_types')[1].body;
    expect(empty).toEqual([]);
    await expect(read(json(empty))).rejects.toMatchObject({ code: 'unknown_source' });
  });

  it('reads a reply as the account that wrote it, and the credentials of another account', async () => {
    const [, credentials, reply] = calls('test_status_reply').map((call) => call.body);
    expect(await (await read(json(reply))).rows('post', 'kind, account_id, text_excerpt')).toEqual([
      { kind: 'reply', account_id: '117020565693913441', text_excerpt: '@… same!' },
    ]);
    expect((await read(json(credentials))).receipt.kind).toBe('mastodon_account');
  });
});
