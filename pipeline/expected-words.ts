const WORDS: Readonly<Record<string, string>> = {
  number: 'a number',
  int: 'a whole number',
  string: 'text',
  boolean: 'true or false',
  array: 'a list',
  object: 'settings of its own',
  record: 'settings of its own',
};
const BOUNDS: Readonly<Record<string, string>> = { '>=': 'at least', '>': 'above', '<=': 'at most', '<': 'below' };

/** What a setting has to be, in words, out of what the schema library says of it; its own sentences of ours stay as they are. */
export function expectedWords(message: string): string {
  const kind = /^Invalid input: expected (\w+)(?:, received .*)?$/.exec(message)?.[1];
  if (kind !== undefined) return WORDS[kind] ?? kind;
  return boundWords(message) ?? message.replace(/^Invalid input: expected /, '').replace(/, received .*$/, '');
}

/** `Too small: expected number to be >=5` as `a number of at least 5`; undefined for what is no bound. */
export function boundWords(message: string): string | undefined {
  const [, kind, sign, bound, unit] =
    /^Too (?:small|big): expected (\w+) to (?:be|have) (>=|>|<=|<)(\S+)(?: (\w+))?$/.exec(message) ?? [];
  if (kind === undefined) return undefined;
  if (unit !== undefined) return `${BOUNDS[sign]} ${bound} ${bound === '1' ? unit.replace(/s$/, '') : unit}`;
  return `${WORDS[kind] ?? kind} ${sign === '>=' || sign === '<=' ? 'of ' : ''}${BOUNDS[sign]} ${bound}`;
}
