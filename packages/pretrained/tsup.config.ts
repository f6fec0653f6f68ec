import { packageBuild } from '../../tsup.base.ts';

export default packageBuild([
  'src/index.ts',
  'src/sparnet-x4.ts',
  'src/sparnet-x8.ts',
  'src/sparnethd-128.ts',
]);
