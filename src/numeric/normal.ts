/**
 * The normal distribution without a function whose last digit is the engine's
 * own choice: only + - * / and the square root, which IEEE 754 defines to the
 * last bit, so that every runtime on every machine gives the same digits.
 */

/** 2^0 to 2^53. */
const POWERS = Float64Array.from({ length: 54 }, (_, power) => 2 ** power);
const UNIT = 2 ** -52;

/**
 * The standard normal deviate below which the share (bits + ½) · 2^-52 of all
 * lie: algorithm AS 241 (PPND16) of Wichura, Applied Statistics 37 (1988),
 * good to about 16 digits.
 *
 * @param bits an integer from 0 to 2^52 - 1
 */
export function quantile(bits: number): number {
  // Exact, and exactly symmetric.
  const share = (bits + 0.5) * UNIT;
  const q = share - 0.5;
  if (q >= -0.425 && q <= 0.425) {
    const r = 0.180625 - q * q;
    return q *
      (((((((r * 2509.0809287301226727 + 33430.575583588128105) * r +
                            67265.770927008700853) * r +
                        45921.953931549871457) * r +
                    13731.693765509461125) * r + 1971.5909503065514427) * r +
            133.14166789178437745) * r + 3.387132872796366608) /
      (((((((r * 5226.495278852545925 + 28729.085735721942674) * r +
                            39307.89580009271061) * r + 21213.794301586595867) *
                      r +
                    5394.1960214247511077) * r + 687.1870074920579083) * r +
            42.313330701600911252) * r + 1);
  }
  const tail = q < 0 ? bits : POWERS[52]! - 1 - bits;
  const deviate = tailQuantile(Math.sqrt(-logOfShare(tail)));
  return q < 0 ? -deviate : deviate;
}

function tailQuantile(root: number): number {
  if (root <= 5) {
    const r = root - 1.6;
    return (((((((r * 7.7454501427834140764e-4 + 0.0227238449892691845833) * r +
                          0.24178072517745061177) * r +
                      1.27045825245236838258) * r +
                  3.64784832476320460504) * r + 5.7694972214606914055) * r +
          4.6303378461565452959) * r + 1.42343711074968357734) /
      (((((((r * 1.05075007164441684324e-9 + 5.475938084995344946e-4) * r +
                            0.0151986665636164571966) * r +
                        0.14810397642748007459) *
                      r + 0.68976733498510000455) * r + 1.6763848301838038494) *
              r +
            2.05319162663775882187) * r + 1);
  }
  const r = root - 5;
  return (((((((r * 2.01033439929228813265e-7 + 2.71155556874348757815e-5) * r +
                        0.0012426609473880784386) * r +
                    0.026532189526576123093) *
                  r + 0.29656057182850489123) * r + 1.7848265399172913358) * r +
        5.4637849111641143699) * r + 6.6579046435011037772) /
    (((((((r * 2.04426310338993978564e-15 + 1.4215117583164458887e-7) * r +
                          1.8463183175100546818e-5) * r +
                      7.868691311456132591e-4) *
                    r + 0.0148753612908506148525) * r +
              0.13692988092273580531) *
            r + 0.59983220655588793769) * r + 1);
}

const LN2_HIGH = 6.93147180369123816490e-01;
const LN2_LOW = 1.90821492927058770002e-10;

/**
 * The natural logarithm of (bits + ½) · 2^-52: log of Sun's fdlibm (1993),
 * less than 1 unit in the last place off.
 */
function logOfShare(bits: number): number {
  // An odd integer below 2^53, whose leading bit clz32 can tell.
  const whole = bits * 2 + 1;
  const top = Math.floor(whole / POWERS[32]!);
  let exponent = top > 0 ? 63 - Math.clz32(top) : 31 - Math.clz32(whole);
  let mantissa = whole / POWERS[exponent]!;
  if (mantissa > Math.SQRT2) {
    mantissa /= 2;
    exponent++;
  }
  const f = mantissa - 1;
  const s = f / (2 + f);
  const z = s * s;
  const w = z * z;
  const even = w *
    (3.999999999940941908e-01 +
      w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01));
  const odd = z *
    (6.666666666666735130e-01 +
      w * (2.857142874366239149e-01 +
          w * (1.818357216161805012e-01 + w * 1.479819860511658591e-01)));
  const half = 0.5 * f * f;
  const k = exponent - 53;
  return k * LN2_HIGH - ((half - (s * (half + even + odd) + k * LN2_LOW)) - f);
}
