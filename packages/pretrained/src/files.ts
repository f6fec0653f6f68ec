/** The files in weights/. Written by scripts/publish.ts. */
export const files = {
  'sparnet-x8': {
    bytes: 6574664,
    sha256: '19efc5cdb78bed098e8d4d6749ad1e91420f1a3ca6c385fb5be173f84f5aeb7b',
  },
  'sparnethd-128': {
    bytes: 5703212,
    sha256: '39635e3836d9147c2b2b9625fb6714b28f988d036f61237983e677ebf52fdc73',
  },
} as const;
