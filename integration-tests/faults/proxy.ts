/**
 * A network between the queue and its Postgres that fails on demand: it cuts connections, leaves them half-open,
 * or loses the answer of a statement that the server has committed.
 */
import { once } from "node:events"
import { createServer, type AddressInfo, type Server } from "node:net"
import { Conversation, type Cut } from "./conversation"

export class Proxy {
  readonly #listening: Server
  readonly #open = new Set<Conversation>()
  readonly #sent: string[] = []
  #cuts: Cut[] = []

  private constructor(serverPort: number) {
    this.#listening = createServer((client) => {
      const conversation = new Conversation(client, serverPort, (sql) => this.#cutFor(sql))
      this.#open.add(conversation)
      client.on("close", () => this.#open.delete(conversation))
    })
  }

  /** In front of the server that `url` names. */
  static async before(url: string): Promise<Proxy> {
    const proxy = new Proxy(Number(new URL(url).port))
    proxy.#listening.listen(0, "localhost")
    await once(proxy.#listening, "listening")
    return proxy
  }

  /** The same database, through the proxy. */
  url(direct: string): string {
    const url = new URL(direct)
    url.port = String((this.#listening.address() as AddressInfo).port)
    return url.href
  }

  /** The connections that a client of this name has open now. */
  connections(applicationName: string): Conversation[] {
    return [...this.#open].filter((conversation) => conversation.applicationName === applicationName)
  }

  /** How often a statement like this was sent since the last `reset`. */
  count(matches: (sql: string) => boolean): number {
    return this.#sent.filter(matches).length
  }

  /** The next `times` statements like this are committed by the server, and the client never hears of it. */
  loseAnswer(matches: (sql: string) => boolean, times = 1): Cut {
    const cut = { matches, left: times, struck: 0 }
    this.#cuts.push(cut)
    return cut
  }

  /** Half-open: both sides keep their socket, and nothing passes any more. */
  blackHole(applicationName: string): void {
    this.connections(applicationName).forEach((conversation) => conversation.blackHole())
  }

  cutAll(): void {
    this.#open.forEach((conversation) => conversation.cut())
  }

  /** Forgets what was sent, and does nothing to anybody from now on. */
  reset(): void {
    this.#cuts = []
    this.#sent.length = 0
  }

  async close(): Promise<void> {
    const closed = once(this.#listening, "close")
    this.#listening.close()
    this.cutAll()
    await closed
  }

  #cutFor(sql: string): Cut | undefined {
    this.#sent.push(sql)
    return this.#cuts.find(({ matches, left }) => left > 0 && matches(sql))
  }
}
