import { InputError } from '../models/errors.ts';
import type { BudgetAsked } from '../pipeline/mix-budget-report.ts';
import { numberFlag } from './flags.ts';

/** Flags of `report budget`. */
export interface BudgetFlags {
  total?: string;
  bound?: string[];
  lock?: string[];
  targetRoi?: string;
  targetMroi?: string;
  profitable?: boolean;
}

/**
 * The budget that flags ask for, or undefined when none was given.
 *
 * @throws InputError `usage` for flags of another report, or that contradict each other
 */
export function budgetAsked(report: string, flags: BudgetFlags): BudgetAsked | undefined {
  const { total, bound, lock, targetRoi, targetMroi, profitable } = flags;
  const given = Object.entries({
    total,
    bound,
    lock,
    'target-roi': targetRoi,
    'target-mroi': targetMroi,
    profitable,
  }).filter(([, value]) => value !== undefined);
  if (given.length === 0) return undefined;
  if (report !== 'budget') throw new InputError('usage', `--${given[0][0]} belongs to "liftproof report budget"`);
  const goals = given.filter(([name]) => name.startsWith('target') || name === 'profitable');
  if (goals.length > 1)
    throw new InputError(
      'usage',
      `${goals.map(([name]) => `--${name}`).join(' and ')} contradict each other; give one`,
    );
  if (profitable && total === undefined)
    throw new InputError('usage', '--profitable needs --total: the most that may be spent');
  const channels: Record<string, { lower?: number; upper?: number; locked?: number }> = {};
  for (const text of bound ?? []) {
    const [, channel, least, most] =
      /^(.+)=([^:=]*):([^:=]*)$/.exec(text) ?? wrong('--bound', text, 'channel=least:most');
    channels[channel] = {
      ...(least === '' ? {} : { lower: numberFlag('--bound', least) }),
      ...(most === '' ? {} : { upper: numberFlag('--bound', most) }),
    };
  }
  for (const text of lock ?? []) {
    const [, channel, money] = /^(.+)=([^:=]+)$/.exec(text) ?? wrong('--lock', text, 'channel=money');
    channels[channel] = { locked: numberFlag('--lock', money) };
  }
  return {
    ...(total === undefined ? {} : { budget: numberFlag('--total', total) }),
    ...(profitable ? { spend: 'profitable' as const } : {}),
    ...(targetRoi === undefined ? {} : { target: { roi: numberFlag('--target-roi', targetRoi) } }),
    ...(targetMroi === undefined ? {} : { target: { mroi: numberFlag('--target-mroi', targetMroi) } }),
    channels,
  };
}

/**
 * An error of the planner in the words of the flags that asked: it knows channels and amounts, not where they were typed.
 *
 * @returns the error as it came where no flag is to blame
 */
export function inBudgetFlags(
  error: unknown,
  { total, bound = [], lock = [], targetRoi, targetMroi }: BudgetFlags,
): unknown {
  if (!(error instanceof InputError)) return error;
  const [, channel, rest] = /^budget\.channels(?:\.(\S+))?: (.*)$/s.exec(error.message) ?? [];
  if (rest !== undefined) {
    const blamed = [...lock.map((text) => ['--lock', text]), ...bound.map((text) => ['--bound', text])].find(
      ([, text]) => {
        const name = text.slice(0, text.lastIndexOf('='));
        return channel === undefined ? rest.startsWith(`${name} is no paid channel`) : name === channel;
      },
    );
    if (blamed === undefined) return error;
    return new InputError(error.code, `${blamed.join(' ')}: ${rest}`, { cause: error, details: error.details });
  }
  const [, whole] = /^budget: (.*)$/s.exec(error.message) ?? [];
  if (whole === undefined) return error;
  const flag = Object.entries({ 'target-roi': targetRoi, 'target-mroi': targetMroi, total }).find(
    ([, value]) => value !== undefined,
  );
  return flag === undefined
    ? error
    : new InputError(error.code, `--${flag[0]} ${flag[1]}: ${whole}`, { cause: error, details: error.details });
}

function wrong(flag: string, text: string, expected: string): never {
  throw new InputError('usage', `${flag} is ${text}; expected ${expected}`);
}
