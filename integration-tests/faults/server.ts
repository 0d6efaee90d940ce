/** A Postgres of its own, which a test may stop, crash and start again on the same port and data. */
import { spawn, type ChildProcessByStdio } from "node:child_process"
import { once } from "node:events"
import { chmodSync, mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"
import type { Readable, Writable } from "node:stream"

const READABLE_BY_OTHERS = 0o755

type Keeper = ChildProcessByStdio<Writable, Readable, null>

export class PostgresServer {
  /** Of its database `postgres`, as superuser. */
  readonly url: string
  readonly #keeper: Keeper
  readonly #lines: AsyncIterator<string>

  private constructor(keeper: Keeper, lines: AsyncIterator<string>, url: string) {
    this.#keeper = keeper
    this.#lines = lines
    this.url = url
  }

  static async begin(): Promise<PostgresServer> {
    const folder = mkdtempSync(join(tmpdir(), "jobqueue-faults-"))
    chmodSync(folder, READABLE_BY_OTHERS)
    const keeper = spawn(process.execPath, [join(__dirname, "server-keeper.mjs"), folder], {
      stdio: ["pipe", "pipe", "inherit"],
    })
    const lines = createInterface({ input: keeper.stdout })[Symbol.asyncIterator]()
    const { url } = JSON.parse(await nextLine(lines)) as { url: string }
    return new PostgresServer(keeper, lines, url)
  }

  /** In good order: what was committed is on disk. */
  stop(): Promise<void> {
    return this.#order("stop")
  }

  /** At once, with nothing written any more: the next start recovers from the log. */
  crash(): Promise<void> {
    return this.#order("crash")
  }

  start(): Promise<void> {
    return this.#order("start")
  }

  /** Stops it for good and deletes its data. */
  async end(): Promise<void> {
    const gone = once(this.#keeper, "exit")
    this.#keeper.stdin.end()
    await gone
  }

  async #order(word: string): Promise<void> {
    this.#keeper.stdin.write(`${word}\n`)
    await nextLine(this.#lines)
  }
}

async function nextLine(lines: AsyncIterator<string>): Promise<string> {
  const { value, done } = (await lines.next()) as IteratorResult<string, undefined>
  if (done) {
    throw new Error("the Postgres of this test ended by itself")
  }
  return value
}
