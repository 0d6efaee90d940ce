/** Keeps the demo's server running: one that ends unasked, for example by kill -9, is started again. */
import { startServer } from "./medusa.mjs"

/**
 * @param {object} options - those of `startServer`, and what to call when it ended or could not be started again
 * @returns `url`, `pid()`, `deaths()` (how often it ended unasked), `stop()`, and `kill()`, which resolves when the new
 *   one is ready
 */
export async function keepServer({ onEnd, onRestart, onGiveUp, ...options }) {
  let server = await startServer(options)
  let stopping = false
  let deaths = 0
  let restarted = follow()

  /** Resolves when the server has ended and its successor is ready. */
  async function follow() {
    const { code, by } = await server.ended
    if (stopping) return
    deaths++
    onEnd(by ?? `exit code ${code}`)
    try {
      server = await startServer(options)
    } catch (error) {
      if (!stopping) onGiveUp(error)
      return
    }
    if (stopping) return server.stop()
    onRestart(server.pid)
    restarted = follow()
  }

  return {
    url: server.url,
    pid: () => server.pid,
    deaths: () => deaths,
    kill: async () => {
      const successor = restarted
      await server.kill()
      await successor
    },
    stop: async () => {
      stopping = true
      await server.stop()
      await restarted
    },
    /** For a second Ctrl-C: without waiting for running jobs. */
    killNow: () => {
      stopping = true
      return server.kill()
    },
  }
}
