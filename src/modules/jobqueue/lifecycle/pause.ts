/** Waiting that can be ended early. */

/** Resolves after `milliseconds`, at once when that is none, or as soon as `signal` aborts. */
export function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted || milliseconds <= 0) {
      resolve()
      return
    }
    const end = () => {
      clearTimeout(timer)
      signal?.removeEventListener("abort", end)
      resolve()
    }
    const timer = setTimeout(end, milliseconds)
    signal?.addEventListener("abort", end)
  })
}

/** `milliseconds`, give or take a fifth, so that many processes don't act at the same moment. */
export function jittered(milliseconds: number): number {
  return milliseconds * (0.8 + 0.4 * Math.random())
}

/** Waits for `work`, but not longer than `milliseconds`. `work` itself goes on. */
export async function atMost(milliseconds: number, work: Promise<unknown>): Promise<void> {
  const ended = new AbortController()
  await Promise.race([work, pause(milliseconds, ended.signal)])
  ended.abort()
}
