/** What one measured span cost: wall time, and the CPU of workers, producer, server, and everybody else. */
import { monotonic } from "./clock.mjs"
import { cpuOfMachine, cpuOfTree } from "./cpu.mjs"

/**
 * @param {{ server: number, producer: number, workers: () => number[] }} pids
 * @returns call it at the end of the span
 */
export function startMeter(pids) {
  const begin = snapshot(pids)
  return () => {
    const end = snapshot(pids)
    const used = (key) => end[key] - begin[key]
    const ours = used("worker") + used("producer") + used("server")
    return {
      begun: begin.at,
      seconds: used("at") / 1e6,
      worker: used("worker"),
      producer: used("producer"),
      server: used("server"),
      others: Math.max(0, used("machine") - ours),
    }
  }
}

function snapshot({ server, producer, workers }) {
  return {
    worker: workers().reduce((sum, pid) => sum + cpuOfTree(pid), 0),
    producer: cpuOfTree(producer),
    server: cpuOfTree(server),
    machine: cpuOfMachine().busy,
    at: monotonic(),
  }
}
