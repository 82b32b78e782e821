import type { Context } from './context.ts';
import { uniformAt } from './hash.ts';
import { GOOGLE_ADS, META_ADS } from './plan.ts';
import { countClick, countView, type Tallies } from './tallies.ts';

/** A visit to the shop. */
export interface Visit {
  person: number;
  /** instant, milliseconds since 1970 UTC */
  at: number;
  source: 'social' | 'ad' | 'direct' | 'organic_search' | 'email';
  /** channel and item that were clicked; -1 = none */
  channel: number;
  item: number;
  /** came without UTM, click id and referrer */
  isLost: boolean;
}

/** Looking around without having been reached by anything. */
export function browse(context: Context, person: number, day: number): Visit {
  const seed = context.population.seeds[person];
  const at = context.dayStarts[day] + 1000 * Math.floor(32400 + 46000 * uniformAt(seed, day, 190));
  return {
    person,
    at,
    source: unpaidSource(context, person, uniformAt(seed, day, 191)),
    channel: -1,
    item: -1,
    isLost: false,
  };
}

/**
 * The visit in which an order is placed, when the person did not arrive by a click of the same day.
 *
 * Some type the brand's name and click the search ad above the result: the ad is paid, and had no part in it. The more the
 * brand follows demand, the more of them.
 */
export function checkout(context: Context, tallies: Tallies, person: number, day: number, orderAt: number): Visit {
  const seed = context.population.seeds[person];
  const at = orderAt - 1000 * Math.floor(60 + 840 * uniformAt(seed, day, 192));
  const draw = uniformAt(seed, day, 193);
  if (draw < 0.22 * context.dials.confounding && !context.off.channels.has(GOOGLE_ADS)) {
    const item = context.plan.ads[GOOGLE_ADS].find(
      (ad) =>
        context.plan.campaigns[ad.campaign].id.startsWith('brand_search') &&
        day >= ad.start &&
        day < ad.end &&
        !context.off.campaigns.has(ad.campaign),
    );
    if (item) {
      const geo = context.population.geo[person];
      const market = context.dials.geos[geo].country === 'US' ? 1 : 0;
      countView(tallies, item, day, geo, market, 1, false);
      countClick(tallies, item, day, market);
      return { person, at, source: 'ad', channel: GOOGLE_ADS, item: item.index, isLost: false };
    }
  }
  return { person, at, source: unpaidSource(context, person, draw), channel: -1, item: -1, isLost: false };
}

/**
 * A retargeting click of somebody who was about to buy anyway: the more the brand follows demand, the more of them.
 * It is a touch, it costs money, and it changes nothing.
 */
export function retarget(context: Context, tallies: Tallies, person: number, day: number): Visit | null {
  const { plan, population, studies, off, dials } = context;
  const seed = population.seeds[person];
  if (((population.reachable[person] >> META_ADS) & 1) === 0 || off.channels.has(META_ADS)) return null;
  if (uniformAt(seed, day, 194) >= 0.4 * dials.confounding) return null;
  const then = day - 1 - Math.floor(3 * uniformAt(seed, day, 195));
  if (then < 0) return null;
  const geo = population.geo[person];
  const ads = plan.ads[META_ADS].filter(
    (ad) =>
      then >= ad.start &&
      then < ad.end &&
      !off.campaigns.has(ad.campaign) &&
      !(studies.geo?.campaign === ad.campaign && studies.geo.isHeldOut[geo] === 1) &&
      !(studies.user?.campaign === ad.campaign && studies.user.arm[person] === 2),
  );
  if (ads.length === 0) return null;
  const item = ads[Math.floor(ads.length * uniformAt(seed, day, 196))];
  const market = dials.geos[geo].country === 'US' ? 1 : 0;
  countView(tallies, item, then, geo, market, 2, false);
  countClick(tallies, item, then, market);
  const at = context.dayStarts[then] + 1000 * Math.floor(32400 + 46000 * uniformAt(seed, day, 197));
  const isLost = uniformAt(seed, day, 198) < dials.lostLinks;
  return { person, at, source: 'ad', channel: META_ADS, item: item.index, isLost };
}

function unpaidSource(context: Context, person: number, draw: number): 'direct' | 'organic_search' | 'email' {
  if (draw < 0.55) return 'direct';
  return draw > 0.85 && context.population.isKnown[person] === 1 ? 'email' : 'organic_search';
}
