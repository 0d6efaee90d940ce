import { UniqueWriter } from "../../../../src/modules/jobqueue/lifecycle/unique-writer"
import type { QueueBackend } from "../../../../src/modules/jobqueue/backend/contract"
import { toUnique } from "../../../../src/modules/jobqueue/job/unique"
import type { NewJob } from "../../../../src/modules/jobqueue/table/new-job"
import type { UniqueWritten } from "../../../../src/modules/jobqueue/table/unique"

const WRITTEN: UniqueWritten[] = []
const STUCK = Object.assign(new Error("lock timeout"), { code: "55P03" })
const DEADLOCK = Object.assign(new Error("deadlock detected"), { code: "40P01" })

const job = (...keys: string[]) =>
  keys.map((key) => ({ facts: { identifier: "erp.send" }, unique: toUnique({ key }) }) as NewJob)

function writerOn(answer: (keys: string[]) => Promise<UniqueWritten[]>, patience?: number) {
  const enqueueUnique: QueueBackend["enqueueUnique"] = (jobs) =>
    answer(jobs.map(({ unique }) => unique?.key ?? ""))
  return new UniqueWriter({ enqueueUnique } as QueueBackend, { poolSize: 4, patience })
}

describe("UniqueWriter", () => {
  it("tries again after a deadlock, not for ever", async () => {
    let calls = 0
    const writer = writerOn(() => (++calls < 3 ? Promise.reject(DEADLOCK) : Promise.resolve(WRITTEN)))
    await expect(writer.write(job("a"))).resolves.toBe(WRITTEN)
    expect(calls).toBe(3)

    await expect(writerOn(() => Promise.reject(DEADLOCK)).write(job("a"))).rejects.toBe(DEADLOCK)
  })

  it("tells whoever waited too long for a key which one it was", async () => {
    const writing = writerOn(() => Promise.reject(STUCK), 0).write(job("a", "b"))
    await expect(writing).rejects.toMatchObject({
      type: "not_allowed",
      message: expect.stringContaining('"a", "b"'),
    })
  })

  it("passes on whatever else is wrong, and goes on with the next", async () => {
    const wrong = new Error("no such column")
    let fails = true
    const writer = writerOn(() => (fails ? Promise.reject(wrong) : Promise.resolve(WRITTEN)))
    await expect(writer.write(job("a"))).rejects.toBe(wrong)
    fails = false
    await expect(writer.write(job("a"))).resolves.toBe(WRITTEN)
  })

  it("has callers of one key wait for each other without a connection, and others pass them", async () => {
    const open: (() => void)[] = []
    const seen: string[] = []
    const writer = writerOn((keys) => {
      seen.push(keys.join())
      return keys.includes("slow")
        ? new Promise((resolve) => open.push(() => resolve(WRITTEN)))
        : Promise.resolve(WRITTEN)
    })
    const slow = [job("slow"), job("slow"), job("a", "slow")].map((jobs) => writer.write(jobs))
    await Promise.all([writer.write(job("b")), writer.write(job("c"))])
    expect(seen).toEqual(["slow", "b", "c"])

    for (const one of slow) {
      open.shift()?.()
      await one
      await new Promise(setImmediate)
    }
    expect(seen).toEqual(["slow", "b", "c", "slow", "a,slow"])
  })

  it("waits for keys that are held by others on one connection, and for new ones on two", async () => {
    let atOnce = 0
    let most = 0
    const tries = new Map<string, number>()
    const writer = writerOn(async ([key]) => {
      most = Math.max(most, ++atOnce)
      await new Promise(setImmediate)
      atOnce--
      tries.set(key, (tries.get(key) ?? 0) + 1)
      if (tries.get(key) === 1) {
        throw STUCK
      }
      return WRITTEN
    })
    await Promise.all(Array.from({ length: 20 }, (_, n) => writer.write(job(`k${n}`))))

    expect([...tries.values()]).toEqual(Array(20).fill(2))
    expect(most).toBeLessThanOrEqual(3)
  })
})
