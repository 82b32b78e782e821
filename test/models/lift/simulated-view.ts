import type { PanelView } from '../../../models/lift/panel-view.ts';
import { random } from '../../../models/numeric/random.ts';

/** A market panel with levels, one shared shock, autocorrelated noise and a constant effect, for tests of lift. */
export function simulatedView(shape: {
  controls: number;
  treated: number;
  pre: number;
  post: number;
  effect: number;
  seed: number;
  /** autocorrelation of the noise, in [0, 1) */
  rho?: number;
}): PanelView {
  const { controls, treated, pre, post, effect, seed, rho = 0 } = shape;
  const draw = random(seed, 'simulated-view');
  const length = pre + post;
  const shock = new Float64Array(length);
  for (let t = 0; t < length; t++) shock[t] = 0.7 * (shock[t - 1] ?? 0) + draw.normal();
  const outcome = new Float64Array((controls + treated) * length);
  for (let u = 0; u < controls + treated; u++) {
    const level = 50 + 10 * draw.normal();
    const load = 0.5 + draw.uniform();
    let noise = draw.normal();
    for (let t = 0; t < length; t++) {
      noise = rho * noise + Math.sqrt(1 - rho * rho) * draw.normal();
      outcome[u * length + t] = level + load * shock[t] + noise + (u >= controls && t >= pre ? effect : 0);
    }
  }
  return {
    units: Array.from({ length: controls + treated }, (_, u) => `u${String(u).padStart(3, '0')}`),
    periods: Array.from({ length }, (_, t) => `t${String(t).padStart(3, '0')}`),
    controls,
    treated,
    pre,
    post,
    outcome,
  };
}
