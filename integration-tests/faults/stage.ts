/**
 * What a test of a fault opens: databases, servers, proxies, shops. All of it is closed afterwards in reverse
 * order, also when the test failed; and no promise may have been rejected without anybody looking.
 */
import { runInThisContext } from "node:vm"
import type { JobQueueOptions } from "../../src"
import { createDatabase, type TestDatabase } from "./database"
import { Proxy } from "./proxy"
import { PostgresServer } from "./server"
import { openShop, type Shop } from "./shop"

export interface Stage {
  database: (server?: PostgresServer) => Promise<TestDatabase>
  server: () => Promise<PostgresServer>
  proxy: (url: string) => Promise<Proxy>
  shop: (url: string, options?: JobQueueOptions) => Promise<Shop>
  /** Anything else that must be closed. */
  later: (close: () => unknown) => void
}

/** jest gives tests a copy of `process`, which hears of no rejection. */
const realProcess = runInThisContext("process") as NodeJS.Process

/** @param end - `afterEach` for a stage of each test, `afterAll` for one that a file's tests share */
export function stageUntil(end: typeof afterEach): Stage {
  const closers: (() => unknown)[] = []
  const proxies: Proxy[] = []
  const unhandled: unknown[] = []
  const note = (reason: unknown) => unhandled.push(reason)
  beforeAll(() => realProcess.on("unhandledRejection", note))
  afterAll(() => realProcess.off("unhandledRejection", note))
  end(async () => {
    proxies.splice(0).forEach((proxy) => proxy.cutAll()) // a shop may wait for an answer that never comes
    for (const close of closers.splice(0).reverse()) {
      await close()
    }
    expect(unhandled.splice(0)).toEqual([])
  })
  const opened = async <T>(opening: Promise<T>, close: (it: T) => unknown) => {
    const it = await opening
    closers.push(() => close(it))
    return it
  }
  const openProxy = async (url: string) => {
    const proxy = await Proxy.before(url)
    proxies.push(proxy)
    return proxy
  }
  return {
    database: (server) => opened(createDatabase(server?.url), (database) => database.drop()),
    server: () => opened(PostgresServer.begin(), (server) => server.end()),
    proxy: (url) => opened(openProxy(url), (proxy) => proxy.close()),
    shop: (url, options) => opened(openShop(url, options), (shop) => shop.stop()),
    later: (close) => closers.push(close),
  }
}
