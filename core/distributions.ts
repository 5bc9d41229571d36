import { gammaln } from 'simple-statistics';

/**
 * The distributions that the tests of `core/` need. Own code because no package does it: @stdlib reaches for Node's built-in modules,
 * which Temporal's sandbox does not have; jstat and lib-r-math.js are off from the eighth digit on.
 */

/** More than a continued fraction needs for 10^6 degrees of freedom. */
const STEPS = 10_000;
const TINY = Number.MIN_VALUE / Number.EPSILON;

/**
 * The regularized incomplete beta function I_x(a, b); `y` is 1 - x, given so that it keeps its digits where x is near 1.
 * Continued fraction by Lentz's method: NIST Digital Library of Mathematical Functions, 8.17.22 (https://dlmf.nist.gov/8.17.v).
 */
function incompleteBeta(x: number, y: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (y <= 0) return 1;
  // Above this the fraction converges slowly; its mirror image does not.
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(y, x, b, a);
  const front = Math.exp(gammaln(a + b) - gammaln(a) - gammaln(b) + a * Math.log(x) + b * Math.log(y)) / a;
  let c = 1;
  let d = 1 / away(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m < STEPS; m += 1) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / away(1 + even * d);
    c = away(1 + even / c);
    fraction *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / away(1 + odd * d);
    c = away(1 + odd / c);
    fraction *= d * c;
    if (Math.abs(d * c - 1) < Number.EPSILON) break;
  }
  return front * fraction;
}

function away(value: number): number {
  return Math.abs(value) < TINY ? TINY : value;
}

/** P(T > t) for Student's t with `df` degrees of freedom. */
export function studentTail(t: number, df: number): number {
  const square = t * t;
  const tail = square === Infinity ? 0 : incompleteBeta(df / (df + square), square / (df + square), df / 2, 0.5) / 2;
  return t >= 0 ? tail : 1 - tail;
}

/**
 * The t that Student's t with `df` degrees of freedom exceeds with probability `tail`: bisection of `studentTail`.
 *
 * @throws RangeError unless 0 < tail < 1.
 */
export function studentCritical(tail: number, df: number): number {
  if (!(tail > 0 && tail < 1)) throw new RangeError(`a tail probability is between 0 and 1, not ${tail}`);
  if (tail > 0.5) return -studentCritical(1 - tail, df);
  let low = 0;
  let high = 1;
  while (studentTail(high, df) > tail) [low, high] = [high, high * 2];
  for (;;) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) return middle;
    if (studentTail(middle, df) > tail) low = middle;
    else high = middle;
  }
}

/**
 * P(X > x) for chi-square with `df` degrees of freedom: the regularized incomplete gamma function Q(df/2, x/2), by its series where x is
 * small and by its continued fraction where it is not (DLMF 8.11.4 and 8.9.2, https://dlmf.nist.gov/8).
 */
export function chiSquareTail(x: number, df: number): number {
  if (x <= 0) return 1;
  const [a, z] = [df / 2, x / 2];
  const front = Math.exp(a * Math.log(z) - z - gammaln(a));
  return z < a + 1 ? 1 - front * gammaSeries(a, z) : front * gammaFraction(a, z);
}

function gammaSeries(a: number, z: number): number {
  let term = 1 / a;
  let total = term;
  for (let n = 1; term > total * Number.EPSILON; n += 1) {
    term *= z / (a + n);
    total += term;
  }
  return total;
}

function gammaFraction(a: number, z: number): number {
  let b = z + 1 - a;
  let c = 1 / TINY;
  let d = 1 / away(b);
  let fraction = d;
  for (let n = 1; n < STEPS; n += 1) {
    const numerator = n * (a - n);
    b += 2;
    d = 1 / away(numerator * d + b);
    c = away(b + numerator / c);
    fraction *= d * c;
    if (Math.abs(d * c - 1) < Number.EPSILON) break;
  }
  return fraction;
}
