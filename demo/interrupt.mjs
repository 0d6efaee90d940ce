/** Ctrl-C and its relatives: the first asks for an orderly end, a later one for a quick end. */

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"]
/** npm hands on the Ctrl-C that the terminal sent to both: one key press arrives twice. */
const SAME_KEY_PRESS = 1_000

/**
 * @returns `signal`, aborted by the first; `onSecond(callback)`
 */
export function listenForInterrupt() {
  const controller = new AbortController()
  let first
  let hurry = () => {}
  const abort = (reason) => {
    first ??= Date.now()
    controller.abort(reason)
    if (Date.now() - first > SAME_KEY_PRESS) hurry()
  }
  for (const name of SIGNALS) process.on(name, () => abort(new Interrupted(name)))
  // A closed terminal or pipe: nobody reads on, but everything must still be stopped.
  process.stdout.on("error", abort)
  process.stderr.on("error", abort)
  process.on("uncaughtException", abort)
  return { signal: controller.signal, onSecond: (callback) => (hurry = callback) }
}

/** Thrown out of whatever was awaited when the signal came. */
export class Interrupted extends Error {
  constructor(name) {
    super(`stopped by ${name}`)
    this.name = "AbortError"
  }
}
