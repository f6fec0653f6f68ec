export { formatDuration } from './duration.ts';
export { interruption } from './interruption.ts';
export { runProgram, type Program } from './run-program.ts';
export { asUsage, isWrongUsage } from './wrong-usage.ts';
