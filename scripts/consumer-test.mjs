// Installs the packed packages as anyone would, into empty folders outside the workspace, and uses them there.
// Expects the packages to be built. The last line is 'N passed, N failed'.
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundledSize, hasBrowser, resultOfPage } from './consumer-page.mjs';
import { catalogued, createProject, packAll, root, run } from './consumer-project.mjs';
import { inBytes, installedSizes } from './consumer-sizes.mjs';

const tensorflow = ['@tensorflow/tfjs', '@tensorflow/tfjs-backend-wasm'];
const photo = 'apps/trainer/node_modules/@vladmandic/face-api/demo/sample1.jpg';
const budgets = JSON.parse(readFileSync(join(root, 'consumer/budgets.json'), 'utf8'));

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'sparnet-consumer-')));
const count = { passed: 0, failed: 0 };
try {
  const packages = packAll(join(folder, 'packed'));
  await attempt('every package', () => everyPackage(packages));
  await attempt('degrade', () => withoutTensors('degrade', packages));
  // It takes pixels; those of files are decoded by sharp.
  await attempt('metrics', () => withoutTensors('metrics', packages, { sharp: catalogued('sharp') }));
  await attempt('pretrained', () => betterFace(packages));
} catch (error) {
  note('packing', error.message);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(`${count.passed} passed, ${count.failed} failed`);
process.exitCode = count.failed > 0 ? 1 : 0;

/** All packages and tfjs in one project: ES modules, `require`, types. */
function everyPackage(packages) {
  const project = join(folder, 'every-package');
  const others = Object.fromEntries(tensorflow.map((name) => [name, catalogued(name)]));
  createProject(project, packages, [...packages.keys()], others);
  cpSync(join(root, 'consumer'), project, { recursive: true });
  nodeTests(project, 'plain.test.mjs');
  nodeTests(project, 'required.test.cjs');
  typeTests(project);
}

/** One package that needs no tensor library, alone in a project: in Node, in a page, and what it weighs. */
async function withoutTensors(name, packages, others = {}) {
  const project = join(folder, name);
  createProject(project, packages, [`@sparnet/${name}`, '@sparnet/image'], others);
  copyProgram(name, project);
  const { ours, installed, apart } = installedSizes(project);
  const tensors = apart.filter(([other]) => /tensorflow|onnx|torch|face-api/.test(other));
  note(`${name}: no tensor library is installed`, tensors.join(' '));
  nodeTests(project, `${name}.test.mjs`);
  if (hasBrowser()) {
    await attempt(`${name}: a page in Chromium gives the bits of Node`, () => samePage(project));
  } else console.log(`${name}: no Chromium (CHROMIUM=FILE), so its page was not opened`);
  const { minified, gzip } = await bundledSize(project, 'part.js');
  console.log(`${name} installed: ${[['@sparnet', ours], ...apart].map(sizeText).join(', ')}`);
  console.log(`${name} in a page: ${inBytes(minified)}, ${inBytes(gzip)} with gzip`);
  for (const [what, bytes] of Object.entries({ installed, ours, gzip })) {
    const budget = budgets[name][what];
    const text = `${name} ${what}: ${inBytes(bytes)} of ${inBytes(budget)}`;
    note(text, bytes <= budget ? '' : 'above the budget of consumer/budgets.json');
  }
}

/** Models and their weights: a better face in Node, and the same one in a page. */
async function betterFace(packages) {
  const project = join(folder, 'pretrained');
  const wanted = ['pretrained', 'models', 'engine', 'image'].map((name) => `@sparnet/${name}`);
  const others = ['@tensorflow/tfjs-core', '@tensorflow/tfjs-backend-wasm', 'sharp'];
  createProject(
    project,
    packages,
    wanted,
    Object.fromEntries(others.map((name) => [name, catalogued(name)])),
  );
  copyProgram('pretrained', project);
  nodeTests(project, 'pretrained.test.mjs');
  if (hasBrowser()) {
    await attempt('pretrained: a page in Chromium gives the bits of Node', () => samePage(project));
  } else console.log('pretrained: no Chromium (CHROMIUM=FILE), so its page was not opened');
}

/** What a consumer has written, and a photo. */
function copyProgram(name, project) {
  cpSync(join(root, 'consumer', name), project, { recursive: true });
  cpSync(join(root, 'consumer/digest.js'), join(project, 'digest.js'));
  cpSync(join(root, photo), join(project, 'photo.jpg'));
}

async function samePage(project) {
  const inNode = JSON.parse(readFileSync(join(project, 'node-result.json'), 'utf8'));
  assert.deepEqual(await resultOfPage(project), inNode);
}

function sizeText([name, bytes]) {
  return `${name} ${inBytes(bytes)}`;
}

/** Run a file of Node's own test runner, and count its tests. */
function nodeTests(project, file) {
  const { status, output } = run(process.execPath, ['--test', '--test-reporter=tap', file], project);
  const number = (what) => Number(output.match(new RegExp(`^# ${what} (\\d+)$`, 'm'))?.[1] ?? 0);
  const passed = number('pass');
  const failed = Math.max(number('fail'), status === 0 && passed > 0 ? 0 : 1);
  count.passed += passed;
  count.failed += failed;
  console.log(failed > 0 ? output : `${file}: ${passed} passed`);
}

/** The declarations of tfjs and WebGPU don't pass with skipLibCheck off; ours have to. */
function typeTests(project) {
  const tsc = [join(root, 'node_modules/typescript/bin/tsc'), '-p', '.'];
  const { status, output } = run(process.execPath, tsc, project);
  note('strict TypeScript compiles', status === 0 ? '' : output);
  const all = run(process.execPath, [...tsc, '--skipLibCheck', 'false'], project).output.split('\n');
  const ours = all.filter((line) => /^(node_modules\/@sparnet\/|typed\.ts)/.test(line));
  note('declarations are sound', ours.join('\n'));
}

/** Do it; a failure is counted and the rest goes on. What is done counts its own tests, or passes as one. */
async function attempt(name, what) {
  try {
    const before = count.passed + count.failed;
    await what();
    if (count.passed + count.failed === before) note(name, '');
  } catch (error) {
    note(name, error.message);
  }
}

/** Counts a test, which has failed if there is a reason. */
function note(name, reason) {
  if (reason) count.failed += 1;
  else count.passed += 1;
  console.log(reason ? `${name}: failed\n${reason}` : `${name}: passed`);
}
