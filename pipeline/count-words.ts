/** A number with its word: `1 line`, `3 lines`. */
export function countWords(count: number | string, one: string, many = `${one}s`): string {
  return `${count} ${Number(count) === 1 ? one : many}`;
}
