// Packs every package into a folder, to be installed elsewhere.
import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { packAll } from './consumer-project.mjs';

const [given, ...more] = process.argv.slice(2);
if (!given || given.startsWith('-') || more.length > 0) {
  console.error('usage: npm run pack -- FOLDER    (one that does not exist yet)');
  process.exit(2);
}
const folder = resolve(process.env.INIT_CWD ?? '.', given);
try {
  packAll(folder);
} catch (error) {
  const taken = error.code === 'EEXIST' ? `${folder} is there already; name a new folder` : error.message;
  console.error(`error: ${taken}`);
  process.exit(1);
}
console.log(`\n${readdirSync(folder).length} packages. In a project of yours:`);
console.log(`  npm install ${folder}/*.tgz @tensorflow/tfjs-core @tensorflow/tfjs-backend-wasm sharp`);
