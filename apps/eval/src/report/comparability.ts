import type { EvaluationResult } from '../result.ts';

/**
 * What keeps the means of several results from being compared, a sentence each; empty when they were measured alike:
 * the same pictures, made and compared in the same way.
 */
export function differencesBetween(results: readonly EvaluationResult[]): string[] {
  const differences = Object.entries(traits).flatMap(([what, trait]) => {
    const groups = grouped(results, trait);
    if (groups.size < 2) return [];
    const parts = [...groups].map(([value, names]) => `${value} (${names.join(', ')})`);
    return [`${what}: ${parts.join('; ')}.`];
  });
  const [first] = results;
  const others = results.filter((result) => first && pictureList(result) !== pictureList(first));
  if (others.length > 0)
    differences.push(
      `The pictures are not those of ${first?.name}: ${others.map(({ name }) => name).join(', ')}.`,
    );
  return differences;
}

const traits: Record<string, (result: EvaluationResult) => string> = {
  'The protocols differ': ({ protocol }) => protocol,
  'The borders left out differ': ({ border }) => `${border} pixels`,
  'The scales differ': ({ scale }) => `×${scale}`,
  'The LR pictures were made in different ways': ({ inputs }) => inputs.lr ?? inputs.degrade ?? 'bicubic',
};

function grouped(
  results: readonly EvaluationResult[],
  trait: (result: EvaluationResult) => string,
): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const result of results) {
    const value = trait(result);
    groups.set(value, [...(groups.get(value) ?? []), result.name]);
  }
  return groups;
}

function pictureList({ images }: EvaluationResult): string {
  return JSON.stringify(images.map(({ name }) => name));
}
