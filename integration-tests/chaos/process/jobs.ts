/** The job classes of the crash tests: each treats its process in its own way, and writes down that it was performed. */
import { setTimeout as delay } from "node:timers/promises"
import { AbstractJob, type JobClass, type JobContext } from "../../../src"
import { stopHeart } from "./heart"
import { Journal } from "./journal"

let journal: Journal

abstract class Recorded<P> extends AbstractJob<P> {
  async perform(context: JobContext) {
    const { identifier } = context.job
    const entry = { id: String(this.id), identifier, attempt: context.attempt }
    journal.write({ ...entry, event: "began" })
    try {
      await this.act(context)
      journal.write({ ...entry, event: "returned" })
    } catch (error) {
      journal.write({ ...entry, event: "threw", message: String((error as Error).message) })
      throw error
    }
  }

  protected abstract act(context: JobContext): Promise<void> | void
}

class Nothing extends Recorded<object> {
  static identifier = "chaos.nothing"
  protected act() {}
}

/** Lets other jobs run meanwhile. `in`: only in the process with that pid. */
class Wait extends Recorded<{ ms: number; in?: number }> {
  static identifier = "chaos.wait"
  protected async act() {
    await (isHere(this.payload) && delay(this.payload.ms))
  }
}

/** Throws at its first attempts. */
class Flaky extends Recorded<{ times: number }> {
  static identifier = "chaos.flaky"
  static backoff = { type: "fixed", delay: 0 } as const
  protected act({ attempt }: JobContext) {
    if (attempt <= this.payload.times) {
      throw new Error(`not yet: ${attempt} of ${this.payload.times}`)
    }
  }
}

/** Nothing else runs in its process meanwhile, not even a timer. */
class Block extends Recorded<{ ms: number }> {
  static identifier = "chaos.block"
  protected act() {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, this.payload.ms)
  }
}

/** Kills whatever process performs it. */
class Poison extends Recorded<object> {
  static identifier = "chaos.poison"
  protected act() {
    process.kill(process.pid, "SIGKILL")
  }
}

/** Runs until its signal aborts, and for ever when it is deaf. `in`: only in the process with that pid. */
class Hang extends Recorded<{ in?: number; isDeaf?: boolean }> {
  static identifier = "chaos.hang"
  protected async act({ signal }: JobContext) {
    await (isHere(this.payload) && hang(signal, this.payload.isDeaf))
  }
}

/** Reports until it is refused in the process `in`, elsewhere once. What it throws says what its signal says then. */
class Report extends Recorded<{ in: number }> {
  static identifier = "chaos.report"
  protected async act({ progress, log, touch, signal }: JobContext) {
    do {
      await Promise.all([touch(), progress(1, 2, `by ${process.pid}`), log(`by ${process.pid}`)]).catch(
        (error: Error) => {
          throw new Error(`${error.message}; its signal: ${String(signal.reason)}`)
        }
      )
    } while (isHere(this.payload))
  }
}

/** Ends the thread that renews its process's lease, for good, and hangs. `in`: only in the process with that pid. */
class StopHeart extends Recorded<{ in: number }> {
  static identifier = "chaos.stop-heart"
  protected async act({ signal }: JobContext) {
    if (isHere(this.payload)) {
      await stopHeart()
      await hang(signal)
    }
  }
}

/** Loses control of a promise, or raises a warning. `late`: only once it has returned. */
class Stray extends Recorded<{ how: "rejection" | "text" | "timer" | "warning" | "late" | "until abort" }> {
  static identifier = "chaos.stray"
  static maxAttempts = 1
  protected async act({ signal }: JobContext) {
    const { how } = this.payload
    if (how === "warning") {
      process.emitWarning("gone astray")
    } else if (how === "timer" || how === "late") {
      setTimeout(() => void Promise.reject(new Error("gone astray")), how === "late" ? 100 : 0)
      await delay(how === "late" ? 0 : 50)
    } else {
      void Promise.reject(how === "text" ? "gone astray" : new Error("gone astray"))
    }
    await (how === "until abort" && hang(signal))
  }
}

class StrictStray extends Stray {
  static override identifier = "chaos.strict-stray"
  static strict = true
}

const CLASSES = [Nothing, Wait, Flaky, Block, Poison, Hang, Report, StopHeart, Stray, StrictStray]

export function jobClasses(journalFile: string): JobClass[] {
  journal = new Journal(journalFile)
  return CLASSES
}

function isHere({ in: pid = process.pid }: { in?: number }): boolean {
  return pid === process.pid
}

function hang(signal: AbortSignal, isDeaf = false): Promise<never> {
  return new Promise((_, reject) => {
    setInterval(() => undefined, 60_000) // a promise alone keeps no process alive
    const stop = () => !isDeaf && reject(signal.reason as Error)
    signal.addEventListener("abort", stop)
    if (signal.aborted) {
      stop()
    }
  })
}
