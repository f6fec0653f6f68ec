import { SparnetError } from '@sparnet/core';
import { differencesBetween } from '../comparability.ts';
import type { NamedResult } from '../merge-results.ts';
import type { EvaluationResult } from '../result.ts';
import { codeSpan, escapeMarkdown } from '../run/escape-markdown.ts';
import { lastPart } from './last-part.ts';

/** Results that were measured alike, of the same photographs. */
export interface PhotographSet {
  /** In words, in Markdown: which photographs, and how they were measured. No other set has the same. */
  words: string;
  results: EvaluationResult[];
}

/**
 * The results by the photographs they are of, in their order.
 *
 * @throws SparnetError `bad-argument` naming the files for the result of a shard, and for results that the same words
 *   would describe although they can't be compared.
 */
export function photographSets(results: readonly NamedResult[]): PhotographSet[] {
  const part = results.find(({ result }) => result.shard);
  if (part)
    throw new SparnetError(
      'bad-argument',
      `${part.source} is shard ${part.result.shard?.index} of ${part.result.shard?.of}, a part of the photographs; put all parts together first (eval merge)`,
    );
  const sets = new Map<string, NamedResult[]>();
  for (const named of results) {
    const words = photographs(named.result);
    sets.set(words, [...(sets.get(words) ?? []), named]);
  }
  return [...sets].map(([words, members]) => {
    checkAlike(words, members);
    return { words, results: members.map(({ result }) => result) };
  });
}

function checkAlike(words: string, members: readonly NamedResult[]): void {
  const bySource = members.map(({ source, result }) => ({ ...result, name: source }));
  const differences = differencesBetween(bySource);
  if (differences.length === 0) return;
  throw new SparnetError(
    'bad-argument',
    `a card would call the photographs of several results alike, "${words}", but they were not measured alike: ${differences.join(' ')} ` +
      'Measure all methods on the same photographs in the same way, give folders of others names of their own, or leave one out',
  );
}

function photographs(result: EvaluationResult): string {
  const { inputs, count, protocol, border } = result;
  const facts = [
    `${count} photographs of ${codeSpan(lastPart(inputs.hr))}`,
    ...(inputs.size === undefined ? [] : [`at ${inputs.size} x ${inputs.size}`]),
    ...lowPictures(result),
    `protocol ${protocol}`,
    ...(border > 0 ? [`border ${border}`] : []),
  ];
  return facts.join(', ');
}

/** How the LR pictures were made; nothing where only who made the SR pictures knows. */
function lowPictures({ inputs: { lr, degrade, seed }, scale }: EvaluationResult): string[] {
  if (lr !== undefined) return [`LR pictures of ${codeSpan(lastPart(lr))}`];
  if (degrade !== undefined)
    return [`degraded by ${escapeMarkdown(lastPart(degrade))}${seed === undefined ? '' : `, seed ${seed}`}`];
  return scale === undefined ? [] : [`reduced by ${scale}`];
}
