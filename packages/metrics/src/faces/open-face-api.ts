import { SparnetError } from '@sparnet/core';
import { checkImage, crop, toRgb, type Image, type Rectangle } from '@sparnet/image';
import { importPeer } from '../import-peer.ts';
import { importTfjs } from '../import-tfjs.ts';
import type { Point } from '../five-points.ts';

/** The landmark and recognition networks that ship in `@vladmandic/face-api`. */
export interface FaceApi {
  /** For {@link landmarkAccuracy}: package, version and network. */
  readonly detector: string;
  /** For {@link identitySimilarity}: package, version and network. */
  readonly network: string;
  /**
   * 68 landmarks in the order of iBUG 300-W, in pixels of `image`, of the face that fills the image, or the `box`. The
   * network always answers, also where there is no face.
   *
   * @throws SparnetError `bad-image` or `bad-argument` for an invalid image or box.
   */
  landmarks(image: Image, options?: { box?: Rectangle }): Promise<Point[]>;
  /**
   * The descriptor of the face that fills the image, or the `box`: 128 numbers, not normalised. The picture is padded to a
   * square and resized to 150 x 150 pixels without antialiasing.
   *
   * @throws SparnetError `bad-image` or `bad-argument` for an invalid image or box.
   */
  embedding(image: Image, options?: { box?: Rectangle }): Promise<Float32Array>;
  /** Frees the weights. */
  dispose(): void;
}

/** The package, and what it needs without saying so. */
const packages = ['@vladmandic/face-api', '@tensorflow/tfjs', '@tensorflow/tfjs-backend-wasm'] as const;

/**
 * Opens the networks of `@vladmandic/face-api`, in Node. They compute on the engine in use and leave it as it is; the
 * package does put tfjs' chained operations on all tensors of the process.
 *
 * @throws SparnetError `missing-package` with the install line when a package is not installed, `engine-unavailable` when
 *   no engine is in use or this is not Node.
 */
export async function openFaceApi(): Promise<FaceApi> {
  const { process } = globalThis;
  if (!process?.getBuiltinModule)
    throw new SparnetError('engine-unavailable', 'openFaceApi runs in Node only');
  const tf = await importTfjs();
  const faceapi = await importPeer(packages[0], importFaceApi, packages);
  const { createRequire } = process.getBuiltinModule('node:module');
  const manifest = createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json');
  const folder = process.getBuiltinModule('node:path').join(manifest, '../model');
  const landmarkNet = new faceapi.FaceLandmark68Net();
  const recognitionNet = new faceapi.FaceRecognitionNet();
  await Promise.all([landmarkNet, recognitionNet].map((net) => net.loadFromDisk(folder)));

  /** Runs a network on the picture of the face, and frees it. */
  async function onFace<Result>(
    image: Image,
    box: Rectangle | undefined,
    run: (pixels: InstanceType<typeof tf.Tensor>) => Promise<Result>,
  ): Promise<Result> {
    if (checkImage(image).channels === 4) {
      throw new SparnetError('bad-image', 'expected an image without alpha: flatten it with toRgb first');
    }
    const { width, height, data } = toRgb(box ? crop(image, box) : image);
    const pixels = tf.tensor3d(Uint8Array.from(data), [height, width, 3], 'int32');
    try {
      return await run(pixels);
    } finally {
      pixels.dispose();
    }
  }
  const release = `face-api ${faceapi.version}`;
  return {
    detector: `${release} face_landmark_68`,
    network: `${release} face_recognition`,
    async landmarks(image, { box } = {}) {
      const found = await onFace(image, box, (pixels) => landmarkNet.detectLandmarks(pixels as never));
      const { left, top } = box ?? { left: 0, top: 0 };
      return [found]
        .flat()
        .flatMap(({ positions }) => positions.map(({ x, y }) => ({ x: left + x, y: top + y })));
    },
    async embedding(image, { box } = {}) {
      const found = await onFace(image, box, (pixels) =>
        recognitionNet.computeFaceDescriptor(pixels as never),
      );
      return [found].flat()[0] as Float32Array;
    },
    dispose() {
      landmarkNet.dispose();
      recognitionNet.dispose();
    },
  };
}

async function importFaceApi() {
  return import('@vladmandic/face-api/dist/face-api.node-wasm.js');
}
