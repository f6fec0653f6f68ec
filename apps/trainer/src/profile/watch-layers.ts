import * as layers from '@sparnet/layers';
import { Sparnet } from '@sparnet/models';
import type { Ledger } from './ledger.ts';
import { replaceMethod } from './replace-method.ts';

/** Methods in which a module computes. */
const passes = ['forward', 'map'];

/**
 * Charge what modules compute to them, by their names: the first inside the second inside the network.
 *
 * @returns Ends it.
 */
export function watchLayers(ledger: Ledger): () => void {
  const ends = [...moduleClasses(), Sparnet].flatMap(({ prototype }) =>
    passes
      .filter((pass) => Object.hasOwn(prototype, pass))
      .map((pass) =>
        replaceMethod(prototype, pass, (original) => {
          return function watched(this: layers.Module, ...rest: unknown[]): unknown {
            const outer = ledger.layer;
            ledger.enterLayer(within(outer, this.name));
            try {
              return original.call(this, ...rest) as unknown;
            } finally {
              ledger.enterLayer(outer);
            }
          };
        }),
      ),
  );
  return () => {
    for (const end of ends) end();
  };
}

function moduleClasses(): { prototype: layers.Module }[] {
  return Object.values(layers).filter(
    (value): value is typeof value & { prototype: layers.Module } =>
      typeof value === 'function' && value.prototype instanceof layers.Module,
  );
}

/** The path of a layer. Some modules stand in the place of the one around them, under its name. */
function within(outer: readonly string[], name: string): readonly string[] {
  if (name === '') return [];
  return outer.at(-1) === name ? outer : [...outer, name];
}
