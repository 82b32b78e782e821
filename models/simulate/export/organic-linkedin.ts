import { isoDay } from '../calendar.ts';
import { hash32, seedOf } from '../hash.ts';
import type { Market } from '../market.ts';
import { ACCOUNTS, dayOf, postsOn, withLink } from './posts.ts';
import { csvFile, sparseCsvFile } from './text.ts';

/** LinkedIn share statistics (Fivetran): two snapshots of the same lifetime counts, the later one is the truth. */
export function linkedinSharesCsv(market: Market): string {
  const { lastDate, firstDay, days } = market.context.dials;
  const snapshots = [
    { date: isoDay(firstDay + Math.floor(days / 2)), share: 0.8 },
    { date: lastDate, share: 1 },
  ];
  const posts = postsOn(market, 'linkedin');
  const seed = seedOf(market.context.dials.seed, 'linkedin shares');
  return csvFile(
    [
      ...[
        '_fivetran_id',
        '_fivetran_synced',
        '_organization_entity_urn',
        '_share_entity_urn',
        'click_count',
        'comment_count',
      ],
      ...['engagement', 'impression_count', 'like_count', 'share_count'],
    ],
    snapshots.flatMap(({ date, share }, snapshot) =>
      posts
        .filter((post) => isoDay(dayOf(market, post.item)) < date)
        .map((post) => {
          const part = (count: number): number => Math.round(count * share);
          const total = part(post.clicks) + part(post.likes) + part(post.comments) + part(post.shares);
          return [
            hash32(seed, post.item.index, snapshot).toString(16),
            `${date}T22:59:43.438`,
            ACCOUNTS.linkedin,
            `urn:li:share:${post.item.nativeId}`,
            part(post.clicks),
            part(post.comments),
            post.views > 0 ? (total / part(post.views)).toFixed(4) : 0,
            part(post.views),
            part(post.likes),
            part(post.shares),
          ];
        }),
    ),
  );
}

/** LinkedIn posts (Fivetran): when each share was published. */
export function linkedinPostsCsv(market: Market): string {
  const header =
    '_fivetran_synced,author,commentary,container_entity,created_actor,created_time,distribution_external_distribution_channels,distribution_feed_distribution,first_published_at,id,last_modified_actor,last_modified_time,lifecycle_state,response_context_parent,response_context_root,visibility'.split(
      ',',
    );
  return sparseCsvFile(
    header,
    postsOn(market, 'linkedin').map((post) => {
      const at = `${new Date(post.at).toISOString().slice(0, 19).replace('T', ' ')}.678000 UTC`;
      return {
        _fivetran_synced: `${market.context.dials.lastDate} 22:40:48.712000 UTC`,
        author: ACCOUNTS.linkedin,
        commentary: withLink(market, post.item, ' '),
        created_time: at,
        distribution_external_distribution_channels: '[]',
        distribution_feed_distribution: 'MAIN_FEED',
        first_published_at: at,
        id: `urn:li:share:${post.item.nativeId}`,
        last_modified_time: at,
        lifecycle_state: 'PUBLISHED',
        visibility: 'PUBLIC',
      };
    }),
  );
}
