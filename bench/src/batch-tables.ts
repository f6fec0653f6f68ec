import { join } from 'node:path';
import { agreementOf } from './agreement.ts';
import type { BenchOptions, NamedModel } from './bench-options.ts';
import { formsFor, keyOf, type Form, type Task } from './forms.ts';
import { measure, type Unmeasured } from './measure.ts';
import type { Progress } from './progress.ts';
import { writeStartFiles } from './start-files.ts';
import { startForm, type Work } from './start-form.ts';
import { figuresOf, tableOf, type Figures } from './table-figures.ts';

/** One table: what all contenders made of one batch. */
export interface BatchTable {
  model: string;
  task: Task;
  batch: number;
  contenders: Figures[];
  /** What is not in it. */
  unmeasured: Unmeasured[];
  /** Whose results differ, or what failed. */
  problems: string[];
}

/** Time every model, task and batch that the options ask for; `finished` is told of each table. */
export async function measureTables(
  options: BenchOptions,
  place: { folder: string; photos: string; progress: Progress },
  finished: (table: BatchTable, text: string) => Promise<void>,
): Promise<void> {
  const { models, tasks, batches, contenders, shard } = options;
  const plans = models.flatMap((model) =>
    tasks.flatMap((task) =>
      batches.map((batch) => ({ model, task, batch, forms: formsFor(task, batch, contenders) })),
    ),
  );
  place.progress.expect(plans.flatMap(({ task, batch, forms }) => forms.map(() => effort(task, batch))));
  for (const { model, task, batch, forms } of plans) {
    const folder = join(place.folder, model.name);
    const files = await writeStartFiles(folder, { config: model.config, images: shard });
    const work: Work = { task, config: model.config, batch, shard, folder, files, photos: place.photos };
    const table = await measureTable(model, forms, work, { options, progress: place.progress });
    await finished(table, `${titleOf(table)}\n\n${tableOf(table.contenders, table)}\n`);
  }
}

async function measureTable(
  { name }: NamedModel,
  forms: readonly Form[],
  work: Work,
  { options: { rounds, seconds }, progress }: { options: BenchOptions; progress: Progress },
): Promise<BatchTable> {
  const { task, batch } = work;
  const agreement = agreementOf(work);
  const candidates = forms.map((form) => ({
    key: keyOf(form),
    start: () => startForm(form, work),
    warmedUp: (answers: Parameters<typeof agreement.add>[1]) => agreement.add(form, answers),
  }));
  const { measured, unmeasured } = await measure(candidates, {
    rounds,
    seconds,
    say: (what) => progress.show(`${name}, ${task}, batch ${batch}: ${what}`),
    done: () => progress.done(effort(task, batch)),
  });
  const failures = unmeasured.filter(({ absent }) => !absent).map(({ key, why }) => `${key}: ${why}`);
  return {
    model: name,
    task,
    batch,
    contenders: figuresOf(measured, { batch, agreement: agreement.found }),
    unmeasured,
    problems: [...agreement.problems, ...failures],
  };
}

/** Roughly how long a contender takes, in units of its start. */
function effort(task: Task, batch: number): number {
  return task === 'forward' ? 1 + batch / 8 : 1 + batch / 2;
}

function titleOf({ model, task, batch }: BatchTable): string {
  return `${model}, ${task === 'forward' ? 'forward' : 'training step'}, ${batch} ${batch === 1 ? 'image' : 'images'}`;
}
