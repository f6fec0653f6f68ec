/**
 * The first digits of the SHA-256 of size and samples of LR-UP, of the test picture of 48 x 40 pixels degraded by each
 * preset with seed 7, images 0, 1 and 2. They are the same in every engine and must never change.
 */
export const knownBits: Readonly<Record<string, string>> = {
  'bicubic-x16': '4f451a22a334 4f451a22a334 4f451a22a334',
  'bicubic-x4': '8d4397a62828 8d4397a62828 8d4397a62828',
  'bicubic-x8': '4ac9c8df6d3e 4ac9c8df6d3e 4ac9c8df6d3e',
  gfpgan: 'f186e4123f6b 038eca48f977 41253dcfe68c',
  'real-esrgan': '786d013b3e14 a9dc1fd58f73 64e6a57a5871',
  sparnethd: '1bffc98e44a3 563cd180dfb2 a5037649e44b',
  'sparnethd-released': '2c57d256e240 5c2b083ba0d6 9a81d2777876',
};
