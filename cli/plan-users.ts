import { userDesign, userMde } from '../models/lift/design-users.ts';
import { usersStudy } from '../pipeline/study-entry.ts';
import { numberFlag, wholeNumberFlag } from './flags.ts';
import { type StudyFlags, studyFacts, studyText } from './study-flags.ts';
import { type GlobalOptions, print, printJson } from './terminal.ts';

interface PlanUsersOptions extends GlobalOptions, StudyFlags {
  mean: string;
  sd: string;
  lift: string;
  correlation?: string;
  exposureRate?: string;
  treatedShare?: string;
  usersPerDay?: string;
  users?: string;
  level?: string;
  power?: string;
}

/** How many users a randomised test needs, or what a given number can find. */
export function planUsersCommand(options: PlanUsersOptions): void {
  const amount = (flag: string, text: string | undefined): number | undefined =>
    text === undefined ? undefined : numberFlag(flag, text);
  const asked = defined({
    mean: numberFlag('--mean', options.mean),
    deviation: numberFlag('--sd', options.sd),
    lift: numberFlag('--lift', options.lift),
    correlation: amount('--correlation', options.correlation),
    exposureRate: amount('--exposure-rate', options.exposureRate),
    treatedShare: amount('--treated-share', options.treatedShare),
    usersPerDay: amount('--users-per-day', options.usersPerDay),
    level: amount('--level', options.level) ?? 0.9,
    power: amount('--power', options.power) ?? 0.8,
  });
  const design = userDesign(asked);
  const users = options.users === undefined ? null : wholeNumberFlag('--users', options.users, 1);
  const found = users === null ? null : { users, mde: userMde(asked, users) };
  const study =
    design.days === null
      ? null
      : usersStudy(studyFacts(options), {
          days: design.days,
          treatedShare: asked.treatedShare ?? 0.5,
          cuped: (asked.correlation ?? 0) !== 0,
          level: asked.level,
          lift: asked.lift,
        });
  if (options.json) {
    const { savedByHistory, ...rest } = design;
    printJson({
      schema_version: 1,
      design: 'users',
      level: asked.level,
      power: asked.power,
      lift: asked.lift,
      ...rest,
      saved_by_history: savedByHistory,
      ...(found === null ? {} : { given: found }),
      studies: study === null ? [] : [study],
    });
    return;
  }
  const percent = (share: number): string => `${Number((100 * share).toPrecision(3))} %`;
  const rows: [string, string][] = [
    ['Users', `${design.users} (${design.treated} treated, ${design.control} held out)`],
    ['Duration', design.days === null ? 'give --users-per-day' : `${design.days} days`],
    ['Saved by history', `${design.savedByHistory} users`],
    ...(found === null ? [] : [[`${found.users} users find`, `a lift of ${percent(found.mde)}`] as [string, string]]),
  ];
  const width = Math.max(...rows.map(([label]) => label.length));
  print(
    `To find a lift of ${percent(asked.lift)} among the exposed with ${percent(asked.power)} power at the ${percent(asked.level)} level:\n`,
  );
  print(rows.map(([label, text]) => `${label.padEnd(width)}  ${text}`).join('\n'));
  print(`\n${studyText(study, 'its length is unknown without --users-per-day.')}`);
}

/** Without the options that were not given, so that defaults apply. */
function defined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
