import type { Item } from './campaign.ts';
import { CHANNELS } from './channels.ts';
import type { Context } from './context.ts';
import { clearDiary, type Diary, writeDiary } from './diary.ts';
import { uniformAt } from './hash.ts';
import { META_ADS } from './plan.ts';
import { isPosting } from './studies.ts';
import { countClick, countEngagement, countView, type Tallies } from './tallies.ts';
import type { Visit } from './visits.ts';
import { cellOf, response } from './worlds.ts';

/** What exposure leaves behind besides the diary. */
export interface Traces {
  visits: Visit[];
  tallies: Tallies;
  /** per person: instant of the first exposure to the user study's ads; NaN = never */
  firstStudyExposure: Float64Array;
}

/**
 * Lets one person see, engage and click through the whole window, and fills the diary.
 *
 *     P(channel c reaches person i on day t) = min(0.95, attention(c, t) * exp(tilt of i's demand) * exp(tilt of place and day))
 *     stock(c, t) = stock(c, t - 1) * 0.5^(1 / halfLife(c)) + dose(t - delay)
 *     drive(t)    = sum_c strength(c) * stock / (stock + halfSaturation)
 *
 * Purposes 16 c .. 16 c + 7 of the person's seed belong to channel c, so a channel that never ran leaves the luck of
 * all others untouched.
 */
export function expose(context: Context, person: number, diary: Diary, traces: Traces): void {
  const { plan, population, off, dials, keep, halfSaturation, strength, geoTilt } = context;
  const seed = population.seeds[person];
  const geo = population.geo[person];
  const market = dials.geos[geo].country === 'US' ? 1 : 0;
  const reachable = population.reachable[person];
  const { personTilt } = context;
  const tilt = Math.exp(personTilt * population.affinity[person] - (personTilt * personTilt) / 2);
  // willingness to engage and to click follows demand as well, at half the strength
  const willing = Math.exp((personTilt / 2) * population.affinity[person] - (personTilt * personTilt) / 8);
  const isInUserStudy = context.studies.user !== null && context.studies.user.arm[person] === 1;
  const seen = new Set<number>();
  clearDiary(diary);

  for (let channel = 0; channel < CHANNELS.length; channel++) {
    diary.channelStart[channel] = diary.length;
    if (((reachable >> channel) & 1) === 0 || off.channels.has(channel)) continue;
    const spec = CHANNELS[channel];
    const purpose = 16 * channel;
    let stock = 0;
    diary.doseOn.fill(0);
    for (let day = 0; day < dials.days; day++) {
      stock *= keep[channel];
      const { items, cumulative } = plan.visible[channel][day];
      if (items.length > 0) {
        const chance = Math.min(0.95, cumulative[items.length - 1] * tilt * geoTilt[geo * dials.days + day]);
        if (uniformAt(seed, day, purpose) < chance) {
          const item = plan.items[pick(items, cumulative, uniformAt(seed, day, purpose + 1))];
          if (!isHidden(context, person, item, day)) {
            // a post is seen after it went out and before 18:00, so that an order of the same day can follow
            const second = item.kind === 'post' && item.start === day ? item.second : 21600;
            const seenAt = second + Math.floor((64800 - second) * uniformAt(seed, day, purpose + 2));
            const at = context.dayStarts[day] + 1000 * seenAt;
            countView(
              traces.tallies,
              item,
              day,
              geo,
              market,
              1 + Math.floor(2.2 * uniformAt(seed, day, purpose + 3)),
              !seen.has(item.index),
            );
            seen.add(item.index);
            let plain = spec.viewDose;
            let extra = 0;
            if (uniformAt(seed, day, purpose + 4) < spec.engageRate * willing) {
              extra = spec.engageDose;
              countEngagement(traces.tallies, item, day, geo, person, at + 20000, uniformAt(seed, day, purpose + 5));
            }
            const isClick = uniformAt(seed, day, purpose + 6) < spec.clickRate * willing;
            if (isClick) {
              plain += spec.clickDose;
              countClick(traces.tallies, item, day, market);
              diary.clickVisit[day] = traces.visits.length;
              traces.visits.push({
                person,
                at: at + 45000,
                source: spec.kind === 'paid' ? 'ad' : 'social',
                channel,
                item: item.index,
                isLost: uniformAt(seed, day, purpose + 7) < dials.lostLinks,
              });
            }
            if (isInUserStudy && channel === META_ADS && item.campaign === context.studies.user?.campaign) {
              const first = traces.firstStudyExposure[person];
              if (Number.isNaN(first) || at < first) traces.firstStudyExposure[person] = at;
            }
            diary.doseOn[day] = plain + extra;
            diary.earliestOrder[day] = Math.max(diary.earliestOrder[day], seenAt + 360);
            const withoutEngagement = spec.kind === 'organic' ? plain : plain + extra;
            writeDiary(
              diary,
              day,
              item.index,
              cellOf(plan, channel, item.campaign),
              isClick,
              plain + extra,
              withoutEngagement,
            );
          }
        }
      }
      if (day >= dials.delayDays) stock += diary.doseOn[day - dials.delayDays];
      if (stock > 0) diary.drive[day] += strength[channel] * response(stock, halfSaturation[channel]);
    }
  }
  diary.channelStart[CHANNELS.length] = diary.length;
}

/** Creator posts reach followers only; studies and worlds withhold campaigns from whom they hold out. */
function isHidden(context: Context, person: number, item: Item, day: number): boolean {
  const { studies, population, off, dials } = context;
  const geo = population.geo[person];
  if (off.campaigns.has(item.campaign)) return true;
  if (item.isCreator && population.isFollower[person] === 0) return true;
  if (studies.geo?.campaign === item.campaign && studies.geo.isHeldOut[geo] === 1) {
    return uniformAt(population.seeds[person], day, 860 + item.channel) >= dials.spillover;
  }
  if (studies.posting?.campaign === item.campaign) return !isPosting(studies.posting, geo, day);
  return studies.user?.campaign === item.campaign && item.channel === META_ADS && studies.user.arm[person] === 2;
}

function pick(items: Uint32Array, cumulative: Float64Array, draw: number): number {
  const target = draw * cumulative[items.length - 1];
  let low = 0;
  while (low < items.length - 1 && cumulative[low] <= target) low++;
  return items[low];
}
