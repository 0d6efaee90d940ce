/** How long something took, in the two units that matter. */

const UNITS = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1000],
] as const

/** For example `340 ms`, `2.5 s`, `3 m 20 s`, `1 h`. */
export function showDuration(milliseconds: number): string {
  const duration = Math.max(0, Math.round(milliseconds))
  if (duration < 1000) {
    return `${duration} ms`
  }
  if (duration < 60_000) {
    return `${Math.floor(duration / 100) / 10} s`
  }
  const first = UNITS.findIndex(([, length]) => duration >= length)
  const [unit, length] = UNITS[first]
  const next = UNITS[first + 1]
  const rest = next ? Math.floor((duration % length) / next[1]) : 0
  return `${Math.floor(duration / length)} ${unit}${next && rest > 0 ? ` ${rest} ${next[0]}` : ""}`
}
