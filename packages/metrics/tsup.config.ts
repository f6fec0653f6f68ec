import { packageBuild } from '../../tsup.base.ts';

export default packageBuild(['src/index.ts', 'src/lpips.ts', 'src/fid.ts', 'src/faces.ts']);
