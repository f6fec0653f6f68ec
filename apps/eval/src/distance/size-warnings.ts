/** Sizes shown of a set that may have many. */
const shownSizes = 3;

/**
 * Warns when the pictures of two sets differ in size: a network sees the difference, and the distance tells of it instead
 * of the faces.
 *
 * @param made - The sizes of one set, such as `128 x 128`, with what the set is called.
 * @param truth - Those of the other; none when it came as statistics, of which nothing is known.
 * @returns A sentence, or none.
 */
export function sizeWarnings(made: SizedSet, truth: SizedSet): string[] {
  if (truth.sizes.size === 0 || isSame(made.sizes, truth.sizes)) return [];
  const what = isSame(proportions(made), proportions(truth)) ? 'size' : 'size and proportions';
  return [
    `the two sets differ in ${what}: ${told(made)}, ${told(truth)}; --size N brings all pictures to N x N`,
  ];
}

/** A set of pictures and what sizes it has. */
export interface SizedSet {
  path: string;
  sizes: ReadonlySet<string>;
}

function told({ path, sizes }: SizedSet): string {
  const more = sizes.size - shownSizes;
  const shown = [...sizes].toSorted().slice(0, shownSizes).join(', ');
  return `${path} has pictures of ${shown}${more > 0 ? ` and ${more} other sizes` : ''}`;
}

function proportions({ sizes }: SizedSet): ReadonlySet<number> {
  return new Set(
    [...sizes].map((size) => {
      const [width, height] = size.split(' x ').map(Number) as [number, number];
      return width / height;
    }),
  );
}

function isSame(a: ReadonlySet<unknown>, b: ReadonlySet<unknown>): boolean {
  return a.size === b.size && [...a].every((each) => b.has(each));
}
