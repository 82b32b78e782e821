import { InputError } from '../errors.ts';
import { DEFAULT_LEVEL } from '../estimate.ts';
import { quantileNormal } from '../numeric/distribution.ts';

export interface UserDesignOptions {
  /** mean and sd of the outcome per user over a window as long as the test, from history */
  mean: number;
  deviation: number;
  /** correlation of the outcome with the same user's outcome before the test, in (-1, 1); 0 without CUPED */
  correlation?: number;
  /** smallest lift worth finding, as a share of the mean, among those who are exposed */
  lift: number;
  /** share of the treated arm that will be exposed, in (0, 1]; dilutes the lift of the arm */
  exposureRate?: number;
  /** share of all users in the treated arm, default 0.5 */
  treatedShare?: number;
  level?: number;
  /** default 0.8 */
  power?: number;
  /** users who enter per day, for the duration */
  usersPerDay?: number;
}

export interface UserDesign {
  /** users in all, and per arm */
  users: number;
  treated: number;
  control: number;
  /** whole days until enough users have entered; null without `usersPerDay` */
  days: number | null;
  /** smallest lift of the exposed that this size finds, as a share of the mean */
  mde: number;
  /** users that history saves: those needed without CUPED less those needed with it */
  savedByHistory: number;
}

/**
 * How many users a randomised test needs.
 *
 *     users = (z_level + z_power)^2 sd^2 (1 - rho^2) (1 / share + 1 / (1 - share)) / (lift * mean * exposure rate)^2
 *
 * With equal arms that is 2 (z + z)^2 sd^2 (1 - rho^2) / delta^2 per arm. The test is two-sided at `level`.
 *
 * @throws InputError `bad_parameter` for a lift, sd or share out of range
 * @see Deng, Xu, Kohavi & Walker (2013), for the factor 1 - rho^2
 */
export function userDesign(options: UserDesignOptions): UserDesign {
  const checked = check(options);
  const { lift, treatedShare, correlation, usersPerDay } = checked;
  const users = Math.ceil(needed(checked, lift, correlation) - 1e-9);
  const treated = Math.ceil(users * treatedShare - 1e-9);
  return {
    users,
    treated,
    control: users - treated,
    days: usersPerDay === undefined ? null : Math.ceil(users / usersPerDay),
    mde: userMde(options, users),
    savedByHistory: Math.ceil(needed(checked, lift, 0) - 1e-9) - users,
  };
}

/**
 * Smallest lift of the exposed, as a share of the mean, that a test of so many users finds with the asked power.
 *
 * @param users  in all arms
 * @throws InputError as `userDesign`
 */
export function userMde(options: Omit<UserDesignOptions, 'lift'>, users: number): number {
  if (!(users > 0)) throw new InputError('bad_parameter', `users is ${users}; give the number in both arms`);
  const checked = check({ ...options, lift: 1 });
  return Math.sqrt(needed(checked, 1, checked.correlation) / users);
}

type Checked = Required<Omit<UserDesignOptions, 'usersPerDay'>> & { usersPerDay?: number };

function needed(options: Checked, lift: number, correlation: number): number {
  const { mean, deviation, exposureRate, treatedShare, level, power } = options;
  const z = quantileNormal(0.5 + level / 2) + quantileNormal(power);
  const delta = lift * mean * exposureRate;
  const arms = 1 / treatedShare + 1 / (1 - treatedShare);
  return (z * z * deviation * deviation * (1 - correlation ** 2) * arms) / (delta * delta);
}

function check(options: UserDesignOptions): Checked {
  const checked: Checked = {
    correlation: 0,
    exposureRate: 1,
    treatedShare: 0.5,
    power: 0.8,
    ...options,
    level: options.level ?? DEFAULT_LEVEL,
  };
  const range = (name: keyof Checked, ok: boolean, what: string): void => {
    if (!ok) throw new InputError('bad_parameter', `${name} is ${checked[name]}; give ${what}`);
  };
  range('mean', checked.mean > 0, 'a mean above 0');
  range('deviation', checked.deviation > 0, 'a standard deviation above 0');
  range('correlation', Math.abs(checked.correlation) < 1, 'a correlation between -1 and 1');
  range('lift', checked.lift > 0, 'a share above 0, such as 0.05');
  range('exposureRate', checked.exposureRate > 0 && checked.exposureRate <= 1, 'a share above 0, at most 1');
  range('treatedShare', checked.treatedShare > 0 && checked.treatedShare < 1, 'a share between 0 and 1');
  range('level', checked.level > 0 && checked.level < 1, 'a share between 0 and 1');
  range('power', checked.power > 0 && checked.power < 1, 'a share between 0 and 1');
  range('usersPerDay', checked.usersPerDay === undefined || checked.usersPerDay > 0, 'a number above 0');
  return checked;
}
