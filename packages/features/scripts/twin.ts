// Compares the networks of this package with their PyTorch twins, at full width: runs twin.py for each of NETWORK... (all
// when none is given) with the Python that SPARNET_PYTHON names, and prints the gaps on the engines of SPARNET_ENGINES
// (default: cpu wasm). From the repository root:
//   SPARNET_PYTHON=python3 node --import=./scripts/ts.mjs --conditions=@sparnet/source packages/features/scripts/twin.ts
import { engineNames, useEngine, type EngineName } from '@sparnet/engine';
import { featureNetworkNames, type FeatureNetworkName } from '@sparnet/features';
import { readWeights } from '@sparnet/weights/node';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { twinGaps } from '../fixtures/twin-gaps.ts';

const tolerance = 2e-5;
/**
 * Of gradients, as a length: among millions of units a few are so near 0, or their neighbours in a max pool, that float32
 * and float64 fall on different sides. PyTorch's own float32 does too; twin.py prints by how much.
 */
const gradientTolerance = 1e-2;
const given = process.argv.slice(2);
const networks = featureNetworkNames.filter((name) => given.length === 0 || given.includes(name));
const engines = (process.env['SPARNET_ENGINES'] ?? 'cpu wasm').split(' ');
const folder = mkdtempSync(join(tmpdir(), 'sparnet-twin-'));
let failed = 0;
try {
  for (const network of networks) await compare(network);
} finally {
  rmSync(folder, { recursive: true });
}
console.log(failed === 0 ? 'all agree' : `${failed} too far`);
process.exitCode = failed === 0 && networks.length > 0 ? 0 : 1;

async function compare(network: FeatureNetworkName): Promise<void> {
  const file = join(folder, `${network}.safetensors`);
  const script = fileURLToPath(new URL('twin.py', import.meta.url));
  execFileSync(process.env['SPARNET_PYTHON'] ?? 'python3', [script, network, file], { stdio: 'inherit' });
  const state = await readWeights(file);
  for (const name of engineNames.filter((engine) => engines.includes(engine))) {
    await onEngine(name, () => {
      for (const { name: tensor, largest, overall } of twinGaps(network, state)) {
        const isGradient = tensor.endsWith('gradient');
        if (!(isGradient ? overall <= gradientTolerance : largest <= tolerance)) failed++;
        const gap = (isGradient ? overall : largest).toExponential(1);
        console.log(network.padEnd(14), name.padEnd(6), tensor.padEnd(18), gap);
      }
    });
  }
  rmSync(file);
}

async function onEngine(name: EngineName, action: () => void): Promise<void> {
  const engine = await useEngine(name);
  action();
  engine.dispose();
}
