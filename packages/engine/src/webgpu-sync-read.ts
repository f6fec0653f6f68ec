import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import * as tf from '@tensorflow/tfjs-core';

type Task = () => void;

/**
 * Give a backend on Dawn in Node the synchronous read (`dataSync`), for which tfjs needs a browser's canvas.
 *
 * Dawn keeps its promises in a task that it hands to `setImmediate`: whoever runs that task while the process waits gets
 * an answer without returning to the event loop.
 *
 * @param tick - That task, as {@link catchTick} caught it.
 */
export function readSynchronously(backend: WebGPUBackend, tick: Task): void {
  readThrough(backend, (source) => readInNode(backend, source, tick));
}

/** Make the synchronous read an error that says what to do. */
export function refuseToReadSynchronously(backend: WebGPUBackend): void {
  readThrough(backend, () => {
    throw new Error('values can not be read synchronously from this WebGPU adapter: await tensor.data()');
  });
}

/** Let `read` bring the bytes of a buffer whose values are not on the processor yet. */
function readThrough(backend: WebGPUBackend, read: (source: GPUBuffer) => ArrayBuffer): void {
  backend.readSync = (dataId) => {
    const stored = backend.tensorMap.get(dataId);
    if (stored.values != null || stored.dtype === 'string') return stored.values;
    if (stored.dtype === 'complex64') throw new Error('complex numbers are not read synchronously');
    stored.values = tf.util.convertBackendValuesAndArrayBuffer(
      read(stored.resource as GPUBuffer),
      stored.dtype,
    );
    return stored.values;
  };
}

/** Run `action`, which starts something of Dawn's; `tick` is the task that keeps its promise, if it made one. */
export function catchTick<Result>(action: () => Result): { result: Result; tick: Task | undefined } {
  const { setImmediate } = globalThis;
  let tick: Task | undefined;
  globalThis.setImmediate = ((task: Task) => {
    tick = task;
    return setImmediate(task);
  }) as typeof setImmediate;
  try {
    return { result: action(), tick };
  } finally {
    globalThis.setImmediate = setImmediate;
  }
}

function readInNode(backend: WebGPUBackend, source: GPUBuffer, tick: Task): ArrayBuffer {
  const { MAP_READ, COPY_DST } = GPUBufferUsage;
  const staging = backend.device.createBuffer({ size: source.size, usage: MAP_READ | COPY_DST });
  backend.ensureCommandEncoderReady();
  backend.endComputePassEncoder();
  const { commandEncoder } = backend as unknown as { commandEncoder: GPUCommandEncoder };
  commandEncoder.copyBufferToBuffer(source, 0, staging, 0, source.size);
  backend.submitQueue();
  try {
    waitForMap(staging, tick);
    return staging.getMappedRange().slice(0);
  } finally {
    staging.destroy();
  }
}

function waitForMap(buffer: GPUBuffer, tick: Task): void {
  const { setImmediate } = globalThis;
  // A task that asks for its next turn gets it from the loop below, and one after it.
  globalThis.setImmediate = (() => undefined) as unknown as typeof setImmediate;
  let failure: unknown;
  const pause = new Int32Array(new SharedArrayBuffer(4));
  try {
    buffer.mapAsync(GPUMapMode.READ).catch((error: unknown) => (failure = error));
    for (tick(); buffer.mapState === 'pending'; tick()) Atomics.wait(pause, 0, 0, 0.1); // milliseconds
  } finally {
    globalThis.setImmediate = setImmediate;
    setImmediate(tick);
  }
  if (buffer.mapState !== 'mapped') throw new Error('the GPU is lost, or out of memory', { cause: failure });
}
