/** Columns that depend on time only, shared by all geos: trend, season, holidays. */
export interface TimeColumns {
  names: string[];
  /** which part of the decomposition each column belongs to */
  parts: ('trend' | 'season' | 'holiday')[];
  /** prior standard deviation of each coefficient, in scaled outcome */
  sds: Float64Array;
  /** weeks x columns, row-major, each column with mean 0 over the window */
  data: Float64Array;
}

/**
 * Steps of a piecewise-linear trend: column k is 0 before knot k, rises linearly to 1 at knot k + 1 and stays there, so a
 * coefficient is the rise between two knots and independent coefficients make the knots a random walk.
 *
 * @param weeks       number of weeks
 * @param from        first week of the window
 * @param to          week after the last that may place knots (training weeks only); later weeks hold the last level
 * @param everyWeeks  knot spacing; stretched so that knots divide the training weeks evenly
 * @returns           one length-`weeks` column per step
 */
export function trendColumns(weeks: number, from: number, to: number, everyWeeks: number): Float64Array[] {
  const span = to - 1 - from;
  const steps = Math.max(1, Math.round(span / everyWeeks));
  const width = span / steps;
  return Array.from({ length: steps }, (_, k) =>
    Float64Array.from({ length: weeks }, (_, t) => Math.min(1, Math.max(0, (t - from - k * width) / width))),
  );
}

/**
 * Sine and cosine of each harmonic of a year.
 *
 * @param phase  position of each week in years; any origin
 * @returns      sin 1, cos 1, sin 2, cos 2, ...
 */
export function fourierColumns(phase: Float64Array, order: number): Float64Array[] {
  const columns: Float64Array[] = [];
  for (let k = 1; k <= order; k++) {
    columns.push(phase.map((p) => Math.sin(2 * Math.PI * k * p)));
    columns.push(phase.map((p) => Math.cos(2 * Math.PI * k * p)));
  }
  return columns;
}

/**
 * Position of each period in years: from the calendar when all labels are ISO days, else from the index.
 *
 * @param periodWeeks  length of the cycle in weeks, 365.25 / 7 for a year
 */
export function yearPhase(periods: readonly string[], periodWeeks: number): Float64Array {
  const days = periods.map(dayNumber);
  const dated = days.every((day) => day !== null);
  return Float64Array.from(periods, (_, t) => (dated ? (days[t] as number) / 7 : t) / periodWeeks);
}

/** Days since 1970-01-01 of an ISO day, or null when the text is not one. */
export function dayNumber(text: string): number | null {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (!match) return null;
  const time = Date.UTC(Number(match[1]), Number(match[2]) - 1, Number(match[3]));
  return Number.isNaN(time) ? null : Math.round(time / 86_400_000);
}

/** Subtracts the mean over `from..` from every week, so that the level keeps its meaning. */
export function centred(column: Float64Array, from: number): Float64Array {
  let sum = 0;
  for (let t = from; t < column.length; t++) sum += column[t];
  const mean = sum / (column.length - from);
  return column.map((value) => value - mean);
}
