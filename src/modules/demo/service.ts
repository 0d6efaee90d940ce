/** What the demo shop's jobs talk to: the company's ERP over HTTP, and an outbox folder for mails. */
import { mkdir, rename, writeFile } from "node:fs/promises"
import path from "node:path"

/** `container.resolve(DEMO_MODULE)` */
export const DEMO_MODULE = "demo"

interface DemoOptions {
  /** Where the ERP listens; the demo's runner starts one. */
  erpUrl?: string
  /** The folder that mails are written to, one file each. */
  outbox: string
}

export interface ErpOrder {
  order_id: string
  email: string
  /** The store that sends it. */
  store_id: string
}

export interface Mail {
  /** The same key writes the same file: a mail that is sent twice arrives once. */
  key: string
  from: string
  to: string
  subject: string
  text: string
}

export default class DemoModuleService {
  readonly #options: DemoOptions

  constructor(_dependencies: unknown, options: DemoOptions) {
    this.#options = options
  }

  /**
   * Hands an order to the ERP.
   * @param key - the same key is booked once, however often it is sent
   * @throws Error with the ERP's answer when it refuses
   */
  async sendToErp(order: ErpOrder, { key, signal }: { key: string; signal: AbortSignal }): Promise<string> {
    const { erpUrl } = this.#options
    if (!erpUrl) {
      throw new Error("no ERP to talk to: set DEMO_ERP_URL, or start the shop with npm run demo")
    }
    const response = await fetch(`${erpUrl}/orders`, {
      method: "POST",
      headers: { "content-type": "application/json", "idempotency-key": key },
      body: JSON.stringify(order),
      signal,
    })
    const answer = (await response.json()) as { message?: string; number?: string }
    if (!response.ok) {
      throw new Error(`ERP answered ${response.status}: ${answer.message}`)
    }
    return answer.number ?? ""
  }

  /** Written beside its place and moved there, so that nobody reads half a mail. */
  async sendMail({ key, from, to, subject, text }: Mail): Promise<string> {
    const file = path.join(this.#options.outbox, `${key}.eml`)
    await mkdir(this.#options.outbox, { recursive: true })
    await writeFile(`${file}.part`, `From: ${from}\r\nTo: ${to}\r\nSubject: ${subject}\r\n\r\n${text}\r\n`)
    await rename(`${file}.part`, file)
    return file
  }
}
