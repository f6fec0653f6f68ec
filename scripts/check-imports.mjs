// Who may import whom: packages only from the rows above them, only what they declare, and no arithmetic of tfjs where
// the operations of @sparnet/engine belong.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isBuiltin } from 'node:module';
import ts from 'typescript';

/** From the top of the table to its bottom; each may import from those before it. */
const rows = [
  'core',
  'image',
  'degrade',
  'weights',
  'engine',
  'layers',
  'models',
  'pretrained',
  'features',
  'losses',
  'metrics',
];
/** What may import the programs in apps/. */
const overApps = new Set(['vectors', 'bench']);
/** In apps/, but no program: what the programs share. */
const sharedByApps = 'command-line';
/** Packages that compute with the operations of @sparnet/engine alone: only those have gradients both ways. */
const withoutArithmetic = new Set([
  'packages/layers',
  'packages/models',
  'packages/features',
  'packages/losses',
]);
/** What these may use of tfjs: values come in, values go out, nothing is computed. */
const plainUses = new Set([
  'tensor',
  'tensor1d',
  'tensor2d',
  'tensor4d',
  'scalar',
  'zeros',
  'variable',
  'Variable',
  'dispose',
]);

/** Methods that only `@tensorflow/tfjs` puts on tensors, so far as nothing else has methods of the same name. */
const chainedOperations = new Set(
  (
    'abs argMax argMin asType avgPool batchNorm broadcastTo clipByValue conv2d cumsum depthwiseConv2d div elu exp ' +
    'expandDims floor gather greater leakyRelu less logSumExp matMul maximum maxPool mean minimum mirrorPad mul neg norm ' +
    'notEqual prelu reciprocal relu reshape reshapeAs resizeBilinear resizeNearestNeighbor rsqrt selu sigmoid softmax ' +
    'sqrt square squaredDifference squeeze stridedSlice sub sum tanh tile toFloat transpose unstack zerosLike'
  ).split(' '),
);

/**
 * Everything wrong with the imports of the workspace in the folder `root`, a line each; empty when all is well.
 */
export function importProblems(root) {
  return workspaces(root).flatMap((workspace) =>
    sourceFiles(join(root, workspace.folder, 'src')).flatMap((file) => {
      const name = relative(root, file).split(sep).join('/');
      const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
      return problemsOf(source, workspace, root).map((problem) => `${name}: ${problem}`);
    }),
  );
}

function problemsOf(source, workspace, root) {
  const isTest = /\.(test|browser)\.ts$/.test(source.fileName);
  const problems = importsOf(source).flatMap((specifier) => {
    if (specifier.startsWith('.'))
      return straying(specifier, source.fileName, within(workspace, isTest, root));
    if (isBuiltin(specifier)) return [];
    const name = packageName(specifier);
    return [...undeclared(name, workspace, isTest), ...wrongWay(name, workspace)];
  });
  if (isTest || !workspace.folder.startsWith('packages/')) return problems;
  const computes = !withoutArithmetic.has(workspace.folder);
  return [...problems, ...chainsIn(source), ...(computes ? [] : arithmeticIn(source))];
}

/** Where relative imports may lead. Tests take reference numbers; the benchmark also measures what is not public. */
function within({ folder }, isTest, root) {
  const others = [...(isTest ? ['vectors'] : []), ...(folder === 'bench' ? ['packages'] : [])];
  return [folder, ...others].map((other) => join(root, other));
}

function straying(specifier, file, folders) {
  const target = resolve(file, '..', specifier);
  const inside = folders.some((folder) => target.startsWith(folder + sep));
  return inside ? [] : [`'${specifier}' leaves the package; import by name`];
}

/** What is published declares all it needs; tests and private workspaces also have the tools of the root. */
function undeclared(name, { manifest, shared }, isTest) {
  const { dependencies, peerDependencies, devDependencies } = manifest;
  const unpublished = isTest || manifest.private === true;
  const declared = {
    [manifest.name]: '',
    ...dependencies,
    ...peerDependencies,
    ...(unpublished && { ...devDependencies, ...shared }),
  };
  return name in declared ? [] : [`'${name}' is not declared in package.json`];
}

