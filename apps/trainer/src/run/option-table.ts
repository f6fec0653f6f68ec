/**
 * The type of an option's value; `strings` and `numbers` are lists, `json` is any JSON value, `named` the name of a preset
 * or a file on the command line, and in a configuration also the JSON value that these stand for.
 */
type OptionType = 'integer' | 'number' | 'string' | 'boolean' | 'strings' | 'numbers' | 'json' | 'named';

/** One option: a key of the configuration (`batchSize`) and a flag (`--batch-size`). */
export interface OptionSpec {
  type: OptionType;
  /** Bounds of a number, or of each number of a list, included. */
  min?: number;
  max?: number;
  /** A bound of a number that it must be above. */
  above?: number;
  /** The strings that are allowed. */
  choices?: readonly string[];
  /** Without one the option may be absent. */
  default?: unknown;
  /** One sentence. */
  help: string;
}

/** All options of a program, in the order in which help and configuration show them. */
export type OptionTable = Readonly<Record<string, OptionSpec>>;

/** The configuration that a table describes: options with a default are always there. */
export type ConfigOf<T extends OptionTable> = {
  -readonly [K in keyof T as T[K] extends { default: unknown } ? K : never]: ValueOf<T[K]>;
} & {
  -readonly [K in keyof T as T[K] extends { default: unknown } ? never : K]?: ValueOf<T[K]>;
};

/** The value of one option. */
type ValueOf<S extends OptionSpec> = S extends { choices: readonly (infer C)[] }
  ? S['type'] extends 'strings'
    ? C[]
    : C
  : {
      integer: number;
      number: number;
      string: string;
      boolean: boolean;
      strings: string[];
      numbers: number[];
      json: unknown;
      named: unknown;
    }[S['type']];
