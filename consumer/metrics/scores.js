import { protocols, psnr, ssim } from '@sparnet/metrics';

/** Both metrics of two images by every protocol. */
export function scores(truth, guess) {
  return Object.fromEntries(
    protocols.map((protocol) => [
      protocol,
      { psnr: psnr(truth, guess, { protocol }), ssim: ssim(truth, guess, { protocol }) },
    ]),
  );
}
