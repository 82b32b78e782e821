import { InputError } from '../errors.ts';
import { type Random, random } from '../numeric/random.ts';

export interface PostingScheduleOptions {
  regions: readonly string[];
  /** number of time blocks, even: they are drawn in pairs of one on, one off */
  blocks: number;
  /** periods per block; whole weeks of daily data keep weekdays balanced */
  blockLength: number;
  /** periods at the start of every block that are not read, so that what the last block left behind has faded */
  washout: number;
  seed: number;
}

export interface PostingSchedule extends PostingScheduleOptions {
  /** regions x blocks, row-major; 1 = post, 0 = hold back */
  posting: Uint8Array;
}

/**
 * A randomised posting schedule: organic posting itself becomes the experiment.
 *
 * Per region, each pair of consecutive blocks holds one with and one without posting; a coin decides the order. Schedules in which
 * all regions do the same are drawn again, since nothing could be told from the calendar. The seed is part of the design, and
 * `redraw` gives the schedules that could have been: the read-out compares with them.
 *
 * @throws InputError `bad_parameter` for no region, an odd or too small number of blocks, or a washout that leaves nothing to read
 */
export function postingSchedule(options: PostingScheduleOptions): PostingSchedule {
  const { regions, blocks, blockLength, washout, seed } = options;
  if (regions.length === 0) throw new InputError('bad_parameter', 'no region; give at least one');
  if (new Set(regions).size !== regions.length) throw new InputError('bad_parameter', 'a region is named twice');
  if (!(Number.isInteger(blocks) && blocks >= 4 && blocks % 2 === 0)) {
    throw new InputError('bad_parameter', `blocks is ${blocks}; give an even number of at least 4`);
  }
  if (!(Number.isInteger(washout) && washout >= 0 && Number.isInteger(blockLength) && washout < blockLength)) {
    throw new InputError(
      'bad_parameter',
      `washout ${washout} of blocks of ${blockLength} periods leaves nothing to read`,
    );
  }
  return { ...options, posting: drawPosting(regions.length, blocks, random(seed, 'posting schedule')) };
}

/** The k-th schedule that could have been drawn instead, by the same coin. */
export function redraw(schedule: PostingSchedule, k: number): Uint8Array {
  return drawPosting(schedule.regions.length, schedule.blocks, random(schedule.seed, 'posting redraw', k));
}

function drawPosting(regions: number, blocks: number, rng: Random): Uint8Array {
  const posting = new Uint8Array(regions * blocks);
  do {
    posting.fill(0);
    for (let at = 0; at < posting.length; at += 2) posting[at + (rng.uniform() < 0.5 ? 0 : 1)] = 1;
  } while (regions > 1 && posting.every((on, at) => on === posting[at % blocks]));
  return posting;
}

/** One row of the calendar that the team works from. */
export interface PostingRow {
  region: string;
  block: number;
  /** first and last period of the block, counted from the start of the test */
  from: number;
  to: number;
  post: boolean;
}

/** The schedule as rows, by region and time. */
export function postingRows(schedule: PostingSchedule): PostingRow[] {
  return Array.from(schedule.posting, (post, at) => {
    const block = at % schedule.blocks;
    return {
      region: schedule.regions[Math.floor(at / schedule.blocks)],
      block,
      from: block * schedule.blockLength,
      to: (block + 1) * schedule.blockLength - 1,
      post: post === 1,
    };
  });
}
