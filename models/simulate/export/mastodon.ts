import { CHANNEL_INDEX } from '../channels.ts';
import { hash32, seedOf } from '../hash.ts';
import type { Market } from '../market.ts';
import { ENGAGEMENT_KINDS } from '../tallies.ts';
import { shopHost } from './links.ts';
import { postsOn, withLink } from './posts.ts';

/** The brand's account on its home server. */
const ACCOUNT_ID = '110000000000000777';

function homeOf(market: Market): string {
  return `https://social.${shopHost(market)}`;
}

function account(market: Market): Record<string, unknown> {
  const home = homeOf(market);
  const username = market.context.dials.brand.toLowerCase();
  return {
    id: ACCOUNT_ID,
    username,
    acct: username,
    display_name: market.context.dials.brand,
    bot: false,
    url: `${home}/@${username}`,
    uri: `${home}/users/${username}`,
  };
}

/** `GET /api/v1/accounts/:id/statuses` of the brand's home server: newest first, counts as that server knows them. */
export function mastodonStatusesJson(market: Market): string {
  return `${JSON.stringify(
    postsOn(market, 'mastodon')
      .reverse()
      .map((post) => status(market, post)),
  )}\n`;
}

/** `GET /api/v1/notifications`: who favourited, boosted, replied and followed; the boycott's mentions among them. */
export function mastodonNotificationsJson(market: Market): string {
  const channel = CHANNEL_INDEX.get('mastodon') as number;
  const posts = new Map(postsOn(market, 'mastodon').map((post) => [post.item.index, post]));
  const { eventPerson, eventItem, eventKind, eventAt } = market.tallies;
  const seed = seedOf(market.context.dials.seed, 'fediverse');
  const notifications: { at: number; body: Record<string, unknown> }[] = [];
  for (let event = 0; event < eventKind.length; event++) {
    const post = posts.get(eventItem[event]);
    const isProtest = eventItem[event] === -1 - channel;
    if (!post && !isProtest) continue;
    const kind = ENGAGEMENT_KINDS[eventKind[event]];
    const type = { like: 'favourite', share: 'reblog', comment: 'mention', follow: 'follow' }[kind as string];
    // bookmarks are private to who sets them
    if (!type) continue;
    const person = actor(seed, eventPerson[event]);
    const created = new Date(eventAt[event]).toISOString();
    const text = isProtest ? 'Never buying from you again. #boycottnordlys' : 'Does this work for dry skin?';
    notifications.push({
      at: eventAt[event],
      body: {
        id: String(1000000 + event),
        type,
        group_key: `ungrouped-${1000000 + event}`,
        created_at: created,
        account: person,
        ...(type === 'mention' && {
          status: {
            id: String(BigInt(eventAt[event]) * 65536n + BigInt(event % 65536)),
            created_at: created,
            in_reply_to_id: post ? post.item.nativeId : null,
            in_reply_to_account_id: post ? ACCOUNT_ID : null,
            visibility: 'public',
            content: `<p>${text}</p>`,
            account: person,
            uri: `${person.uri}/statuses/${event}`,
          },
        }),
        ...(type !== 'mention' && type !== 'follow' && post && { status: shortStatus(market, post) }),
      },
    });
  }
  const ordered = notifications.sort((a, b) => b.at - a.at || (String(a.body.id) < String(b.body.id) ? 1 : -1));
  return `${JSON.stringify(ordered.map(({ body }) => body))}\n`;
}

/** The brand's own post as a notification carries it; counts stand in the statuses. */
function shortStatus(market: Market, post: ReturnType<typeof postsOn>[number]): Record<string, unknown> {
  const { id, created_at, in_reply_to_id, visibility, uri, url } = status(market, post);
  return { id, created_at, in_reply_to_id, visibility, uri, url };
}

function status(market: Market, post: ReturnType<typeof postsOn>[number]): Record<string, unknown> {
  const username = market.context.dials.brand.toLowerCase();
  const home = homeOf(market);
  const id = post.item.nativeId;
  return {
    id,
    created_at: new Date(post.at).toISOString(),
    in_reply_to_id: null,
    visibility: 'public',
    language: 'en',
    uri: `${home}/users/${username}/statuses/${id}`,
    url: `${home}/@${username}/${id}`,
    replies_count: post.comments,
    reblogs_count: post.shares,
    favourites_count: post.likes,
    quotes_count: 0,
    edited_at: null,
    content: `<p>${withLink(market, post.item, ' ').replaceAll('&', '&amp;')}</p>`,
    reblog: null,
    tags: [],
    card: null,
    account: account(market),
  };
}

/** A made-up neighbour in the fediverse; the same person keeps the same address. */
function actor(seed: number, person: number): Record<string, unknown> {
  const server = ['mastodon.example', 'fosstodon.example', 'chaos.example'][hash32(seed, person, 0) % 3];
  const username = `user${hash32(seed, person, 1) % 100000}_${person}`;
  return {
    id: String(200000 + person),
    username,
    acct: `${username}@${server}`,
    bot: false,
    url: `https://${server}/@${username}`,
    uri: `https://${server}/users/${username}`,
  };
}
