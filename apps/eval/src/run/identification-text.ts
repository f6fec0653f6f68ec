import type { Identification } from '@sparnet/metrics/faces';

/** Who is recognised among all, as part of a sentence that begins with the method. */
export function identificationText({ rank1, count, others }: Identification): string {
  const recognised = Math.round(rank1 * count);
  return `${recognised} of ${count} are most like their own photograph among all (rank-1 ${(100 * rank1).toFixed(1)} %); the cosine with other people's is ${others.toFixed(4)} on average`;
}
