/** One producer process enqueues: each call awaited, 32 calls in flight, or 1,000 jobs in one call. */

function enqueueing({ name, title, sizes, verb }) {
  return {
    name,
    title,
    columns: { perSecond: "jobs/s", cpu: "CPU-s/10k" },
    systems: ["jobqueue", "graphile-worker", "pg-boss", "bullmq"],
    sizes,

    async run(session, size) {
      await session.producer.call("enqueueInFlight", { inFlight: 1, count: 50, seconds: 5 })
      await session.settle()
      const read = session.meter()
      const sent = await session.producer.call(verb, size)
      const { producer, server, ...used } = read()
      return {
        ...used,
        producer,
        server,
        sent,
        perSecond: sent / used.seconds,
        cpu: ((producer + server) / sent) * 10_000,
      }
    },
  }
}

export const enqueueOne = enqueueing({
  name: "enqueue-one",
  title: "Enqueue one by one, each awaited",
  verb: "enqueueInFlight",
  sizes: {
    full: { inFlight: 1, count: 5000, seconds: 5 },
    smoke: { inFlight: 1, count: 50, seconds: 5 },
  },
})

export const enqueue32 = enqueueing({
  name: "enqueue-32",
  title: "Enqueue one by one, 32 in flight",
  verb: "enqueueInFlight",
  sizes: {
    full: { inFlight: 32, count: 60_000, seconds: 5 },
    smoke: { inFlight: 32, count: 200, seconds: 5 },
  },
})

export const enqueueBulk = enqueueing({
  name: "enqueue-bulk",
  title: "Enqueue 1,000 jobs with one call",
  verb: "enqueueBulk",
  sizes: { full: { count: 100_000, batch: 1000 }, smoke: { count: 2000, batch: 1000 } },
})
