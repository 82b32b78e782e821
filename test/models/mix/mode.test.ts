import { expect, test } from 'vitest';
import { findMode } from '../../../models/mix/mode.ts';

test('the mode of a badly scaled quadratic is found', () => {
  const scale = [1, 100, 1e4, 0.01];
  const mode = findMode(
    (z, gradient) => {
      let value = 0;
      scale.forEach((s, i) => {
        gradient[i] = -s * (z[i] - i);
        value -= 0.5 * s * (z[i] - i) ** 2;
      });
      return value;
    },
    new Float64Array(4).fill(5),
    new Uint8Array(4),
    500,
  );
  expect(mode.converged).toBe(true);
  for (let i = 0; i < 3; i++) expect(mode.at[i]).toBeCloseTo(i, 4);
});

test('frozen coordinates stay where they start', () => {
  const mode = findMode(
    (z, gradient) => {
      gradient[0] = -(z[0] - z[1]);
      gradient[1] = -(z[1] - 7);
      return -0.5 * (z[0] - z[1]) ** 2 - 0.5 * (z[1] - 7) ** 2;
    },
    Float64Array.of(0, 3),
    Uint8Array.of(0, 1),
    100,
  );
  expect(mode.at[1]).toBe(3);
  expect(mode.at[0]).toBeCloseTo(3, 4);
});

test('a curved valley (Rosenbrock) is followed to its end', () => {
  const mode = findMode(
    (z, gradient) => {
      const a = 1 - z[0];
      const b = z[1] - z[0] * z[0];
      gradient[0] = 2 * a + 400 * b * z[0];
      gradient[1] = -200 * b;
      return -a * a - 100 * b * b;
    },
    Float64Array.of(-1.2, 1),
    new Uint8Array(2),
    2000,
  );
  expect(mode.at[0]).toBeCloseTo(1, 4);
  expect(mode.at[1]).toBeCloseTo(1, 4);
});
