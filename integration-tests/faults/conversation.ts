/**
 * One connection through the proxy: passes messages on in both directions, knows which statements are under way,
 * and does to them what the proxy's cuts say.
 */
import { connect, type Socket } from "node:net"
import { Frames, textsOf, type Message } from "./frames"

/** Cuts the connection after the server has committed a statement and before the client hears of it. */
export interface Cut {
  matches: (sql: string) => boolean
  /** How often it still strikes. */
  left: number
  struck: number
}

/** What a client sent up to a Sync, or as one simple query: the server answers it with one ReadyForQuery. */
interface Request {
  cut: Cut | undefined
}

const SESSION = 196_608 // protocol 3.0
const REFUSED = "N" // to a question for encryption
const IDLE = "I".charCodeAt(0)
const PARAMETERS_AT = 4

export class Conversation {
  /** What the client called itself. */
  applicationName = ""
  readonly #client: Socket
  readonly #server: Socket
  readonly #cutFor: (sql: string) => Cut | undefined
  readonly #prepared = new Map<string, string>()
  readonly #asked: Request[] = []
  #statements: string[] = []
  /** Of a statement in a transaction: the cut waits for the commit. */
  #pending: Cut | undefined
  #answer: Message[] = []
  #isBlackHole = false

  constructor(client: Socket, serverPort: number, cutFor: (sql: string) => Cut | undefined) {
    this.#client = client
    this.#server = connect(serverPort, "localhost")
    this.#cutFor = cutFor
    this.#pass(client, new Frames(true), (message, frames) => this.#fromClient(message, frames))
    this.#pass(this.#server, new Frames(false), (message) => this.#fromServer(message))
  }

  /** Both sides keep their socket, and nothing passes any more. */
  blackHole(): void {
    this.#isBlackHole = true
  }

  cut(): void {
    this.#client.destroy()
    this.#server.destroy()
  }

  #pass(from: Socket, frames: Frames, receive: (message: Message, frames: Frames) => void): void {
    from.setNoDelay(true)
    from.on("data", (chunk: Buffer) => {
      for (const message of this.#isBlackHole ? [] : frames.cut(chunk)) {
        receive(message, frames)
      }
    })
    from.on("error", () => undefined) // "close" follows
    from.on("close", () => this.cut())
  }

  #fromClient(message: Message, frames: Frames): void {
    if (message.type === "" && !this.#isSession(message, frames)) {
      return
    }
    this.#note(message)
    this.#server.write(message.raw)
  }

  /** Begins the session, unless the client only asks for encryption. */
  #isSession({ body }: Message, frames: Frames): boolean {
    if (body.readInt32BE(0) !== SESSION) {
      this.#client.write(REFUSED)
      return false
    }
    frames.begin()
    const parameters = body.toString("utf8", PARAMETERS_AT).split("\0")
    this.applicationName = parameters[parameters.indexOf("application_name") + 1]
    return true
  }

  #note({ type, body }: Message): void {
    const [first, second] = "QPB".includes(type) && type !== "" ? textsOf(body, type === "Q" ? 1 : 2) : []
    switch (type) {
      case "P":
        this.#prepared.set(first, second)
        return
      case "B":
        this.#statements.push(this.#prepared.get(second) ?? "")
        return
      case "Q":
        this.#statements.push(first)
        this.#ask()
        return
      case "S":
        this.#ask()
    }
  }

  #ask(): void {
    const [cut] = this.#statements.splice(0).flatMap((sql) => this.#cutFor(sql) ?? [])
    this.#asked.push({ cut })
  }

  #fromServer(message: Message): void {
    const cut = this.#asked[0]?.cut ?? this.#pending
    this.#answer.push(message)
    if (message.type === "Z") {
      this.#asked.shift()
      this.#end(cut, message.body[0] === IDLE)
    } else if (!cut) {
      this.#hand()
    }
  }

  /** At the end of an answer: strikes when something was committed, and hands it on otherwise. */
  #end(cut: Cut | undefined, isCommitted: boolean): void {
    const hasEffect = this.#pending !== undefined || this.#answer.some(changedRows)
    const strikes = cut !== undefined && cut.left > 0 && hasEffect && !this.#answer.some(isError)
    this.#pending = strikes && !isCommitted ? cut : undefined
    if (!strikes || !isCommitted) {
      this.#hand()
      return
    }
    cut.left--
    cut.struck++
    this.cut()
  }

  #hand(): void {
    for (const { raw } of this.#answer.splice(0)) {
      this.#client.write(raw)
    }
  }
}

function isError({ type }: Message): boolean {
  return type === "E"
}

/** "UPDATE 3", "SELECT 1": a statement that found nothing is not worth a cut. */
function changedRows({ type, body }: Message): boolean {
  return type === "C" && /[1-9]\d*$/.test(textsOf(body, 1)[0])
}
