import { basename, resolve } from 'node:path';
import { SparnetError } from '@sparnet/core';
import { makeFolder } from '@sparnet/core/node';
import {
  checkedOptions,
  isInterpolation,
  type EvaluateOptions,
  type EvaluateSettings,
} from './evaluate-options.ts';
import { galleryPlaces } from './gallery-places.ts';
import { mergeErrorMaps } from './measure/error-maps.ts';
import { metricEntry, type EvaluationMetric } from './measure/metric-table.ts';
import type { OpenedSession, SessionCalls } from './measure/session.ts';
import { nothingMeasured } from './nothing-measured.ts';
import { checkSaved } from './pictures/check-saved.ts';
import { openPairs, type PicturePairs } from './pictures/picture-pairs.ts';
import {
  resultFormat,
  type EvaluationResult,
  type GalleryEntry,
  type ImageScores,
  type Score,
} from './result.ts';
import { summarise } from './statistics/summarise.ts';
import { inLanes } from './threads/in-lanes.ts';
import { openThreadPool, type ThreadPool } from './threads/thread-pool.ts';

/** What an evaluation tells while it works, and what ends it early. */
export interface EvaluateControl {
  /** Ends it after the pictures at hand, by throwing the signal's reason. */
  signal?: AbortSignal;
  /** Told once, before the first picture. */
  begin?: (total: number) => void;
  /** Told after each picture. */
  advance?: () => void;
  /** Told of each picture that is left out, at once. */
  skip?: (name: string, reason: string) => void;
}

/**
 * Measures a method on photographs, in threads. Memory doesn't grow with the pictures but for their names and
 * scores, and embeddings where identity is measured.
 * Pictures that can't be read or used are left out and listed in the result.
 *
 * @throws SparnetError `bad-argument` for invalid options, or an SR picture to be saved in the place of one that is read;
 *   `exists` for one in the place of another file, unless `overwrite`; `no-data` when no picture could be measured;
 *   `bad-file` when the folder for the SR pictures can't be made; what a model file, an engine, a metric's network or
 *   the folders lack, each saying what to do.
 */
export async function evaluate(
  options: EvaluateOptions,
  { signal, begin, advance, skip }: EvaluateControl = {},
): Promise<EvaluationResult> {
  const settings = checkedOptions(options);
  const pairs = await openPairs(options);
  const chosen = chosenPictures(pairs.count, settings);
  if (settings.save !== undefined) {
    await checkSaved(settings.save, { pairs, chosen, overwrite: settings.overwrite });
    await makeFolder(settings.save);
  }
  begin?.(chosen.length);
  const pool = await openThreadPool<SessionCalls>({
    threads: Math.min(settings.workers, Math.max(1, chosen.length)),
    script: new URL('./measure/evaluation-worker.ts', import.meta.url),
    open: settings,
  });
  const images: ImageScores[] = [];
  const skipped: EvaluationResult['skipped'] = [];
  const ratios = new Set<number>();
  let fitted = 0;
  try {
    checkDegradation(options, pool.opened);
    await inLanes(chosen, { lanes: pool.lanes, signal }, async (index) => {
      const pair = pairs.at(index);
      const measured = await pool.call('measure', pair);
      if ('scores' in measured) {
        images.push(row(pair.name, settings.metrics, measured.scores));
        fitted += measured.fitted ? 1 : 0;
        ratios.add(measured.ratio);
      } else {
        skipped.push({ name: pair.name, reason: measured.skipped });
        skip?.(pair.name, measured.skipped);
      }
      advance?.();
    });
    const rows = images.toSorted(byName);
    const left = skipped.toSorted(byName);
    // A shard may well have nothing but damaged pictures.
    const failure = settings.shard ? undefined : nothingMeasured({ images: rows, skipped: left });
    if (failure) throw failure;
    const scale = scaleOf(options, { reducedBy: pool.opened.scale, ratios });
    return {
      format: resultFormat,
      name: options.name ?? labelOf(options),
      protocol: settings.protocol,
      border: settings.border,
      ...(scale !== undefined && { scale }),
      count: rows.length,
      fitted,
      inputs: inputsOf(options, pool.opened),
      ...(options.shard && { shard: { ...options.shard } }),
      skipped: left,
      metrics: metricInfos(settings.metrics, pool.opened.details),
      summary: summarise(rows, settings.metrics),
      images: rows,
      gallery: await shown(rows, { pairs, chosen, pool, settings, signal }),
      ...(settings.errorMaps && {
        errorMaps: mergeErrorMaps(await pool.callAll('errorMaps', undefined)),
      }),
      ...(await identified(settings, pool)),
    };
  } finally {
    await pool.close();
  }
}

