import { userDesign, userMde } from '../../models/lift/design-users.ts';
import { type StudyEntry, studyYaml, usersStudy } from '../study-entry.ts';
import type { UsersPlanRequest } from './plan-schema.ts';

export interface UsersPlanResult {
  schema_version: 1;
  design: 'users';
  level: number;
  power: number;
  lift: number;
  users: number;
  treated: number;
  control: number;
  /** null without `users_per_day` */
  days: number | null;
  mde: number;
  saved_by_history: number;
  /** what the users that there are would find */
  given?: { users: number; mde: number };
  studies: StudyEntry[];
  /** the same as lines that can be pasted */
  yaml: string | null;
}

/** How many users a randomised test needs. @throws InputError `bad_parameter` */
export function planUsers(asked: UsersPlanRequest, today: string): UsersPlanResult {
  const { level, power, lift } = asked;
  const options = {
    mean: asked.mean,
    deviation: asked.sd,
    lift,
    level,
    power,
    ...(asked.correlation === undefined ? {} : { correlation: asked.correlation }),
    ...(asked.exposure_rate === undefined ? {} : { exposureRate: asked.exposure_rate }),
    ...(asked.treated_share === undefined ? {} : { treatedShare: asked.treated_share }),
    ...(asked.users_per_day === undefined ? {} : { usersPerDay: asked.users_per_day }),
  };
  const { savedByHistory, ...design } = userDesign(options);
  const facts = { id: asked.id, question: asked.question, channels: asked.channels, start: asked.start, today };
  const study =
    design.days === null
      ? null
      : usersStudy(facts, {
          days: design.days,
          treatedShare: asked.treated_share ?? 0.5,
          cuped: (asked.correlation ?? 0) !== 0,
          level,
          lift,
        });
  return {
    schema_version: 1,
    design: 'users',
    level,
    power,
    lift,
    ...design,
    saved_by_history: savedByHistory,
    ...(asked.users === undefined ? {} : { given: { users: asked.users, mde: userMde(options, asked.users) } }),
    studies: study === null ? [] : [study],
    yaml: study && studyYaml(study),
  };
}
