export { trainOptions, type TrainConfig } from './options.ts';
export { resume, train, type TrainControl, type TrainResult } from './train.ts';
