// What a page needs to degrade a picture: its size is measured.
export { apply, presets, sample } from '@sparnet/degrade';
