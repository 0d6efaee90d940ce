/**
 * Keeps what goes astray in a job from ending the process, and with it all other jobs: async context tells whose it is.
 * What belongs to no job goes the way it always goes.
 */
import { tellCurrentJob } from "./current-job"

type Emit = (this: NodeJS.Process, event: string | symbol, ...given: unknown[]) => boolean

/** Each part of the queue that performs jobs has one; the process is watched while any of them is on. */
export class StrayWatch {
  #isOn = false

  /** May be called again. */
  start(): void {
    if (!this.#isOn) {
      this.#isOn = true
      if (watchers++ === 0) {
        install()
      }
    }
  }

  /** May be called again, and before a start. */
  stop(): void {
    if (this.#isOn) {
      this.#isOn = false
      if (--watchers === 0) {
        uninstall()
      }
    }
  }
}

let watchers = 0
let passOn: Emit | undefined
let ownBefore: PropertyDescriptor | undefined

/**
 * No listener: with one, Node counts every rejection as handled, so that ours alone would hide those of others. And
 * Medusa's command line has a listener that ends the process, which must not hear of a job's.
 */
const emitUnlessOfJob: Emit = function (event, ...given) {
  if (event === "unhandledRejection" && watchers > 0 && tellCurrentJob("rejection", given[0])) {
    return true
  }
  return (passOn as Emit).call(this, event, ...given)
}

function onWarning(warning: Error): void {
  tellCurrentJob("warning", warning)
}

function install(): void {
  process.on("warning", onWarning)
  if (!passOn) {
    ownBefore = Object.getOwnPropertyDescriptor(process, "emit")
    passOn = process.emit as Emit
    process.emit = emitUnlessOfJob as typeof process.emit
  }
}

/** Somebody who has wrapped it since goes on through ours, which passes everything on, and is used by the next start. */
function uninstall(): void {
  process.off("warning", onWarning)
  if (process.emit !== (emitUnlessOfJob as typeof process.emit)) {
    return
  }
  if (ownBefore) {
    Object.defineProperty(process, "emit", ownBefore)
  } else {
    Reflect.deleteProperty(process, "emit")
  }
  passOn = undefined
}
