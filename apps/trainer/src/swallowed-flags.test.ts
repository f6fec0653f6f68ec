import { expect, test } from 'vitest';
import { trainOptions } from './options.ts';
import { swallowedFlags } from './swallowed-flags.ts';

test('what npm keeps of flags without -- before them is found', () => {
  // As npm 11 says them for `npm run trainer train --data faces --val-limit 5 --no-flip`.
  const env = {
    npm_config_data: 'true',
    npm_config_val_limit: 'true',
    npm_config_flip: '',
    npm_config_init_module: '/root/.npm-init.js',
    npm_config_noproxy: '',
    PATH: '/bin',
  };
  expect(swallowedFlags(trainOptions, ['faces', '5'], env)).toEqual(['--data', '--val-limit', '--flip']);
  // Given, they were not swallowed, whatever an .npmrc says.
  expect(swallowedFlags(trainOptions, ['--data', 'a', '--val-limit=5', '--flip'], env)).toEqual([]);
  expect(swallowedFlags(trainOptions, [], { npm_config_cache: '/tmp' })).toEqual([]);
});
