import { files } from './files.ts';

/** The names of the models. */
export type PretrainedName = keyof typeof files;

/** A model that `loadModel` of `@sparnet/models` takes. */
export interface PretrainedModel {
  name: PretrainedName;
  /** Where its file is: in this package. */
  url: URL;
  /** The file's length. */
  bytes: number;
  /** SHA-256 of the file, in lower-case hexadecimal digits. */
  sha256: string;
  card: ModelCard;
}

/** What somebody must know who uses a model. */
export interface ModelCard {
  /** What it makes of what. */
  does: string;
  /** How the face must lie in the picture. */
  crop: string;
  /** What the photographs it was trained on allow. */
  terms: string;
  /** The whole card, in Markdown, by its place in this package. */
  page: `cards/${string}.md`;
}

/** A model with the length and the digest of its file. */
export function published(name: PretrainedName, url: URL, card: Omit<ModelCard, 'page'>): PretrainedModel {
  return { name, url, ...files[name], card: { ...card, page: `cards/${name}.md` } };
}
