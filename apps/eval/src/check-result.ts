import { SparnetError } from '@sparnet/core';
import { errorMap, protocols, type ErrorMapState } from '@sparnet/metrics';
import type { EvaluationResult } from './result.ts';

type Fields = Record<string, unknown>;

/**
 * The `value` itself when it is a whole {@link EvaluationResult}: known fields only, every row with a score of every
 * metric, rows sorted and counted.
 *
 * @throws SparnetError `bad-file` naming the place of the first thing wrong, such as `images[3].psnr`.
 */
export function checkResult(value: unknown): EvaluationResult {
  const result = fields('result', value);
  if (result['format'] !== 'sparnet-evaluation-1')
    throw wrong('format', '"sparnet-evaluation-1" (a file that eval evaluate wrote)', result['format']);
  onlyKeys('result', result, resultKeys);
  text('name', result['name']);
  if (!protocols.some((protocol) => protocol === result['protocol']))
    throw wrong('protocol', `one of ${protocols.join(', ')}`, result['protocol']);
  whole('border', result['border'], 0);
  if (result['scale'] !== undefined) whole('scale', result['scale'], 1);
  checkInputs(result['inputs']);
  if (result['shard'] !== undefined) checkShard(result['shard']);
  for (const [at, item] of list('skipped', result['skipped'])) {
    const skipped = fields(at, item);
    text(`${at}.name`, skipped['name']);
    text(`${at}.reason`, skipped['reason']);
  }
  const metrics = Object.keys(fields('metrics', result['metrics']));
  for (const name of metrics) checkMetric(`metrics.${name}`, (result['metrics'] as Fields)[name]);
  checkSummary(result['summary'], metrics);
  checkImages(result['images'], metrics);
  for (const key of ['count', 'fitted']) whole(key, result[key], 0);
  if ((result['images'] as unknown[]).length !== result['count'])
    throw wrong('count', `the number of images (${(result['images'] as unknown[]).length})`, result['count']);
  for (const [at, item] of list('gallery', result['gallery'])) checkGalleryEntry(at, item);
  if (result['errorMaps'] !== undefined)
    for (const [at, item] of list('errorMaps', result['errorMaps'])) checkErrorMap(at, item);
  if (result['identification'] !== undefined) checkIdentification(result['identification']);
  return value as EvaluationResult;
}

const resultKeys = [
  'format',
  'name',
  'protocol',
  'border',
  'scale',
  'count',
  'fitted',
  'inputs',
  'shard',
  'skipped',
  'metrics',
  'summary',
  'images',
  'gallery',
  'errorMaps',
  'identification',
];

function checkInputs(value: unknown): void {
  const inputs = fields('inputs', value);
  for (const key of ['model', 'hr']) text(`inputs.${key}`, inputs[key]);
  for (const key of ['lr', 'degrade', 'engine', 'ensemble'])
    if (inputs[key] !== undefined) text(`inputs.${key}`, inputs[key]);
  for (const key of ['size', 'limit']) if (inputs[key] !== undefined) whole(`inputs.${key}`, inputs[key], 1);
  if (inputs['seed'] !== undefined) whole('inputs.seed', inputs['seed'], 0);
}

function checkShard(value: unknown): void {
  const { index, of } = fields('shard', value);
  whole('shard.of', of, 1);
  whole('shard.index', index, 1);
  if ((index as number) > (of as number)) throw wrong('shard.index', `at most ${String(of)}`, index);
}

function checkMetric(at: string, value: unknown): void {
  const { higherIsBetter, unit, range, detail } = fields(at, value);
  if (typeof higherIsBetter !== 'boolean')
    throw wrong(`${at}.higherIsBetter`, 'true or false', higherIsBetter);
  if (unit !== undefined) text(`${at}.unit`, unit);
  if (detail !== undefined) text(`${at}.detail`, detail);
  const [least, greatest, ...more] = list(`${at}.range`, range).map(([, end]) => end);
  if (
    typeof least !== 'number' ||
    (typeof greatest !== 'number' && greatest !== 'Infinity') ||
    more.length > 0
  )
    throw wrong(`${at}.range`, '[least, greatest]', range);
}

