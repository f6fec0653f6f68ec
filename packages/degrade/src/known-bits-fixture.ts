/**
 * The first digits of the SHA-256 of size and samples of LR-UP, of the test picture of 48 x 40 pixels degraded by each
 * preset with seed 7, images 0, 1 and 2. They are the same in every engine and must never change.
 */
export const knownBits: Readonly<Record<string, string>> = {
  'bicubic-x16': '4f451a22a334 4f451a22a334 4f451a22a334',
  'bicubic-x4': '8d4397a62828 8d4397a62828 8d4397a62828',
  'bicubic-x8': '4ac9c8df6d3e 4ac9c8df6d3e 4ac9c8df6d3e',
  gfpgan: '4d73a376585c e5f530df9562 33ec4db6a4c4',
  'real-esrgan': '73aa19cbea4d a9dc1fd58f73 c6912fe2c2e4',
  sparnethd: 'aacdd781e844 310e9fa9748d e3984034fe77',
  'sparnethd-released': 'c1e0d6669dc3 5c2b083ba0d6 9a81d2777876',
};
