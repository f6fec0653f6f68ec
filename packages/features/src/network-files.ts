import type { FeatureNetworkName } from './feature-network.ts';

/** Where the weights of a public network are, and how they are recognised. */
export interface NetworkFile {
  /** As its publisher names it. */
  file: string;
  url: string;
  /** Hexadecimal digits that the file's sha256 begins with: all 64 where they are known. */
  sha256: string;
}

/**
 * The files of torchvision and pytorch-fid. Their names carry the first eight digits of the sha256. The whole digest is
 * as independent projects report it; that of VGG-19 is not known to us.
 */
export const networkFiles: Record<FeatureNetworkName, NetworkFile> = {
  squeezenet1_1: torchvision(
    'squeezenet1_1-b8a52dc0.pth',
    'b8a52dc049b60e4b6ab68ad0df457362afab8b6304b2febdc1650a5dab4d7e7b',
  ),
  alexnet: torchvision(
    'alexnet-owt-7be5be79.pth',
    '7be5be791159472b1fbf3c69796f7cb30dca7ad8466c2df70058c37116cdee02',
  ),
  vgg16: torchvision(
    'vgg16-397923af.pth',
    '397923af8e79cdbb6a7127f12361acd7a2f83e06b05044ddf496e83de57a5bf0',
  ),
  vgg19: torchvision('vgg19-dcbb9e9d.pth', 'dcbb9e9d'),
  'inception-fid': {
    file: 'pt_inception-2015-12-05-6726825d.pth',
    url: 'https://github.com/mseitzer/pytorch-fid/releases/download/fid_weights/pt_inception-2015-12-05-6726825d.pth',
    sha256: '6726825d0af5f729cebd5821db510b11b1cfad8faad88a03f1befd49fb9129b2',
  },
};

function torchvision(file: string, sha256: string): NetworkFile {
  return { file, url: `https://download.pytorch.org/models/${file}`, sha256 };
}
