import { useEngine, upsampleNearest2x } from '@sparnet/engine';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs';

await useEngine('wasm');
type T4 = tf.Tensor4D;
const bs = (x: T4, axis: 1 | 2, start: number, length: number): T4 => {
  const [b, h, w, c] = x.shape;
  const block = axis === 1 ? w * c : c; const outer = axis === 1 ? b : b * h;
  const m = tf.reshape(x, [outer, x.size / outer]);
  return tf.reshape(tf.slice(m, [0, start * block], [outer, length * block]), axis === 1 ? [b, length, w, c] : [b, h, length, c]);
};
function conv(x: T4, dy: T4, K: number, s: number): T4 {
  const r = tf.conv2d(tf.transpose(x, [3, 1, 2, 0]), tf.transpose(dy, [1, 2, 0, 3]), 1, 'valid', 'NHWC', s);
  const e = r.shape[1] === K ? r : tf.slice(r, [0, 0, 0, 0], [r.shape[0], K, K, r.shape[3]]);
  return tf.transpose(e, [1, 2, 0, 3]);
}
// roles swapped: dy as images, x as filter: dW[kh,kw] = sum x[h+kh] dy[h]: dy padded by K-1, result reversed
function convSwap(x: T4, dy: T4, K: number): T4 {
  const im = tf.transpose(tf.pad(dy, [[0, 0], [K - 1, K - 1], [K - 1, K - 1], [0, 0]]), [3, 1, 2, 0]);
  const f = tf.transpose(x, [1, 2, 0, 3]);
  const r = tf.conv2d(im as T4, f as T4, 1, 'valid'); // [D,K,K,C]
  return tf.transpose(tf.reverse(r, [1, 2]), [1, 2, 3, 0]);
}
function matmul9(x: T4, dy: T4, K: number): T4 {
  const [n, h, w, d] = dy.shape; const c = x.shape[3]; const g = tf.reshape(dy, [n * h * w, d]); const p: tf.Tensor2D[] = [];
  for (let i = 0; i < K; i++) { const rows = bs(x, 1, i, h);
    for (let j = 0; j < K; j++) { const win = bs(rows, 2, j, w); const t = tf.transpose(tf.reshape(win, [n * h * w, c])) as tf.Tensor2D; p.push(tf.matMul(t, g as tf.Tensor2D)); tf.dispose([win, t]); } }
  return tf.reshape(tf.concat(p, 0), [K, K, c, d]);
}
const onGrid = (dy: T4, H: number, W: number): T4 => { const [, h, w] = dy.shape; return tf.pad(dy, [[0, 0], [0, H - h], [0, W - w], [0, 0]]); };
// shift trick: x transposed once, windows are contiguous column ranges
function shift(x: T4, dy: T4, K: number, chunk = Infinity): T4 {
  const [n, H, W, c] = x.shape; const d = dy.shape[3];
  const L = n * H * W; const M = L - (K - 1) * W - (K - 1);
  const xt = tf.transpose(tf.reshape(x, [L, c])); const g = tf.reshape(onGrid(dy, H, W), [L, d]);
  const sums: tf.Tensor2D[] = [];
  for (let start = 0; start < M; start += chunk) {
    const len = Math.min(chunk, M - start);
    const b = tf.slice(g, [start, 0], [len, d]) as tf.Tensor2D;
    for (let s = 0; s < K * K; s++) {
      const a = tf.slice(xt, [0, start + Math.floor(s / K) * W + (s % K)], [c, len]) as tf.Tensor2D;
      const p = tf.matMul(a, b); a.dispose();
      const o = sums[s]; sums[s] = o ? tf.add(o, p) : p; if (o) { o.dispose(); p.dispose(); }
    }
    b.dispose();
  }
  return tf.reshape(tf.concat(sums, 0), [K, K, c, d]);
}
// one convolution of the transposed image, rows as taps, a row's pixels as channels, kw copies of dy as output channels
function rowConv(x: T4, dy: T4, K: number): T4 {
  const [n, H, W, c] = x.shape; const [, h, w, d] = dy.shape;
  const im = tf.reshape(tf.transpose(tf.reshape(x, [n * H * W, c])), [1, c, n * H, W]);
  const copies = Array.from({ length: K }, (_, j) => tf.pad(dy, [[0, 0], [0, H - h], [j, W - w - j], [0, 0]]));
  const all = tf.reshape(tf.concat(copies, 3), [n * H, W * K * d]);
  const f = tf.reshape(tf.slice(all, [0, 0], [n * H - (K - 1), W * K * d]), [1, n * H - (K - 1), W, K * d]);
  const r = tf.conv2d(im as T4, f as T4, 1, 'valid'); // [1,c,K,K*d]
  return tf.transpose(tf.reshape(r, [c, K, K, d]), [1, 2, 0, 3]);
}
// the same, a convolution for each kw (three)
function rowConv3(x: T4, dy: T4, K: number): T4 {
  const [n, H, W, c] = x.shape; const [, h, w, d] = dy.shape;
  const im = tf.reshape(tf.transpose(tf.reshape(x, [n * H * W, c])), [1, c, n * H, W]);
  const parts = Array.from({ length: K }, (_, j) => {
    const g = tf.reshape(tf.pad(dy, [[0, 0], [0, H - h], [j, W - w - j], [0, 0]]), [n * H, W * d]);
    const f = tf.reshape(tf.slice(g, [0, 0], [n * H - (K - 1), W * d]), [1, n * H - (K - 1), W, d]);
    const r = tf.conv2d(im as T4, f as T4, 1, 'valid'); tf.dispose([g, f]); return r; // [1,c,K,d]
  });
  return tf.transpose(tf.reshape(tf.concat(parts, 2), [c, K, K, d]).reshape([c, K, K, d]), [2, 1, 0, 3]);
}
function phases(x: T4): T4[] { // [a*2+b]
  const [n, H, W, c] = x.shape; const out: T4[] = [];
  const m = tf.reshape(x, [n * (H / 2), 2 * W * c]);
  for (const a of [0, 1]) { const r = tf.reshape(tf.slice(m, [0, a * W * c], [n * (H / 2), W * c]), [n * (H / 2) * (W / 2), 2 * c]);
    for (const b of [0, 1]) out.push(tf.reshape(tf.slice(r, [0, b * c], [n * (H / 2) * (W / 2), c]), [n, H / 2, W / 2, c])); }
  return out;
}
function strided(x: T4, dy: T4, K: number, one: (xt: tf.Tensor2D, g: tf.Tensor2D, offset: number, M: number) => tf.Tensor2D): T4 {
  const [n, H, W, c] = x.shape; const d = dy.shape[3]; const [hh, ww] = [H / 2, W / 2]; const L = n * hh * ww; const M = L - ww - 1;
  const g = tf.slice(tf.reshape(onGrid(dy, hh, ww), [L, d]), [0, 0], [M, d]) as tf.Tensor2D;
  const xts = phases(x).map((p) => tf.transpose(tf.reshape(p, [L, c])) as tf.Tensor2D);
  const parts: tf.Tensor2D[] = [];
  for (let i = 0; i < K; i++) for (let j = 0; j < K; j++) parts.push(one(xts[(i % 2) * 2 + (j % 2)]!, g, (i >> 1) * ww + (j >> 1), M));
  return tf.reshape(tf.concat(parts, 0), [K, K, c, d]);
}
const stridedShift = (x: T4, dy: T4, K: number): T4 => strided(x, dy, K, (xt, g, o, M) => tf.matMul(tf.slice(xt, [0, o], [xt.shape[0], M]) as tf.Tensor2D, g));
function stridedMatmul(x: T4, dy: T4, K: number): T4 {
  const [n, h, w, d] = dy.shape; const c = x.shape[3]; const g = tf.reshape(dy, [n * h * w, d]) as tf.Tensor2D; const ph = phases(x); const p: tf.Tensor2D[] = [];
  for (let i = 0; i < K; i++) for (let j = 0; j < K; j++) { const win = bs(bs(ph[(i % 2) * 2 + (j % 2)]!, 1, i >> 1, h), 2, j >> 1, w); p.push(tf.matMul(tf.transpose(tf.reshape(win, [n * h * w, c])) as tf.Tensor2D, g)); win.dispose(); }
  return tf.reshape(tf.concat(p, 0), [K, K, c, d]);
}
// phases in the channels: [N,H/2,W/2,4C] and a 2x2 stride-1 filter gradient
function stridedDepth(x: T4, dy: T4, K: number): T4 {
  const c = x.shape[3], d = dy.shape[3]; const s = tf.concat(phases(x), 3) as T4; const r = conv(s, dy, 2, 1); // [2,2,4c,d]
  const q = tf.reshape(r, [2, 2, 2, 2, c * d]); // [i>>1, j>>1, a, b]
  return tf.reshape(tf.slice(tf.reshape(tf.transpose(q, [0, 2, 1, 3, 4]), [4, 4, c * d]), [0, 0, 0], [K, K, c * d]), [K, K, c, d]);
}
// ---- input gradients
const turned = (w: T4): T4 => tf.transpose(tf.reverse(w, [0, 1]), [0, 1, 3, 2]);
function stuff(dy: T4): T4 { const [n, h, w, c] = dy.shape; const y = tf.reshape(tf.concat([dy, tf.zerosLike(dy)], 3), [n, h, 2 * w * c]); return tf.reshape(tf.concat([y, tf.zerosLike(y)], 2), [n, 2 * h, 2 * w, c]); }
function dxConv(dy: T4, w: T4, shape: number[]): T4 { const [, h, ww] = dy.shape; return tf.conv2d(dy, turned(w), 1, [[0, 0], [2, shape[1]! - h], [2, shape[2]! - ww], [0, 0]]); }
function dxStuffed(dy: T4, w: T4, shape: number[]): T4 { const s = stuff(dy); return tf.conv2d(s, turned(w), 1, [[0, 0], [2, shape[1]! - s.shape[1]], [2, shape[2]! - s.shape[2]], [0, 0]]); }
// phases: dx[2i+a,2j+b] = sum over kh = a mod 2 of dy[i-(kh-a)/2] w[kh]
function taps(w: T4, rows: number[], cols: number[]): T4 { // [rows,cols,D,C]
  const [, , c, d] = w.shape; const t = tf.transpose(w, [0, 1, 3, 2]);
  return tf.reshape(tf.concat(rows.flatMap((r) => cols.map((q) => tf.slice(t, [r, q, 0, 0], [1, 1, d, c]))), 0), [rows.length, cols.length, d, c]);
}
function interleave(p: T4[]): T4 { // phases [n,hh,ww,c] -> [n,2hh,2ww,c]
  const [n, hh, ww, c] = p[0]!.shape;
  const rows = [0, 1].map((a) => tf.reshape(tf.concat([p[2 * a]!, p[2 * a + 1]!], 3), [n, hh, 2 * ww * c]));
  return tf.reshape(tf.concat(rows, 2), [n, 2 * hh, 2 * ww, c]);
}
function dxPhases(dy: T4, w: T4, shape: number[]): T4 {
  const [, h, q] = dy.shape; const [hh, ww] = [shape[1]! / 2, shape[2]! / 2]; const p: T4[] = [];
  for (const a of [0, 1]) for (const b of [0, 1]) {
    const f = taps(w, a ? [1] : [2, 0], b ? [1] : [2, 0]);
    p.push(tf.conv2d(dy, f, 1, [[0, 0], a ? [0, hh - h] : [1, hh - h], b ? [0, ww - q] : [1, ww - q], [0, 0]]));
  }
  return interleave(p);
}
// column phases as channels
function dxRowPhases(dy: T4, w: T4, shape: number[]): T4 {
  const [n, h, q, d] = dy.shape; const c = w.shape[2]; const [hh, ww] = [shape[1]! / 2, shape[2]! / 2];
  const t = tf.transpose(w, [0, 1, 3, 2]); // [3,3,D,C]
  const at = (r: number, k: number): T4 => k < 0 ? tf.zeros([1, 1, d, c]) : tf.slice(t, [r, k, 0, 0], [1, 1, d, c]) as T4;
  const row = (r: number): T4 => tf.concat([tf.concat([at(r, 2), at(r, -1)], 3), tf.concat([at(r, 0), at(r, 1)], 3)], 1) as T4; // [1,2,D,2C]
  const even = tf.concat([row(2), row(0)], 0) as T4; const odd = row(1);
  const e = tf.conv2d(dy, even, 1, [[0, 0], [1, hh - h], [1, ww - q], [0, 0]]); const o = tf.conv2d(dy, odd, 1, [[0, 0], [0, hh - h], [1, ww - q], [0, 0]]);
  return tf.reshape(tf.concat([tf.reshape(e, [n, hh, 2 * ww * c]), tf.reshape(o, [n, hh, 2 * ww * c])], 2), [n, 2 * hh, 2 * ww, c]);
}
// all phases as channels, one conv
function dxDepth(dy: T4, w: T4, shape: number[]): T4 {
  const [n, h, q, d] = dy.shape; const c = w.shape[2]; const [hh, ww] = [shape[1]! / 2, shape[2]! / 2];
  const t = tf.transpose(w, [0, 1, 3, 2]);
  const at = (r: number, k: number): T4 => r < 0 || k < 0 ? tf.zeros([1, 1, d, c]) : tf.slice(t, [r, k, 0, 0], [1, 1, d, c]) as T4;
  // tap (i,j) of 2x2; channel order a,b
  const idx = (i: number, a: number): number => a === 0 ? (i === 0 ? 2 : 0) : (i === 0 ? -1 : 1);
  const f = tf.concat([0, 1].map((i) => tf.concat([0, 1].map((j) => tf.concat([0, 1].flatMap((a) => [0, 1].map((b) => at(idx(i, a), idx(j, b)))), 3)), 1)), 0) as T4;
  const y = tf.conv2d(dy, f, 1, [[0, 0], [1, hh - h], [1, ww - q], [0, 0]]); // [n,hh,ww,4c]
  const m = tf.reshape(y, [n * hh * ww, 4 * c]);
  const rows = [0, 1].map((a) => tf.reshape(tf.slice(m, [0, a * 2 * c], [n * hh * ww, 2 * c]), [n, hh, 2 * ww * c]));
  return tf.reshape(tf.concat(rows, 2), [n, 2 * hh, 2 * ww, c]);
}
function rand(shape: number[]): T4 { const n = shape.reduce((a, b) => a * b, 1); const v = new Float32Array(n); let s = 12345; for (let i = 0; i < n; i++) { s = (Math.imul(s, 1664525) + 1013904223) | 0; v[i] = s / 2 ** 31; } return tf.tensor(v, shape) as T4; }
const REPEATS = Number(process.argv[3] ?? 4);
function measure(name: string, ways: Record<string, (...t: T4[]) => T4>, make: () => T4[]): void {
  const best: Record<string, number> = {}; let ref: Float32Array | undefined; const bad: string[] = [];
  for (let r = 0; r < REPEATS; r++) for (const [k, way] of Object.entries(ways)) {
    const ins = make(); const t0 = performance.now(); const y = tf.tidy(() => way(...ins)); best[k] = Math.min(best[k] ?? Infinity, performance.now() - t0);
    if (r === 0) { const v = y.dataSync() as Float32Array; if (!ref) ref = v.slice(); else { let m = 0, e = 0; for (let i = 0; i < ref.length; i++) { m = Math.max(m, Math.abs(ref[i]!)); e = Math.max(e, Math.abs(ref[i]! - v[i]!)); } if (!(e / m < 1e-4) || v.length !== ref.length) bad.push(`${k} ${e / m}`); } }
    tf.dispose([y, ins]);
  }
  console.log(name.padEnd(26), Object.entries(best).map(([k, v]) => `${k} ${v.toFixed(1)}`).join('  '), bad.length ? `BAD ${bad}` : '');
}
const what = process.argv[2] ?? 'dw';
const N = 4;
if (what === 'dw') for (const [S, c, d] of [[130, 32, 32], [130, 64, 64], [130, 32, 64], [66, 64, 64], [66, 32, 64], [34, 128, 128], [34, 64, 64], [18, 128, 128], [18, 64, 64], [10, 64, 64], [6, 64, 64], [130, 3, 32], [130, 16, 16], [130, 24, 24], [130, 64, 1], [18, 64, 1]] as const) {
  const x = rand([N, S, S, c]), dyv = rand([N, S - 2, S - 2, d]);
  measure(`dw ${S} ${c}>${d}`, {
    conv: (x, dy) => conv(x!, dy!, 3, 1), matmul9: (x, dy) => matmul9(x!, dy!, 3), swap: (x, dy) => convSwap(x!, dy!, 3), shift: (x, dy) => shift(x!, dy!, 3), shift4k: (x, dy) => shift(x!, dy!, 3, 4096), shift1k: (x, dy) => shift(x!, dy!, 3, 1024), rowConv: (x, dy) => rowConv(x!, dy!, 3), rowConv3: (x, dy) => rowConv3(x!, dy!, 3),
  }, () => [tf.tidy(() => tf.add(x, 0)) as T4, tf.tidy(() => tf.add(dyv, 0)) as T4]);
  tf.dispose([x, dyv]);
}
if (what === 'dws') for (const [S, c, d] of [[130, 32, 64], [130, 64, 64], [66, 64, 64], [34, 128, 128], [34, 64, 64], [18, 64, 64], [18, 128, 64], [10, 64, 64]] as const) {
  const x = rand([N, S, S, c]), dyv = rand([N, (S - 2) / 2, (S - 2) / 2, d]);
  measure(`dw s2 ${S} ${c}>${d}`, { conv: (x, dy) => conv(x!, dy!, 3, 2), stridedMatmul: (x, dy) => stridedMatmul(x!, dy!, 3), stridedShift: (x, dy) => stridedShift(x!, dy!, 3), stridedDepth: (x, dy) => stridedDepth(x!, dy!, 3) }, () => [tf.tidy(() => tf.add(x, 0)) as T4, tf.tidy(() => tf.add(dyv, 0)) as T4]);
  tf.dispose([x, dyv]);
}
if (what === 'dx') for (const [S, c, d] of [[130, 32, 64], [130, 64, 64], [66, 64, 64], [34, 128, 128], [34, 64, 64], [18, 64, 64], [18, 128, 64], [10, 64, 64]] as const) {
  const w = rand([3, 3, c, d]), dyv = rand([N, (S - 2) / 2, (S - 2) / 2, d]); const shape = [N, S, S, c];
  measure(`dx s2 ${S} ${c}>${d}`, { stuffed: (dy, w) => dxStuffed(dy!, w!, shape), phases: (dy, w) => dxPhases(dy!, w!, shape), rowPhases: (dy, w) => dxRowPhases(dy!, w!, shape), depth: (dy, w) => dxDepth(dy!, w!, shape) }, () => [tf.tidy(() => tf.add(dyv, 0)) as T4, tf.tidy(() => tf.add(w, 0)) as T4]);
  tf.dispose([w, dyv]);
}
