import type { EvaluationResult } from './result.ts';

/**
 * What keeps the means of several results from being compared, a sentence each; empty when they were measured alike:
 * the same pictures, made and compared in the same way.
 */
export function differencesBetween(results: readonly EvaluationResult[]): string[] {
  const differences = settingDifferences(results);
  const [first] = results;
  const others = results.filter((result) => first && pictureList(result) !== pictureList(first));
  if (others.length > 0)
    differences.push(
      `The pictures are not those of ${first?.name}: ${others.map(({ name }) => name).join(', ')}.`,
    );
  return differences;
}

/** The same but for which pictures were measured: for those who compare only pictures that all results have. */
export function settingDifferences(results: readonly EvaluationResult[]): string[] {
  return Object.entries(traits).flatMap(([what, trait]) => {
    const groups = grouped(results, trait);
    if (groups.size < 2) return [];
    const parts = [...groups].map(([value, names]) => `${value} (${names.join(', ')})`);
    return [`${what}: ${parts.join('; ')}.`];
  });
}

/** How LR pictures were made; undefined where only who made the SR pictures elsewhere knows. */
export function lrSource({ inputs: { lr, degrade, seed }, scale }: EvaluationResult): string | undefined {
  if (lr !== undefined) return lr;
  if (degrade !== undefined) return seed === undefined ? degrade : `${degrade}, seed ${seed}`;
  return scale === undefined ? undefined : 'bicubic';
}

/** A trait of a result; undefined where it isn't known, which agrees with everything. */
type Trait = (result: EvaluationResult, results: readonly EvaluationResult[]) => string | undefined;

const traits: Record<string, Trait> = {
  'The protocols differ': ({ protocol }) => protocol,
  'The borders left out differ': ({ border }) => `${border} pixels`,
  'The scales differ': ({ scale }) => (scale === undefined ? undefined : `×${scale}`),
  'The LR pictures were made in different ways': lrSource,
  'The HR pictures were brought to different sizes': ({ inputs: { size } }, results) => {
    if (size !== undefined) return `${size} x ${size}`;
    return results.some(({ fitted }) => fitted > 0) ? 'as they are' : undefined;
  },
};

function grouped(results: readonly EvaluationResult[], trait: Trait): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const result of results) {
    const value = trait(result, results);
    if (value !== undefined) groups.set(value, [...(groups.get(value) ?? []), result.name]);
  }
  return groups;
}

function pictureList({ images }: EvaluationResult): string {
  return JSON.stringify(images.map(({ name }) => name));
}
