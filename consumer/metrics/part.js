// What a page needs to score pictures: its size is measured.
export { psnr, ssim } from '@sparnet/metrics';
