import { packageBuild } from '../../tsup.base.ts';

// Each model has an entry of its own.
export default packageBuild(['src/index.ts', 'src/sparnet*.ts']);
