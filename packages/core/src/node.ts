export { makeFolder } from './node/make-folder.ts';
export { replaceFile } from './node/replace-file.ts';
export { nameOfTemporary, removeTemporaries, temporaryBeside } from './node/temporary-beside.ts';
export { writeError } from './node/write-error.ts';
export { flushFolder, writeFlushed } from './node/write-flushed.ts';