function wrongWay(name, { folder, apps }) {
  if (apps.has(name)) {
    return overApps.has(folder) || (name === sharedByApps && folder.startsWith('apps/'))
      ? []
      : [`'${name}' is a program; only ${[...overApps].join(' and ')} import one`];
  }
  const from = rows.indexOf(folder.replace('packages/', ''));
  const to = rows.indexOf(name.replace('@sparnet/', ''));
  if (!folder.startsWith('packages/') || !name.startsWith('@sparnet/')) return [];
  if (from < 0) return [`${folder} has no row in scripts/check-imports.mjs`];
  if (to < 0) return [`'${name}' has no row in scripts/check-imports.mjs`];
  return to > from ? [`'${name}' stands below ${folder}; imports only go up`] : [];
}

/** Values of tfjs that are used, through whatever name it was imported by, beyond {@link plainUses}. */
function arithmeticIn(source) {
  const namespaces = namespacesOf(source);
  const used = new Set();
  visit(source, (node) => {
    if (ts.isImportDeclaration(node) && isTfjs(node)) for (const name of valuesNamed(node)) used.add(name);
    if (
      ts.isPropertyAccessExpression(node) &&
      ts.isIdentifier(node.expression) &&
      namespaces.has(node.expression.text)
    ) {
      used.add(node.name.text);
    }
  });
  return [...used]
    .filter((name) => !plainUses.has(name))
    .map((name) => `tf.${name} has no gradient in a sweep; use an operation of @sparnet/engine`);
}

/** The names by which a file has all of tfjs: `tf` of `import * as tf`. */
function namespacesOf(source) {
  const bindings = source.statements
    .filter(ts.isImportDeclaration)
    .filter(isTfjs)
    .map((node) => node.importClause?.namedBindings);
  return new Set(
    bindings.filter((binding) => binding && ts.isNamespaceImport(binding)).map(({ name }) => name.text),
  );
}

/** What a declaration imports by name, types left out. */
function valuesNamed({ importClause }) {
  const bindings = importClause?.namedBindings;
  if (!bindings || ts.isNamespaceImport(bindings) || importClause.isTypeOnly) return [];
  return bindings.elements
    .filter(({ isTypeOnly }) => !isTypeOnly)
    .map(({ name, propertyName }) => (propertyName ?? name).text);
}

function isTfjs({ moduleSpecifier }) {
  return moduleSpecifier.text.startsWith('@tensorflow/');
}

/** Tests and tsc have the chained operations, because a test somewhere imports all of tfjs; users may not. */
function chainsIn(source) {
  const namespaces = namespacesOf(source);
  const found = new Set();
  visit(source, (node) => {
    if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return;
    const { expression: on, name } = node.expression;
    let root = on;
    while (ts.isPropertyAccessExpression(root)) root = root.expression; // tf.image.resizeBilinear
    const isNamespace = ts.isIdentifier(root) && (root.text === 'Math' || namespaces.has(root.text));
    if (chainedOperations.has(name.text) && !isNamespace) found.add(name.text);
  });
  return [...found].map((name) => `.${name}() is only there with all of @tensorflow/tfjs; call a function`);
}

function importsOf(source) {
  const found = new Set();
  visit(source, (node) => {
    const specifier =
      ts.isImportDeclaration(node) || ts.isExportDeclaration(node)
        ? node.moduleSpecifier
        : ts.isImportTypeNode(node)
          ? node.argument.literal
          : ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword
            ? node.arguments[0]
            : undefined;
    if (specifier && ts.isStringLiteral(specifier)) found.add(specifier.text);
  });
  return [...found];
}

function visit(node, look) {
  look(node);
  ts.forEachChild(node, (child) => visit(child, look));
}

function packageName(specifier) {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

function workspaces(root) {
  const inside = (group) =>
    existsSync(join(root, group)) ? readdirSync(join(root, group)).map((name) => `${group}/${name}`) : [];
  const folders = [...inside('packages'), ...inside('apps'), ...overApps].filter((folder) =>
    existsSync(join(root, folder, 'package.json')),
  );
  const manifestIn = (folder) => JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
  const apps = new Set(
    folders.filter((folder) => folder.startsWith('apps/')).map((folder) => manifestIn(folder).name),
  );
  const shared = manifestIn('.').devDependencies;
  return folders.map((folder) => ({ folder, manifest: manifestIn(folder), shared, apps }));
}

function sourceFiles(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const problems = importProblems(fileURLToPath(new URL('..', import.meta.url)));
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) process.exit(1);
}
