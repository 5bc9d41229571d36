/** A moment to the second, in UTC: `2026-11-25 10:30:00`. */
export function timeText(moment: Date | string): string {
  return new Date(moment).toISOString().slice(0, 19).replace('T', ' ');
}
