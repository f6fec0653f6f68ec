import { SparnetError } from '@sparnet/core';
import { galleryPlaces } from './gallery-places.ts';
import { mergeErrorMaps } from './measure/error-maps.ts';
import { nothingMeasured } from './nothing-measured.ts';
import type { EvaluationResult, GalleryEntry, ImageScores } from './result.ts';
import { summarise } from './statistics/summarise.ts';

/** A result and what messages call it, such as its file. */
export interface NamedResult {
  source: string;
  result: EvaluationResult;
}

/**
 * The result of one pass, from those of its shards: the same rows and the same summary, to the last digit. The gallery
 * is chosen from the shards' galleries: its best and worst are those of one pass, its median pictures the nearest.
 *
 * @throws SparnetError `bad-argument` naming the files when a setting differs, a shard is missing or is there twice, or
 *   a picture is; `no-data` when no shard could measure any.
 */
export function mergeResults(shards: readonly NamedResult[]): EvaluationResult {
  const [first, ...others] = shards;
  if (!first) throw new SparnetError('bad-argument', 'expected the results of shards, got none');
  for (const other of others) checkSame(first, other);
  checkShards(shards);
  const images = joined(shards, ({ images: rows }) => rows);
  const { format, name, protocol, border, inputs, metrics } = first.result;
  const skipped = joined(shards, (result) => result.skipped);
  const failure = nothingMeasured({ images, skipped });
  if (failure) throw failure;
  return {
    format,
    name,
    protocol,
    border,
    ...mergedScale(shards),
    count: images.length,
    fitted: shards.reduce((sum, { result }) => sum + result.fitted, 0),
    inputs,
    skipped,
    metrics,
    summary: summarise(images, Object.keys(metrics)),
    images,
    gallery: mergedGallery(shards, images),
    ...mergedMaps(shards),
  };
}

/** That of LR pictures is known only where all shards that measured any agree. */
function mergedScale(shards: readonly NamedResult[]): Pick<EvaluationResult, 'scale'> {
  const scales = shards.flatMap(({ result: { count, scale } }) => (count > 0 ? [scale] : []));
  const [scale] = scales;
  return scale !== undefined && scales.every((other) => other === scale) ? { scale } : {};
}

function mergedMaps(shards: readonly NamedResult[]): Pick<EvaluationResult, 'errorMaps'> {
  const [first, ...others] = shards.map(({ source, result }) => ({ source, maps: result.errorMaps }));
  const odd = others.find(({ maps }) => (maps === undefined) !== (first?.maps === undefined));
  if (odd)
    throw new SparnetError('bad-argument', `only one of ${first?.source} and ${odd.source} has error maps`);
  if (!first?.maps) return {};
  return { errorMaps: mergeErrorMaps([first, ...others].map(({ maps = [] }) => maps)) };
}

function checkSame(first: NamedResult, other: NamedResult): void {
  for (const key of ['name', 'protocol', 'border', 'scale', 'inputs', 'metrics'] as const) {
    // Found from the LR pictures of a shard, it may well be another in the next.
    if (key === 'scale' && first.result.inputs.lr !== undefined) continue;
    const [one, two] = [first, other].map(({ result }) => JSON.stringify(result[key])) as [string, string];
    if (one === two) continue;
    throw new SparnetError(
      'bad-argument',
      `${first.source} and ${other.source} are no shards of one evaluation: ${key} is ${one} and ${two}`,
    );
  }
}

function checkShards(shards: readonly NamedResult[]): void {
  const seen = new Map<number, string>();
  const of = shards[0]?.result.shard?.of;
  for (const { source, result } of shards) {
    if (!result.shard)
      throw new SparnetError('bad-argument', `${source} is no shard; it was made without --shard`);
    const { index } = result.shard;
    if (result.shard.of !== of)
      throw new SparnetError(
        'bad-argument',
        `${source} is one of ${result.shard.of} shards, others of ${of}`,
      );
    const other = seen.get(index);
    if (other !== undefined)
      throw new SparnetError('bad-argument', `${other} and ${source} are both shard ${index} of ${of}`);
    seen.set(index, source);
  }
  if (of !== undefined && seen.size < of)
    throw new SparnetError('bad-argument', `of ${of} shards these are missing: ${missing(seen, of)}`);
}

/** The first of the shards from 1 to `of` that aren't there, and how many more. */
function missing(seen: ReadonlyMap<number, string>, of: number): string {
  const most = 10;
  const first: number[] = [];
  for (let index = 1; index <= of && first.length < most; index++) {
    if (!seen.has(index)) first.push(index);
  }
  const more = of - seen.size - first.length;
  return `${first.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** The rows of all shards in the order of their names. */
function joined<Row extends { name: string }>(
  shards: readonly NamedResult[],
  rowsOf: (result: EvaluationResult) => readonly Row[],
): Row[] {
  const seen = new Map<string, string>();
  for (const { source, result } of shards) {
    for (const { name } of rowsOf(result)) {
      const other = seen.get(name);
      if (other !== undefined)
        throw new SparnetError('bad-argument', `the picture ${name} is in ${other} and in ${source}`);
      seen.set(name, source);
    }
  }
  return shards.flatMap(({ result }) => rowsOf(result)).toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function mergedGallery(shards: readonly NamedResult[], images: readonly ImageScores[]): GalleryEntry[] {
  const entries = shards.flatMap(({ result }) => result.gallery);
  const metric = entries[0]?.metric;
  if (metric === undefined) return [];
  const each = Math.max(
    ...shards.map(({ result }) => result.gallery.filter(({ place }) => place === 'best').length),
  );
  const byName = new Map(entries.map((entry) => [entry.name, entry]));
  const info = shards[0]!.result.metrics[metric]!;
  const candidates = images.filter(({ name }) => byName.has(name));
  return galleryPlaces(candidates, { metric, info, each }).map((place) => ({
    ...byName.get(place.name)!,
    ...place,
  }));
}
