import { StoreCache } from "../../../../src/modules/jobqueue/lifecycle/store-cache"

function cacheOf(stores: { id: string }[]) {
  const read = jest.fn(() => Promise.resolve([...stores]))
  return { read, cache: new StoreCache(read) }
}

describe("the stores that are kept for a moment", () => {
  it("are read once for all who ask at the same time, and for those who ask soon", async () => {
    const { cache, read } = cacheOf([{ id: "a" }, { id: "b" }])

    await Promise.all([cache.byId("a"), cache.byId("b"), cache.all()])
    await cache.byId("a")

    expect(read).toHaveBeenCalledTimes(1)
  })

  it("are read again for an id that is not among them, because it may be new", async () => {
    const stores = [{ id: "a" }]
    const { cache, read } = cacheOf(stores)
    await cache.all()
    stores.push({ id: "new" })

    await expect(
      Promise.all([cache.byId("new"), cache.byId("new"), cache.byId("new")])
    ).resolves.toHaveLength(3)
    expect(await cache.byId("new")).toEqual({ id: "new" })
    expect(read).toHaveBeenCalledTimes(2)
  })

  it("don't keep an error", async () => {
    let isDown = true
    const cache = new StoreCache(() =>
      isDown ? Promise.reject(new Error("no database")) : Promise.resolve([{ id: "a" }])
    )
    await expect(cache.byId("a")).rejects.toThrow("no database")
    isDown = false

    expect(await cache.byId("a")).toEqual({ id: "a" })
  })
})
