import { InputError } from '../errors.ts';

/** @throws InputError `bad_parameter` on settings with which nothing can be sampled or judged */
export function checkSampling(settings: {
  chains: number;
  draws: number;
  warmup: number;
  target: number;
  maxDepth: number;
}): void {
  const need = (name: keyof typeof settings, isRight: boolean, range: string): void => {
    if (!isRight) throw new InputError('bad_parameter', `mix: ${name} is ${settings[name]}; it must be ${range}`);
  };
  const { chains, draws, warmup, target, maxDepth } = settings;
  need('chains', Number.isInteger(chains) && chains >= 1 && chains <= 64, 'a whole number from 1 to 64');
  need('draws', Number.isInteger(draws) && draws >= 20, 'a whole number, at least 20');
  need('warmup', Number.isInteger(warmup) && warmup >= 20, 'a whole number, at least 20');
  need('target', target > 0.5 && target < 1, 'between 0.5 and 1');
  need('maxDepth', Number.isInteger(maxDepth) && maxDepth >= 1 && maxDepth <= 15, 'a whole number from 1 to 15');
}
