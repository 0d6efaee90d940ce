/**
 * The place in a list after which the next page begins. Lists of finished jobs go by the time of
 * finishing, all others by id; the texts are opaque to clients: `"1042"` or `"1790000000000000.1042"`.
 */
import { MedusaError } from "@medusajs/framework/utils"

export interface Cursor {
  id: number
  /** Microseconds since 1970, as Postgres keeps them; a `Date` would cut them to milliseconds. */
  finishedAt?: number
}

export function toCursorText({ id, finishedAt }: Cursor): string {
  return finishedAt === undefined ? String(id) : `${finishedAt}.${id}`
}

const BY_ID = /^(\d{1,16})$/
const BY_FINISH = /^(\d{1,16})\.(\d{1,16})$/

/** @throws MedusaError when the text is no cursor, or one of a list in another order */
export function parseCursor(text: string, byFinish: boolean): Cursor {
  const [, first, second] = (byFinish ? BY_FINISH : BY_ID).exec(text) ?? []
  const cursor = byFinish ? { finishedAt: Number(first), id: Number(second) } : { id: Number(first) }
  if (first === undefined || !Object.values(cursor).every(Number.isSafeInteger)) {
    throw new MedusaError(
      MedusaError.Types.INVALID_DATA,
      `jobqueue: "${text.slice(0, 64)}" is no cursor of this list. Pass the \`next_cursor\` of an answer with the same filters.`
    )
  }
  return cursor
}
