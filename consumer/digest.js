/** SHA-256 of a picture's levels. */
export async function digest({ width, height, data }) {
  const hash = await crypto.subtle.digest('SHA-256', data);
  const digits = Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, '0'));
  return `${width}x${height} ${digits.join('')}`;
}
