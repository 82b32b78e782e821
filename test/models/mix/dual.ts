/** Forward-mode automatic differentiation: a value and its derivative along one direction. */
export class Dual {
  readonly v: number;
  readonly d: number;
  constructor(v: number, d = 0) {
    this.v = v;
    this.d = d;
  }
}

type Num = Dual | number;
const of = (x: Num): Dual => (typeof x === 'number' ? new Dual(x) : x);

export const add = (...xs: Num[]): Dual => xs.map(of).reduce((a, b) => new Dual(a.v + b.v, a.d + b.d), new Dual(0));
export const sub = (a: Num, b: Num): Dual => new Dual(of(a).v - of(b).v, of(a).d - of(b).d);
export const mul = (...xs: Num[]): Dual =>
  xs.map(of).reduce((a, b) => new Dual(a.v * b.v, a.v * b.d + a.d * b.v), new Dual(1));
export const div = (a: Num, b: Num): Dual => {
  const x = of(a);
  const y = of(b);
  return new Dual(x.v / y.v, (x.d * y.v - x.v * y.d) / (y.v * y.v));
};
export const exp = (a: Num): Dual => new Dual(Math.exp(of(a).v), Math.exp(of(a).v) * of(a).d);
export const log = (a: Num): Dual => new Dual(Math.log(of(a).v), of(a).d / of(a).v);
export const pow = (a: Num, b: Num): Dual => exp(mul(b, log(a)));
export const sigmoid = (a: Num): Dual => div(1, add(1, exp(mul(-1, a))));
