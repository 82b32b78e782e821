import { type PostingSchedule, postingSchedule } from '../lift/posting-schedule.ts';
import { hash32, seedOf } from './hash.ts';
import type { Dials } from './options.ts';
import type { Plan } from './plan.ts';

/** Who was assigned to what before anything happened. */
export interface Studies {
  geo: GeoStudy | null;
  user: UserStudy | null;
  posting: PostingStudy | null;
}

interface GeoStudy {
  name: string;
  campaign: number;
  /** one entry per geo: 1 = kept free of the campaign */
  isHeldOut: Uint8Array;
  start: number;
  end: number;
}

interface UserStudy {
  name: string;
  campaign: number;
  /** one entry per person: 0 = not in the study, 1 = ads as usual, 2 = kept free of them */
  arm: Uint8Array;
  start: number;
  end: number;
}

/** A switchback: by region and time block a coin decides whether the extra posts are shown. */
export interface PostingStudy {
  name: string;
  campaign: number;
  schedule: PostingSchedule;
}

/**
 * Randomises geos and persons by seed: a fixed number of geos held out, and a share of the known persons.
 *
 * The geo study withholds a whole campaign from its held-out geos, the user study withholds one campaign's Meta ads
 * from its held-out persons. Both run as long as their campaign.
 */
export function assign(dials: Dials, plan: Plan, isKnown: Uint8Array): Studies {
  return { geo: assignGeos(dials, plan), user: assignUsers(dials, plan, isKnown), posting: assignBlocks(dials, plan) };
}

function assignGeos(dials: Dials, plan: Plan): GeoStudy | null {
  const count = Math.round(dials.geos.length * dials.holdoutGeos);
  if (plan.geoStudyCampaign < 0 || count === 0 || count === dials.geos.length) return null;
  const campaign = plan.campaigns[plan.geoStudyCampaign];
  const seed = seedOf(dials.seed, 'geo study');
  const order = dials.geos
    .map((_, geo) => ({ geo, draw: hash32(seed, geo, 0) }))
    .sort((a, b) => a.draw - b.draw || a.geo - b.geo);
  const isHeldOut = new Uint8Array(dials.geos.length);
  for (const { geo } of order.slice(0, count)) isHeldOut[geo] = 1;
  return {
    name: `${campaign.id}_geo_holdout`,
    campaign: plan.geoStudyCampaign,
    isHeldOut,
    start: campaign.start,
    end: campaign.end,
  };
}

function assignUsers(dials: Dials, plan: Plan, isKnown: Uint8Array): UserStudy | null {
  if (plan.userStudyCampaign < 0) return null;
  const campaign = plan.campaigns[plan.userStudyCampaign];
  const seed = seedOf(dials.seed, 'user study');
  const arm = new Uint8Array(dials.persons);
  for (let i = 0; i < dials.persons; i++) {
    if (isKnown[i]) arm[i] = hash32(seed, i, 0) / 4294967296 < dials.holdoutUsers ? 2 : 1;
  }
  return {
    name: `${campaign.id}_meta_users`,
    campaign: plan.userStudyCampaign,
    arm,
    start: campaign.start,
    end: campaign.end,
  };
}

function assignBlocks(dials: Dials, plan: Plan): PostingStudy | null {
  const { postingBlockDays: blockLength, days, geos, seed } = dials;
  if (plan.postingCampaign < 0) return null;
  const schedule = postingSchedule({
    regions: geos.map((geo) => geo.id),
    blocks: 2 * Math.floor(days / (2 * blockLength)),
    blockLength,
    washout: Math.floor(blockLength / 3),
    seed,
  });
  return { name: 'posting_schedule', campaign: plan.postingCampaign, schedule };
}

/** Whether the extra posts are shown in a geo on a day; days after the last block are off. */
export function isPosting({ schedule }: PostingStudy, geo: number, day: number): boolean {
  const block = Math.floor(day / schedule.blockLength);
  return block < schedule.blocks && schedule.posting[geo * schedule.blocks + block] === 1;
}
