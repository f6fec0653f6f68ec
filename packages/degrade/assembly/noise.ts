// Normal deviates as normal-deviates.ts draws them: words of Philox 4x32-10, Marsaglia's polar method, a logarithm from
// additions, multiplications and divisions. The same operations in the same order give the same bits.

let key0: u32 = 0;
let key1: u32 = 0;
let purpose: u32 = 0;
let block: u32 = 0;
let word0: u32 = 0;
let word1: u32 = 0;
let word2: u32 = 0;
let word3: u32 = 0;
/** Whether the second half of the block is still to be used. */
let halfUsed: bool = false;
let spare: f64 = 0;
let hasSpare: bool = false;

/** Begins the stream of a seed's two halves and of a purpose's hash. */
export function startNoise(low: u32, high: u32, hash: u32): void {
  key0 = low;
  key1 = high;
  purpose = hash;
  block = 0;
  halfUsed = false;
  hasSpare = false;
}

/** Adds noise to `count` samples in place, one deviate for `together` of them. */
export function addNoise(samples: usize, count: i32, together: i32, sigma: f64): void {
  const end = samples + count;
  while (samples < end) {
    const noise = sigma * deviate() + 0.5;
    for (const last = samples + together; samples < last; samples++) {
      const level = i32(Math.floor(f64(load<u8>(samples)) + noise));
      store<u8>(samples, min(max(level, 0), 255));
    }
  }
}

function deviate(): f64 {
  if (hasSpare) {
    hasSpare = false;
    return spare;
  }
  for (;;) {
    if (!halfUsed) nextBlock();
    const a = (f64(halfUsed ? word2 : word0) + 0.5) / 0x80000000 - 1;
    const b = (f64(halfUsed ? word3 : word1) + 0.5) / 0x80000000 - 1;
    halfUsed = !halfUsed;
    const square = a * a + b * b;
    if (square >= 1) continue;
    const factor = Math.sqrt((-2 * naturalLog(square)) / square);
    spare = b * factor;
    hasSpare = true;
    return a * factor;
  }
}

function nextBlock(): void {
  let c0 = block++;
  let c1 = purpose;
  let c2: u32 = 0;
  let c3: u32 = 0;
  let k0 = key0;
  let k1 = key1;
  for (let round = 0; round < 10; round++) {
    const product0 = u64(c0) * 0xd2511f53;
    const product1 = u64(c2) * 0xcd9e8d57;
    c0 = u32(product1 >> 32) ^ c1 ^ k0;
    c1 = u32(product1);
    c2 = u32(product0 >> 32) ^ c3 ^ k1;
    c3 = u32(product0);
    k0 += 0x9e3779b9;
    k1 += 0xbb67ae85;
  }
  word0 = c0;
  word1 = c1;
  word2 = c2;
  word3 = c3;
}

function naturalLog(x: f64): f64 {
  const bits = reinterpret<u64>(x);
  let exponent = i32(bits >> 52) - 1023;
  let mantissa = reinterpret<f64>((bits & 0xfffffffffffff) | 0x3ff0000000000000);
  if (mantissa > Math.SQRT2) {
    mantissa /= 2;
    exponent += 1;
  }
  const s = (mantissa - 1) / (mantissa + 1);
  const q = s * s;
  let sum: f64 = 1.0 / 23;
  sum = sum * q + 1.0 / 21;
  sum = sum * q + 1.0 / 19;
  sum = sum * q + 1.0 / 17;
  sum = sum * q + 1.0 / 15;
  sum = sum * q + 1.0 / 13;
  sum = sum * q + 1.0 / 11;
  sum = sum * q + 1.0 / 9;
  sum = sum * q + 1.0 / 7;
  sum = sum * q + 1.0 / 5;
  sum = sum * q + 1.0 / 3;
  sum = sum * q + 1;
  return f64(exponent) * Math.LN2 + 2 * s * sum;
}
