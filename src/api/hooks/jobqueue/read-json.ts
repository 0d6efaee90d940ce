/** Reads the body of a callback: JSON whatever its content type says, and no more than may be. */
import type { IncomingMessage } from "node:http"
import { MedusaError } from "@medusajs/framework/utils"
import type { JsonValue } from "../../../index"

/** An empty body is null. @throws MedusaError INVALID_DATA for what is no JSON in UTF-8, or too large */
export async function readJson(req: IncomingMessage, maxBytes: number): Promise<JsonValue> {
  const body = await readBody(req, maxBytes)
  if (body.length === 0) {
    return null
  }
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body)) as JsonValue
  } catch {
    throw new MedusaError(MedusaError.Types.INVALID_DATA, "Expected a body of JSON in UTF-8, or none.")
  }
}

async function readBody(req: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of req as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes <= maxBytes) {
      chunks.push(chunk)
    } else {
      chunks.length = 0 // read to its end all the same, so that the sender hears why
    }
  }
  if (bytes > maxBytes) {
    throw new MedusaError(MedusaError.Types.INVALID_DATA, `Expected a body of at most ${maxBytes} bytes.`)
  }
  return Buffer.concat(chunks)
}
