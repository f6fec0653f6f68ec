import { noise } from './image-fixture.ts';
import { accumulator, errorMap, metrics, protocols, toHeatMap, type MetricName } from './index.ts';

/** Scores and maps of fixed pictures as text: one text in Node and in a browser, to the last bit. */
export function scoresAsText(): string {
  const size = { width: 180, height: 177, channels: 3 } as const;
  const [a, b, c] = [1, 2, 3].map((seed) => noise({ ...size, seed }));
  const scores = (Object.keys(metrics) as MetricName[]).flatMap((metric) =>
    protocols.map((protocol) => {
      const sums = accumulator(metric, { protocol });
      sums.update(a!, b!);
      sums.update(b!, c!);
      return `${metric} ${protocol} ${sums.compute().mean}`;
    }),
  );
  const map = errorMap('ssim', size);
  map.update(a!, b!);
  const { image } = toHeatMap(map.compute());
  let hash = 0;
  for (const level of image.data) hash = (Math.imul(hash, 31) + level) | 0;
  return [...scores, `heat map ${hash}`].join('\n');
}

/** What {@link scoresAsText} gave in Node. */
export const knownScores = `psnr sparnet 12.580427298721917
psnr matlab 12.580626884469856
psnr matlab-uint8 12.58062351513278
psnr rgb 7.760479431472657
ssim sparnet 0.01910726435492253
ssim matlab 0.01918532114613724
ssim matlab-uint8 0.019224028440478762
ssim rgb 0.007476819532860988
ms-ssim sparnet 0.21275343680415126
ms-ssim matlab 0.21277654781912533
ms-ssim matlab-uint8 0.2129180246571642
ms-ssim rgb 0.07747567927848349
heat map -1117290335`;
