// What the WebAssembly module exports. Pictures lie in its memory with their margins: nothing here knows of borders.
export { averageRows } from './average';
export { correlateRows } from './correlate';
export { gaussianRows } from './gaussian';
export { medianRows } from './median';
export { medianOfNineRows } from './median-of-nine';
export { addNoise, startNoise } from './noise';
export { startDoubts } from './rounding';
