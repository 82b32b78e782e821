/** Digits after the point of a currency's smallest unit (JPY 0, EUR 2, KWD 3), by ISO 4217 as the runtime knows it. */
export function currencyExponent(currency: string): number {
  let exponent = EXPONENTS.get(currency);
  if (exponent === undefined) {
    exponent =
      new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
    EXPONENTS.set(currency, exponent);
  }
  return exponent;
}

const EXPONENTS = new Map<string, number>();

/**
 * Divides with rounding half to even.
 *
 * @param divisor  > 0
 */
export function divideHalfEven(value: bigint, divisor: bigint): bigint {
  const negative = value < 0n;
  const size = negative ? -value : value;
  let quotient = size / divisor;
  const twice = 2n * (size % divisor);
  if (twice > divisor || (twice === divisor && quotient % 2n === 1n)) quotient++;
  return negative ? -quotient : quotient;
}

/** Plain decimal text (`-12.340000`) as an integer of 10^-scale units. @throws RangeError when digits would be lost */
export function parseDecimal(text: string, scale: number): bigint {
  const match = /^(-?)(\d*)(?:\.(\d*))?$/.exec(text);
  if (match === null || (match[2] === '' && !match[3])) throw new RangeError(`not a decimal: ${text}`);
  const fraction = (match[3] ?? '').replace(/0+$/, '');
  if (fraction.length > scale) throw new RangeError(`${text} has more than ${scale} decimals`);
  const size = BigInt((match[2] || '0') + fraction.padEnd(scale, '0'));
  return match[1] === '-' ? -size : size;
}

/** An integer of 10^-scale units as plain decimal text with all its digits. */
export function formatDecimal(value: bigint, scale: number): string {
  const digits = (value < 0n ? -value : value).toString().padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  return `${value < 0n ? '-' : ''}${whole}${scale === 0 ? '' : `.${digits.slice(digits.length - scale)}`}`;
}
