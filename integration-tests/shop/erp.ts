/** The ERP of the tests: an HTTP server whose answers a test decides. */
import http from "node:http"
import type { AddressInfo } from "node:net"

export interface ErpOrder {
  order_id: string
  email: string
  store_id: string
}

type Answer = { status: number; body: Record<string, string> }

export interface Erp {
  readonly url: string
  /** What it is asked from now on, and what it answers. Default: it books everything. */
  answer: (order: ErpOrder) => Answer | Promise<Answer>
  stop: () => Promise<void>
}

export const BOOKED: Answer = { status: 201, body: { number: "ERP-1" } }

/** Listens at once, so that the shop's configuration can name its address. */
export function startErp(): Erp {
  const server = http.createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = []
      for await (const chunk of request) {
        chunks.push(chunk as Buffer)
      }
      const { status, body } = await erp.answer(JSON.parse(Buffer.concat(chunks).toString()) as ErpOrder)
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body))
    })()
  })
  server.listen(0) // without a host, because then it listens at once
  const erp: Erp = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    answer: () => BOOKED,
    stop: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return erp
}
