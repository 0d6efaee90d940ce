/**
 * CPU and memory as the operating system counts them, from /proc: of a process and all that it started. Elsewhere
 * than on Linux there is no /proc, and the figures are missing.
 */
import { execFileSync } from "node:child_process"
import fs from "node:fs"
import { pause } from "./clock.mjs"

const IS_LINUX = process.platform === "linux"
const TICKS = IS_LINUX ? Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" })) : 100
const MEBIBYTE = 1024

/** CPU seconds of the tree; children that ended and were waited for are in their parent's account. */
export function cpuOfTree(pid) {
  if (!IS_LINUX) return NaN
  const text = read(`/proc/${pid}/stat`)
  if (!text) return 0
  // The command's name is in parentheses and may hold anything; what counts comes after it.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ")
  const own = fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / TICKS
  return childrenOf(pid).reduce((sum, child) => sum + cpuOfTree(child), own)
}

/** Resident memory in MB. */
export function memoryOf(pid) {
  const match = /VmRSS:\s+(\d+) kB/.exec(read(`/proc/${pid}/status`) ?? "")
  return match ? Number(match[1]) / MEBIBYTE : NaN
}

/** What the whole machine was busy with, and what it idled, in CPU seconds since its start. */
export function cpuOfMachine() {
  const [user, nice, system, idle, wait, irq, softirq] = (read("/proc/stat") ?? "")
    .split("\n", 1)[0]
    .split(/\s+/)
    .slice(1)
    .map((ticks) => Number(ticks) / TICKS)
  return { busy: user + nice + system + irq + softirq, idle: idle + wait }
}

/** Waits for a moment in which nobody else works, but not for ever: the figures say what others used. */
export async function waitForQuiet(milliseconds) {
  const end = performance.now() + milliseconds
  while (IS_LINUX && performance.now() < end) {
    const before = cpuOfMachine()
    await pause(300)
    const after = cpuOfMachine()
    const busy = after.busy - before.busy
    if (busy / (busy + after.idle - before.idle) < 0.12) return
  }
}

function childrenOf(pid) {
  let threads
  try {
    threads = fs.readdirSync(`/proc/${pid}/task`)
  } catch {
    return [] // it has ended
  }
  return threads.flatMap((thread) =>
    (read(`/proc/${pid}/task/${thread}/children`) ?? "").split(" ").filter(Boolean).map(Number)
  )
}

function read(file) {
  try {
    return fs.readFileSync(file, "latin1")
  } catch {
    return undefined // it has ended
  }
}
