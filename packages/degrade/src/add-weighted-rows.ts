/**
 * Adds rows of samples to `sums`, each times its weight. Four rows at once share the loads and stores of the sums, which
 * take most of the time.
 *
 * @param places - Where the rows begin in `data`; as many as `weights`.
 */
export function addWeightedRows(
  sums: Float64Array,
  data: Uint8Array,
  weights: Float64Array,
  places: Int32Array,
): void {
  let k = 0;
  for (; k + 4 <= weights.length; k += 4) addFour(sums, data, weights, places, k);
  for (; k < weights.length; k++) addOne(sums, data, weights[k]!, places[k]!);
}

function addFour(
  sums: Float64Array,
  data: Uint8Array,
  weights: Float64Array,
  places: Int32Array,
  first: number,
): void {
  const w0 = weights[first]!;
  const w1 = weights[first + 1]!;
  const w2 = weights[first + 2]!;
  const w3 = weights[first + 3]!;
  const at0 = places[first]!;
  const at1 = places[first + 1]!;
  const at2 = places[first + 2]!;
  const at3 = places[first + 3]!;
  for (let i = 0; i < sums.length; i++) {
    sums[i] =
      sums[i]! + (w0 * data[at0 + i]! + w1 * data[at1 + i]! + w2 * data[at2 + i]! + w3 * data[at3 + i]!);
  }
}

function addOne(sums: Float64Array, data: Uint8Array, weight: number, at: number): void {
  for (let i = 0; i < sums.length; i++) sums[i] = sums[i]! + weight * data[at + i]!;
}
