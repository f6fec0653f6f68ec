import type { PretrainedModel, PretrainedName } from './pretrained-model.ts';
import { sparnetV16S4 } from './sparnet-v16-s4.ts';
import { sparnetX16 } from './sparnet-x16.ts';
import { sparnetX4 } from './sparnet-x4.ts';
import { sparnetX8Tiny } from './sparnet-x8-tiny.ts';
import { sparnetX8 } from './sparnet-x8.ts';
import { sparnethd128 } from './sparnethd-128.ts';

export type { ModelCard, PretrainedModel, PretrainedName } from './pretrained-model.ts';
export { sparnethd128, sparnetV16S4, sparnetX16, sparnetX4, sparnetX8, sparnetX8Tiny };

/** All models by their names. */
export const pretrained: Readonly<Record<PretrainedName, PretrainedModel>> = {
  'sparnet-x4': sparnetX4,
  'sparnet-x8': sparnetX8,
  'sparnet-x8-tiny': sparnetX8Tiny,
  'sparnet-v16-s4': sparnetV16S4,
  'sparnet-x16': sparnetX16,
  'sparnethd-128': sparnethd128,
};

/** The model of that name, if there is one. */
export function pretrainedModel(name: string): PretrainedModel | undefined {
  return Object.hasOwn(pretrained, name) ? pretrained[name as PretrainedName] : undefined;
}
