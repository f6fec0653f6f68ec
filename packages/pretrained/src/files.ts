/** The files in weights/. Written by scripts/publish.ts. */
export const files = {
  'sparnethd-128': {
    bytes: 5703212,
    sha256: '39635e3836d9147c2b2b9625fb6714b28f988d036f61237983e677ebf52fdc73',
  },
} as const;
