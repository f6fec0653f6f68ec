/** The files in weights/. Written by scripts/publish.ts. */
export const files = {
  'sparnet-v16-s4': {
    bytes: 21336020,
    sha256: 'bc23254b009963d8d2e5b9cd65b7c5ac7e19fd9a89f41d97742f414308a474a6',
  },
  'sparnet-x16': {
    bytes: 6574664,
    sha256: 'c76c5bd0b525c763cfc64f402942aecdffe3155f9fdb997751b804ccde79e9b5',
  },
  'sparnet-x4': {
    bytes: 6571512,
    sha256: '136afd8eab614a851f142b7f2ebdc253f18bb091b0c4fcfcde76a0292ce1e42c',
  },
  'sparnet-x8-tiny': {
    bytes: 1902796,
    sha256: '267b3a5441c86c5ed8af840a90266b6e8b451a0f76abf81b2b5e842d01d8259c',
  },
  'sparnet-x8': {
    bytes: 6574664,
    sha256: '3acb7c50652011a1141ecb2df9f8b86e64007d9de335a3ddd97dcf04ab250849',
  },
  'sparnethd-128': {
    bytes: 5703212,
    sha256: '39635e3836d9147c2b2b9625fb6714b28f988d036f61237983e677ebf52fdc73',
  },
} as const;
