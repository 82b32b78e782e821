import { InputError } from '../../models/errors.ts';
import { type PostingPower, postingPower } from '../../models/lift/design-posting.ts';
import { postingRows, postingSchedule } from '../../models/lift/posting-schedule.ts';
import { addDays } from '../finance/calendar.ts';
import { postingStudy, type StudyEntry, studyYaml } from '../study-entry.ts';
import type { PlanHistory } from './plan-history.ts';
import type { PostingPlanRequest } from './plan-schema.ts';

const DRAWS = 199;

export interface PostingPlanResult {
  schema_version: 1;
  design: 'posting';
  outcome: string;
  seed: number;
  level: number;
  power: number;
  history: PlanHistory['about'];
  regions: string[];
  blocks: number;
  block_days: number;
  washout_days: number;
  /** in which region to post and when to hold back, by coin */
  schedule: { region: string; block: number; from: string; to: string; post: boolean }[];
  /** what history says such a schedule would find */
  found: PostingPower;
  studies: StudyEntry[];
  /** the same as lines that can be pasted */
  yaml: string | null;
}

/**
 * When to post and when to hold back, by coin; and what it would find on the history of the workspace.
 *
 * @throws InputError `insufficient_data`, `bad_parameter`
 */
export function planPosting(history: PlanHistory, asked: PostingPlanRequest, today: string): PostingPlanResult {
  const { panel, calendar, about } = history;
  const { level, power, seed } = asked;
  const unknown = (asked.regions ?? []).filter((region) => !panel.units.includes(region));
  if (unknown.length > 0)
    throw new InputError(
      'unknown_name',
      `${unknown.slice(0, 5).join(', ')}: not among the places with enough history; there are ${panel.units.slice(0, 20).join(', ')}`,
    );
  const regions = asked.regions ?? [...panel.units];
  const design = { regions, blocks: asked.blocks, blockLength: asked.block_days, washout: asked.washout_days, seed };
  const schedule = postingSchedule(design);
  const effects = [...asked.effects].sort((a, b) => a - b);
  const found = postingPower(panel, design, effects, { level, power, runs: asked.runs, draws: DRAWS });
  const facts = { id: asked.id, question: asked.question, channels: asked.channels, start: asked.start, today };
  const study = postingStudy(facts, calendar, design, { outcome: asked.outcome, level });
  const start = study.start as string;
  return {
    schema_version: 1,
    design: 'posting',
    outcome: asked.outcome,
    seed,
    level,
    power,
    history: about,
    regions,
    blocks: asked.blocks,
    block_days: asked.block_days,
    washout_days: asked.washout_days,
    schedule: postingRows(schedule).map(({ region, block, from, to, post }) => ({
      region,
      block: block + 1,
      from: addDays(start, from),
      to: addDays(start, to),
      post,
    })),
    found,
    studies: [study],
    yaml: studyYaml(study),
  };
}
