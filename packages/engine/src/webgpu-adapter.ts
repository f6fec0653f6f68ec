import { SparnetError } from '@sparnet/core';

/**
 * WebGPU's adapter for computing: hardware where there is any.
 *
 * @throws SparnetError `missing-package` when there is none.
 */
export async function webgpuAdapter(gpu: GPU): Promise<GPUAdapter> {
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (adapter) return adapter;
  throw new SparnetError('missing-package', 'WebGPU finds no adapter: no GPU with a driver that it can use');
}

/** True for an adapter that computes on the processor, such as SwiftShader, lavapipe or WARP. */
export function isSoftware(info: GPUAdapterInfo): boolean {
  const names = [info.vendor, info.architecture, info.device, info.description].join(' ');
  return info.isFallbackAdapter || /swiftshader|llvmpipe|lavapipe|basic render|software/i.test(names);
}

/** `hardware adapter nvidia ampere (NVIDIA GeForce RTX 3080)`: of what it tells, what says most. */
export function adapterInWords(info: GPUAdapterInfo): string {
  const names = [info.vendor, info.architecture].filter((name) => name !== '').join(' ') || 'without a name';
  const detail = info.description || info.device;
  const kind = isSoftware(info) ? 'software' : 'hardware';
  return `${kind} adapter ${names}${detail === '' ? '' : ` (${detail})`}`;
}
