/** Seconds as a person says them: `42 s`, `3 min 05 s`, `2 h 07 min`, `3 d 04 h`; `?` when not finite. */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '?';
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return two(whole, 60, 'min', 's');
  const minutes = Math.round(whole / 60);
  return minutes < 24 * 60 ? two(minutes, 60, 'h', 'min') : two(Math.round(minutes / 60), 24, 'd', 'h');
}

function two(value: number, size: number, large: string, small: string): string {
  return `${Math.floor(value / size)} ${large} ${String(value % size).padStart(2, '0')} ${small}`;
}
