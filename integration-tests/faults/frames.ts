/**
 * Cuts a stream of Postgres' protocol into its messages. The client's first ones have no type byte: they ask for
 * encryption, or begin the session.
 */

export interface Message {
  /** One letter, such as "Q"; empty for a first message. */
  type: string
  body: Buffer
  /** All of it, as it came. */
  raw: Buffer
}

const LENGTH_BYTES = 4

export class Frames {
  #rest: Buffer = Buffer.alloc(0)
  #isUntyped: boolean

  /** @param isUntyped - true for what a client sends, until its session begins */
  constructor(isUntyped: boolean) {
    this.#isUntyped = isUntyped
  }

  /** From now on messages have a type. */
  begin(): void {
    this.#isUntyped = false
  }

  /** The messages that are complete with this chunk, one after the other: `begin` counts for the next one. */
  *cut(chunk: Buffer): Generator<Message> {
    this.#rest = Buffer.concat([this.#rest, chunk])
    for (;;) {
      const head = this.#isUntyped ? 0 : 1
      if (this.#rest.length < head + LENGTH_BYTES) {
        return
      }
      const end = head + this.#rest.readInt32BE(head)
      if (this.#rest.length < end) {
        return
      }
      const raw = this.#rest.subarray(0, end)
      this.#rest = this.#rest.subarray(end)
      yield { type: raw.toString("latin1", 0, head), body: raw.subarray(head + LENGTH_BYTES), raw }
    }
  }
}

/** The texts at the start of a body, each ended by a zero byte. */
export function textsOf(body: Buffer, count: number): string[] {
  const texts: string[] = []
  let start = 0
  for (let n = 0; n < count; n++) {
    const end = body.indexOf(0, start)
    texts.push(body.toString("utf8", start, end))
    start = end + 1
  }
  return texts
}
