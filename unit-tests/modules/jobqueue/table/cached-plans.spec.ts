import { CachedPlans } from "../../../../src/modules/jobqueue/table/cached-plans"

describe("renew", () => {
  const clientThatTells = () => {
    const sent: string[] = []
    return { sent, client: { query: async (text: string) => sent.push(text) } as never }
  }

  it("lets go of a connection's plans once a second at most", async () => {
    let now = 0
    const plans = new CachedPlans(() => now)
    const { client, sent } = clientThatTells()

    for (const moment of [0, 999, 1000, 1001, 1999, 2000]) {
      now = moment
      await plans.renew(client)
    }

    expect(sent).toEqual(["discard plans", "discard plans"])
  })

  it("counts for each connection by itself, from its first statement on", async () => {
    let now = 0
    const plans = new CachedPlans(() => now)
    const [one, other] = [clientThatTells(), clientThatTells()]

    await plans.renew(one.client)
    now = 1000
    await plans.renew(other.client)
    await plans.renew(one.client)

    expect([one.sent, other.sent]).toEqual([["discard plans"], []])
  })
})
