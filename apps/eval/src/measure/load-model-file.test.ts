import { expect, test, vi } from 'vitest';
import { loadModelFile } from './load-model-file.ts';

vi.mock('@sparnet/pretrained', async (original) => {
  const real = await original<typeof import('@sparnet/pretrained')>();
  const lost = new URL('file:///nowhere/weights/sparnet-x8-tiny.safetensors');
  return { ...real, pretrainedModel: () => ({ ...real.sparnetX8Tiny, url: lost }) };
});

test('a published model whose file the package has lost is not called a wrong name', async () => {
  await expect(loadModelFile('sparnet-x8-tiny')).rejects.toMatchObject({
    code: 'missing-file',
    message: expect.stringMatching(
      /^sparnet-x8-tiny: .*sparnet-x8-tiny\.safetensors is missing in @sparnet\/pretrained; install that package again$/,
    ) as string,
  });
});
