import { isoDay } from './calendar.ts';
import { CHANNELS } from './channels.ts';
import type { Context } from './context.ts';
import type { Purchase } from './purchase.ts';
import { inEuro, type SpendRow } from './spend.ts';
import type { Tallies } from './tallies.ts';
import type { Missing, World } from './worlds.ts';

/** What a channel, campaign or event was really worth: sales of this market minus sales of the market without it. */
interface Effect {
  id: string;
  incremental_orders: number;
  /** order totals as charged, EUR */
  incremental_revenue: number;
  /** goods after discounts, without tax and shipping, less refunds, EUR */
  incremental_net_revenue: number;
}

interface ChannelEffect extends Effect {
  platform: string;
  kind: 'organic' | 'paid';
  group: string;
  spend: number;
  /** incremental revenue per unit of spend; null without spend */
  iroas: number | null;
}

interface StudyEffect extends Effect {
  kind: 'geo' | 'user' | 'posting';
  campaign: string;
  start_date: string;
  end_date: string;
}

export interface Truth {
  seed: number;
  currency: 'EUR';
  first_date: string;
  last_date: string;
  /** uncancelled orders, and what they brought */
  orders: number;
  revenue: number;
  net_revenue: number;
  refunds: number;
  spend: number;
  /** each row by switching that one thing off; rows need not add up to their total, as campaigns share a channel's
   *  saturation */
  channels: ChannelEffect[];
  campaigns: Effect[];
  groups: Effect[];
  totals: Effect[];
  /** what engaging (liking, commenting, sharing, saving, following) added to merely seeing the posts */
  social_engagement: Effect;
  /** negative: orders the boycott cost */
  boycott: Effect;
  /** geo: over the treated geos; user: over the treated arm; posting: over all geos and blocks */
  studies: StudyEffect[];
  parameters: Record<string, unknown>;
}

export function truthOf(
  context: Context,
  worlds: readonly World[],
  missing: readonly Missing[],
  tallies: Tallies,
  purchases: readonly Purchase[],
  spend: readonly SpendRow[],
): Truth {
  const { dials, plan, studies } = context;
  const effects = worlds.map((world, index) => ({ world, effect: effectOf(world.id, missing[index]) }));
  const of = (kind: World['kind']): Effect[] =>
    effects.filter(({ world }) => world.kind === kind).map(({ effect }) => effect);
  const spent = new Float64Array(CHANNELS.length);
  for (const row of spend) spent[plan.items[row.item].channel] += inEuro(context, row);
  const kept = purchases.filter((held) => !held.basket.isCancelled);
  const rate = (held: Purchase, day: number): number =>
    held.basket.currency === 'USD' ? context.euroPerDollar[day] : 1;
  return {
    seed: dials.seed,
    currency: 'EUR',
    first_date: isoDay(dials.firstDay),
    last_date: dials.lastDate,
    orders: kept.length,
    revenue: euros(tallies.revenueCents.reduce((sum, cents) => sum + cents, 0)),
    net_revenue: euros(kept.reduce((sum, held) => sum + held.basket.net * rate(held, held.day), 0)),
    refunds: euros(
      kept.reduce(
        (sum, held) => sum + held.basket.refund * (held.basket.refund > 0 ? rate(held, held.basket.refundDay) : 0),
        0,
      ),
    ),
    spend: euros(spent.reduce((sum, cents) => sum + cents, 0)),
    channels: of('channel').map((effect, index) => ({
      ...effect,
      platform: CHANNELS[index].platform,
      kind: CHANNELS[index].kind,
      group: CHANNELS[index].group,
      spend: euros(spent[index]),
      iroas: spent[index] > 0 ? Math.round((effect.incremental_revenue / euros(spent[index])) * 10000) / 10000 : null,
    })),
    campaigns: of('campaign'),
    groups: of('group'),
    totals: of('total'),
    social_engagement: of('engagement')[0],
    boycott: of('boycott')[0],
    studies: of('study').map((effect) => {
      const kind = effect.id === studies.geo?.name ? 'geo' : effect.id === studies.user?.name ? 'user' : 'posting';
      const campaign = plan.campaigns[studies[kind]?.campaign ?? 0];
      return {
        ...effect,
        kind,
        campaign: campaign.id,
        start_date: isoDay(dials.firstDay + campaign.start),
        end_date: isoDay(dials.firstDay + campaign.end - 1),
      };
    }),
    parameters: {
      persons: dials.persons,
      days: dials.days,
      confounding: dials.confounding,
      effect: dials.effect,
      boycott: dials.boycott,
      order_rate: dials.orderRate,
      season: dials.season,
      shock: dials.shock,
      affinity: dials.affinity,
      missing_consent: dials.missingConsent,
      lost_links: dials.lostLinks,
      refund_rate: dials.refundRate,
      delay_days: dials.delayDays,
      spillover: dials.spillover,
      stock_out_dates: Array.from(context.demand.availability.entries())
        .filter(([, share]) => share < 1)
        .map(([day]) => isoDay(dials.firstDay + day)),
      late_data: dials.lateData,
      without: dials.without,
      channels: CHANNELS.map((channel, index) => ({
        id: channel.id,
        strength: context.strength[index],
        decay_per_day: context.keep[index],
        half_saturation: context.halfSaturation[index],
        view_dose: channel.viewDose,
        engage_dose: channel.engageDose,
        click_dose: channel.clickDose,
      })),
    },
  };
}

function effectOf(id: string, missing: Missing): Effect {
  return {
    id: id === '' ? 'always_on' : id,
    incremental_orders: missing.orders,
    incremental_revenue: euros(missing.revenue),
    incremental_net_revenue: euros(missing.netRevenue),
  };
}

function euros(cents: number): number {
  return Math.round(cents) / 100;
}