function checkSummary(value: unknown, metrics: readonly string[]): void {
  const summary = fields('summary', value);
  onlyKeys('summary', summary, metrics);
  for (const name of metrics) {
    const at = `summary.${name}`;
    const entry = fields(at, summary[name]);
    whole(`${at}.count`, entry['count'], 0);
    for (const key of ['mean', 'std', 'median', 'min', 'max']) score(`${at}.${key}`, entry[key]);
    if (entry['ci95'] === null) continue;
    const ends = list(`${at}.ci95`, entry['ci95']);
    if (ends.length !== 2) throw wrong(`${at}.ci95`, 'two scores', entry['ci95']);
    for (const [place, end] of ends) score(place, end);
  }
}

function checkImages(value: unknown, metrics: readonly string[]): void {
  let before: string | undefined;
  for (const [at, item] of list('images', value)) {
    const row = fields(at, item);
    onlyKeys(at, row, ['name', ...metrics]);
    const name = text(`${at}.name`, row['name']);
    if (before !== undefined && before >= name)
      throw wrong(`${at}.name`, `a name behind ${JSON.stringify(before)} (sorted, each once)`, name);
    before = name;
    for (const metric of metrics) score(`${at}.${metric}`, row[metric]);
  }
}

function checkGalleryEntry(at: string, value: unknown): void {
  const entry = fields(at, value);
  for (const key of ['name', 'metric']) text(`${at}.${key}`, entry[key]);
  if (!['best', 'median', 'worst'].includes(entry['place'] as string))
    throw wrong(`${at}.place`, 'best, median or worst', entry['place']);
  score(`${at}.score`, entry['score']);
  for (const key of ['lr', 'input', 'sr', 'hr']) {
    const url = text(`${at}.${key}`, entry[key]);
    if (!/^data:image\/(?:png|webp|jpeg);base64,[A-Za-z0-9+/=]+$/.test(url))
      throw wrong(`${at}.${key}`, 'the data URL of a picture', url);
  }
}

/** The map's own package checks it; its size must be that of the file, for which memory is taken. */
function checkErrorMap(at: string, value: unknown): void {
  const { width, height, sums } = fields(at, value);
  whole(`${at}.width`, width, 1);
  whole(`${at}.height`, height, 1);
  const [wide, high, places] = [width as number, height as number, list(`${at}.sums`, sums).length];
  if (places !== wide * high && places !== (wide - 10) * (high - 10))
    throw wrong(`${at}.sums`, `sums for ${wide} x ${high} pixels`, places);
  const state = value as ErrorMapState;
  try {
    errorMap(state.metric, state).merge(state);
  } catch (cause) {
    throw new SparnetError('bad-file', `${at}: ${(cause as Error).message}`, { cause });
  }
}

function checkIdentification(value: unknown): void {
  const found = fields('identification', value);
  onlyKeys('identification', found, ['network', 'count', 'rank1', 'others']);
  text('identification.network', found['network']);
  whole('identification.count', found['count'], 2);
  between('identification.rank1', found['rank1'], 0);
  between('identification.others', found['others'], -1);
}

function between(at: string, value: unknown, least: number): void {
  if (typeof value === 'number' && value >= least && value <= 1) return;
  throw wrong(at, `a number from ${least} to 1`, value);
}

function fields(at: string, value: unknown): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw wrong(at, 'an object', value);
}

function onlyKeys(at: string, value: Fields, known: readonly string[]): void {
  const unknown = Object.keys(value).find((key) => !known.includes(key));
  if (unknown !== undefined) throw wrong(at, `no key but ${known.join(', ')}`, unknown);
}

/** The items of a list, each with its place. */
function list(at: string, value: unknown): [place: string, item: unknown][] {
  if (!Array.isArray(value)) throw wrong(at, 'a list', value);
  return value.map((item: unknown, index) => [`${at}[${index}]`, item]);
}

function text(at: string, value: unknown): string {
  if (typeof value === 'string' && value !== '') return value;
  throw wrong(at, 'text', value);
}

function whole(at: string, value: unknown, least: number): void {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= least) return;
  throw wrong(at, `an integer of at least ${least}`, value);
}

function score(at: string, value: unknown): void {
  if (value === null || value === 'Infinity' || (typeof value === 'number' && Number.isFinite(value))) return;
  throw wrong(at, 'a number, "Infinity" or null', value);
}

function wrong(at: string, expected: string, actual: unknown): SparnetError {
  const shown = JSON.stringify(actual) ?? 'nothing';
  return new SparnetError(
    'bad-file',
    `expected ${expected} for ${at}, got ${shown.length > 80 ? `${shown.slice(0, 77)}...` : shown}`,
  );
}
