import { dirname, join } from 'node:path';
import { SparnetError, isSparnetError } from '@sparnet/core';
import { makeFolder } from '@sparnet/core/node';
import type { EngineName } from '@sparnet/engine';
import { resize, toRgb } from '@sparnet/image';
import { writeImage } from '@sparnet/image/node';
import type { ErrorMapState, Protocol } from '@sparnet/metrics';
import type { IdentificationState } from '@sparnet/metrics/faces';
import type { Ensemble } from '@sparnet/models';
import { isInterpolation } from '../evaluate-options.ts';
import { dataUrl } from '../pictures/data-url.ts';
import { makePictures, type Method, type PictureSettings } from '../pictures/make-pictures.ts';
import type { PicturePair } from '../pictures/picture-pairs.ts';
import { toScore, type Score } from '../result.ts';
import { openErrorMaps } from './error-maps.ts';
import { metricEntry, openMetrics, type EvaluationMetric } from './metric-table.ts';

/** What a session must know: plain data, which `postMessage` copies. */
export interface SessionSettings extends Omit<PictureSettings, 'scale'> {
  /** `bicubic`, `input` or a model file. */
  model: string;
  /** Left out, that of the model, or 8. */
  scale?: number | undefined;
  metrics: readonly EvaluationMetric[];
  protocol: Protocol;
  border: number;
  engine: EngineName | 'auto';
  ensemble: Ensemble;
  /** A folder for the SR pictures. */
  save?: string | undefined;
  /** Gather error maps. */
  errorMaps: boolean;
}

/** What opening a session has found out. */
export interface OpenedSession {
  scale: number;
  size?: number;
  /** The engine in use, where a network computes. */
  engine?: EngineName;
  /** Of metrics that have one, in words: what exactly measures. */
  details: Partial<Record<EvaluationMetric, string>>;
}

/** A picture's scores and what it was made to, or why its files can't be used. */
export type Measured =
  | {
      scores: Record<string, Score>;
      /** The HR picture had another size. */
      fitted: boolean;
      /** How much wider the HR picture is than the LR picture. */
      ratio: number;
    }
  | { skipped: string };

/** The pictures of one name as data URLs. */
export type ShownPictures = Record<'lr' | 'input' | 'sr' | 'hr', string>;

/** What measures pictures one after the other, with a model and networks of its own. */
export interface Session {
  opened: OpenedSession;
  measure(pair: PicturePair): Promise<Measured>;
  show(pair: PicturePair): Promise<ShownPictures>;
  /** Of the pictures measured so far. */
  errorMaps(): ErrorMapState[];
  /** The faces of the pictures measured so far, if the metrics look at them. */
  people(): IdentificationState | undefined;
}

/** The calls of a thread that holds a session. */
export type SessionCalls = {
  open: [SessionSettings, OpenedSession];
  measure: [PicturePair, Measured];
  show: [PicturePair, ShownPictures];
  errorMaps: [undefined, ErrorMapState[]];
  people: [undefined, IdentificationState | undefined];
};

/** The scale where neither the user nor a model says one: the paper's. */
const usualScale = 8;

/**
 * Loads the model and what the metrics need.
 *
 * @throws SparnetError `engine-unavailable`; `missing-package` or `missing-file` for what a metric lacks; as
 *   `loadModel`; `bad-argument` for a scale or a size that is not the model's.
 */
export async function openSession(settings: SessionSettings): Promise<Session> {
  const { model, metrics, protocol, border, save } = settings;
  const isFile = !isInterpolation(model);
  const computes = isFile || metrics.some((name) => metricEntry(name).learned);
  // What plain metrics of bicubic do without takes longer to load than they take to start.
  const engine = computes
    ? await (await import('./start-engine.ts')).startEngine(settings.engine)
    : undefined;
  const network = isFile ? await (await import('./open-model.ts')).openModel(model, settings) : undefined;
  const { scale = usualScale, size } = { ...settings, ...network?.sizes };
  const method = network?.method ?? (model === 'input' ? keep : enlarge);
  const measures = await openMetrics(metrics, { protocol, border });
  const maps = settings.errorMaps ? openErrorMaps({ protocol }) : undefined;
  const pictures = { scale, size, degrade: settings.degrade };

  return {
    opened: {
      scale,
      ...(size !== undefined && { size }),
      ...(engine && { engine: engine.name }),
      details: Object.fromEntries(measures.flatMap(([name, { detail }]) => (detail ? [[name, detail]] : []))),
    },
    async measure(pair) {
      try {
        const { sr, hr, lr, fitted } = await makePictures(pair, pictures, method);
        if (save !== undefined) await saveAs(join(save, `${pair.name}.png`), sr);
        const scores: Record<string, Score> = {};
        for (const [name, metric] of measures) scores[name] = toScore(await metric.measure(sr, hr));
        maps?.add(sr, hr);
        return { scores, fitted, ratio: hr.width / lr.width };
      } catch (error) {
        if (!isFault(error)) throw error;
        return { skipped: error.message };
      }
    },
    errorMaps: () => maps?.states() ?? [],
    people: () => measures.find(([, { people }]) => people)?.[1].people?.state(),
    async show(pair) {
      const { lr, input, sr, hr } = await makePictures(pair, pictures, method);
      return {
        lr: await dataUrl(lr),
        input: await dataUrl(input),
        sr: await dataUrl(sr),
        hr: await dataUrl(hr),
      };
    },
  };
}

const keep: Method = ({ input }) => toRgb(input);
const enlarge: Method = ({ lr, hr }) => resize(toRgb(lr), { width: hr.width, height: hr.height });

async function saveAs(file: string, sr: Parameters<typeof writeImage>[1]): Promise<void> {
  try {
    await makeFolder(dirname(file));
    await writeImage(file, sr);
  } catch (error) {
    // Else it would count as the fault of the picture that was read.
    throw new SparnetError('bad-state', (error as Error).message, { cause: error });
  }
}

/** True for errors that concern the files of one picture only: it is left out, and said. */
function isFault(error: unknown): error is SparnetError {
  return (['bad-image', 'bad-file', 'missing-file', 'read-failed'] as const).some((code) =>
    isSparnetError(error, code),
  );
}
