import { InputError } from '../models/errors.ts';
import { type PostingPower, postingPower } from '../models/lift/design-posting.ts';
import { postingRows, postingSchedule } from '../models/lift/posting-schedule.ts';
import { addDays } from '../pipeline/finance/calendar.ts';
import { readPanel } from '../pipeline/read-panel.ts';
import { calendarOf, postingStudy } from '../pipeline/study-entry.ts';
import { listFlag, numberFlag, shareFlag, wholeNumberFlag } from './flags.ts';
import { type StudyFlags, studyFacts, studyText } from './study-flags.ts';
import { type GlobalOptions, print, printJson, textTable } from './terminal.ts';

interface PlanPostingOptions extends GlobalOptions, StudyFlags {
  unit?: string;
  period?: string;
  outcome?: string;
  regions?: string;
  blocks: string;
  blockLength: string;
  washout: string;
  effects?: string;
  runs?: string;
  draws?: string;
  level?: string;
  power?: string;
  seed?: string;
}

/** When to post and when to hold back, by coin; and what history says such a schedule would find. */
export function planPostingCommand(file: string | undefined, options: PlanPostingOptions): void {
  const level = shareFlag('--level', options.level ?? '0.9');
  const power = shareFlag('--power', options.power ?? '0.8');
  const panel = file === undefined ? null : readPanel(file, panelColumns(options));
  const regions = options.regions === undefined ? panel?.units : listFlag('--regions', options.regions);
  if (regions === undefined) {
    throw new InputError('usage', 'no region; name a history file, or --regions (one name is enough)');
  }
  const design = {
    regions,
    blocks: wholeNumberFlag('--blocks', options.blocks, 1),
    blockLength: wholeNumberFlag('--block-length', options.blockLength, 1),
    washout: wholeNumberFlag('--washout', options.washout, 0),
    seed: wholeNumberFlag('--seed', options.seed ?? '1', 0),
  };
  const schedule = postingSchedule(design);
  const effects = listFlag('--effects', options.effects ?? '0.02,0.05,0.1,0.15,0.2,0.3').map((text) =>
    numberFlag('--effects', text),
  );
  const found =
    panel === null
      ? null
      : postingPower(
          panel,
          design,
          effects.sort((a, b) => a - b),
          {
            level,
            power,
            runs: options.runs === undefined ? 40 : wholeNumberFlag('--runs', options.runs, 1),
            draws: options.draws === undefined ? 199 : wholeNumberFlag('--draws', options.draws, 20),
          },
        );
  const rows = postingRows(schedule);
  const calendar = panel === null ? null : calendarOf(panel.periods);
  const study =
    panel !== null && calendar === null
      ? null
      : postingStudy(studyFacts(options), calendar, design, { outcome: options.outcome, level });
  if (options.json) {
    const { blockLength, posting: _, ...rest } = schedule;
    printJson({
      schema_version: 1,
      design: 'posting',
      level,
      power,
      schedule: { ...rest, block_length: blockLength, rows },
      found,
      studies: study === null ? [] : [study],
    });
    return;
  }
  const text = (id: string) => ({ id, label: id, type: 'text' as const });
  const whole = (id: string) => ({ id, label: id, type: 'decimal' as const, scale: 0 });
  // a team works by days; only a history of neither days nor weeks leaves the schedule without a calendar
  const days = (study?.block_days ?? 0) / design.blockLength;
  const dayOf = (period: number): string => addDays(study?.start as string, period * days);
  print(
    textTable({
      columns: [
        text('Region'),
        whole('Block'),
        ...(study === null ? [whole('First period'), whole('Last period')] : [text('First day'), text('Last day')]),
        text('Organic posts'),
      ],
      rows: rows.map(({ region, block, from, to, post }) => [
        region,
        String(block + 1),
        ...(study === null ? [String(from + 1), String(to + 1)] : [dayOf(from), addDays(dayOf(to + 1), -1)]),
        post ? 'post' : 'hold back',
      ]),
      totals: null,
    }),
  );
  print(
    `\nDrawn with seed ${design.seed}: write it down before the first period. The first ${design.washout} periods of each block are not read.`,
  );
  print(
    found === null ? 'Give a history file to learn what such a schedule would find.' : powerText(found, power, level),
  );
  print(`\n${studyText(study, 'the periods of the history are neither days nor weeks.')}`);
}

function panelColumns({ unit, period, outcome }: PlanPostingOptions): {
  unit: string;
  period: string;
  outcome: string;
} {
  if (unit === undefined || period === undefined || outcome === undefined) {
    throw new InputError('usage', 'a history file needs --unit, --period and --outcome');
  }
  return { unit, period, outcome };
}

function powerText({ curve, mde, runs }: PostingPower, power: number, level: number): string {
  const percent = (share: number): string => `${Number((100 * share).toPrecision(3))} %`;
  const points = curve.map(({ effect, power: at }) => `${percent(effect)}: ${percent(at)}`).join(', ');
  const head =
    mde === null
      ? `No effect that was tried is found with ${percent(power)} power: more blocks, more regions, or longer blocks.`
      : `Smallest effect found with ${percent(power)} power: ${percent(mde)}.`;
  return `${head}\nFound in ${runs} draws over history at the ${percent(level)} level, by planted effect: ${points}`;
}