/** Who is recognised among all: of one pass only, since a shard knows no picture of the others. */
async function identified(
  { metrics, shard }: EvaluateSettings,
  pool: ThreadPool<SessionCalls>,
): Promise<Pick<EvaluationResult, 'identification'>> {
  if (!metrics.includes('identity') || shard) return {};
  const { identification } = await import('@sparnet/metrics/faces');
  const states = (await pool.callAll('people', undefined)).filter((state) => state !== undefined);
  const people = identification({ network: states[0]!.network });
  for (const state of states) people.merge(state);
  return people.state().truths.length < 2 ? {} : { identification: people.compute() };
}

/** A network of scale 1 undoes what somebody did to pictures: of a picture itself it would see all there is to know. */
function checkDegradation({ model, lr, degrade }: EvaluateOptions, { scale }: OpenedSession): void {
  if (model === undefined || isInterpolation(model) || scale !== 1 || lr !== undefined || degrade) return;
  throw new SparnetError(
    'bad-argument',
    `${model} restores degraded pictures: say how they are degraded (--degrade PRESET), or give them (--lr DIR)`,
  );
}

/** Places in the order of names: up to `limit` of them, spread evenly, of which a shard takes every `of`-th. */
function chosenPictures(
  count: number,
  { limit = count, shard = { index: 1, of: 1 } }: EvaluateSettings,
): number[] {
  const chosen = Math.min(limit, count);
  const places = Array.from({ length: chosen }, (_, i) => Math.floor((i * count) / chosen));
  return places.filter((_, i) => i % shard.of === shard.index - 1);
}

async function shown(
  rows: readonly ImageScores[],
  {
    pairs,
    chosen,
    pool,
    settings,
    signal,
  }: {
    pairs: PicturePairs;
    chosen: readonly number[];
    pool: ThreadPool<SessionCalls>;
    settings: EvaluateSettings;
    signal: AbortSignal | undefined;
  },
): Promise<GalleryEntry[]> {
  const metric = settings.metrics[0] as EvaluationMetric;
  const { info } = metricEntry(metric);
  const places = galleryPlaces(rows, { metric, info, each: settings.gallery });
  const indices = new Map(chosen.map((index) => [pairs.at(index).name, index]));
  const entries: GalleryEntry[] = [];
  await inLanes(places, { lanes: pool.lanes, signal }, async (place, at) => {
    const pair = pairs.at(indices.get(place.name)!);
    entries[at] = { ...place, ...(await pool.call('show', pair)) };
  });
  return entries;
}

function metricInfos(
  names: readonly EvaluationMetric[],
  details: OpenedSession['details'],
): EvaluationResult['metrics'] {
  return Object.fromEntries(
    names.map((name) => [
      name,
      { ...metricEntry(name).info, ...(details[name] && { detail: details[name] }) },
    ]),
  );
}

function labelOf({ model, sr }: EvaluateOptions): string {
  return basename(resolve((model ?? sr) as string));
}

function inputsOf(
  { model, sr, hr, lr, degrade, limit, ensemble }: EvaluateOptions,
  { size, engine }: OpenedSession,
): EvaluationResult['inputs'] {
  return {
    model: (model ?? sr) as string,
    hr,
    ...(lr !== undefined && { lr }),
    ...(size !== undefined && { size }),
    ...(degrade && { degrade: degrade.name, seed: degrade.seed }),
    ...(limit !== undefined && { limit }),
    ...(engine && { engine }),
    ...(ensemble && ensemble !== 'none' && { ensemble }),
  };
}

/** The scale of the result, where there is one. */
function scaleOf(
  { sr, lr, degrade, scale }: EvaluateOptions,
  { reducedBy, ratios }: { reducedBy: number; ratios: ReadonlySet<number> },
): number | undefined {
  if (lr !== undefined) {
    const [ratio, ...others] = ratios;
    return others.length === 0 && Number.isInteger(ratio) ? ratio : undefined;
  }
  if (degrade) return undefined;
  return sr === undefined ? reducedBy : scale;
}

/** The same keys in the same order in every row. */
function row(name: string, metrics: readonly string[], scores: Record<string, Score>): ImageScores {
  return {
    name,
    ...Object.fromEntries(metrics.map((metric) => [metric, scores[metric] ?? null])),
  } as ImageScores;
}

function byName(a: { name: string }, b: { name: string }): number {
  return a.name < b.name ? -1 : 1;
}
