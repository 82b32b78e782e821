import { InputError } from '../errors.ts';
import { type Paths, pathCount } from '../paths.ts';

/**
 * What every path model needs before it can share anything out.
 *
 * @throws InputError `bad_paths` when there is no row, no conversion, or revenue on a row without conversions
 * @throws RangeError when the arrays do not fit together (a mistake of the caller's code)
 */
export function checkPaths(paths: Paths): void {
  const count = pathCount(paths);
  const { offsets, steps, conversions, nonConversions, revenue } = paths;
  if (conversions.length !== count || nonConversions.length !== count || revenue.length !== count) {
    throw new RangeError(
      `paths: ${count} paths, ${conversions.length} conversions, ${nonConversions.length} others, ${revenue.length} revenues`,
    );
  }
  if (offsets[0] !== 0 || offsets[count] !== steps.length) throw new RangeError('paths: offsets do not span the steps');
  if (count === 0) throw new InputError('bad_paths', 'there are no paths; give at least one row');
  let converted = false;
  for (let i = 0; i < count; i++) {
    if (conversions[i] > 0) converted = true;
    else if (revenue[i] !== 0) {
      throw new InputError(
        'bad_paths',
        `row ${i + 1}: revenue is ${revenue[i]} but conversions is 0; give the count it came from`,
      );
    }
  }
  if (!converted) {
    throw new InputError(
      'bad_paths',
      `none of the ${count} paths converts, so there is nothing to share out; give conversions`,
    );
  }
}
