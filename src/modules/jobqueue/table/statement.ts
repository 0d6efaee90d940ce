/**
 * Statements of the hot path: prepared once per connection under their name, their rows as arrays of plain values.
 * What is not looked at for each job (dates, JSON, arrays) stays the text that Postgres sent.
 */
import { createHash } from "node:crypto"
import { types } from "@medusajs/framework/pg"

export interface Statement {
  readonly name: string
  readonly text: string
}

export interface Answer {
  rows: unknown[][]
  /** Rows that were written or read. */
  count: number
}

const NAME_HASH_LENGTH = 8

/** Another text never goes by the same name, whatever versions of this package share a server's connection. */
export function statement(name: string, text: string): Statement {
  const hash = createHash("sha256").update(text).digest("hex").slice(0, NAME_HASH_LENGTH)
  return { name: `jobqueue_${name}_${hash}`, text }
}

const BOOL_OID = 16
const BIGINT_OID = 20
const INT_OID = 23
const TEXT_ARRAY_OID = 1009
const TIMESTAMPTZ_OID = 1184

const RAW_PARSERS: Readonly<Record<number, (text: string) => unknown>> = {
  [BOOL_OID]: (text) => text === "t",
  [BIGINT_OID]: Number,
  [INT_OID]: Number,
}

const keepText = (text: string) => text

/** For rows of the hot path. Ids and claim tokens stay below 2^53: numbers, where pg would give texts. */
export const RAW_TYPES = { getTypeParser: (oid: number) => RAW_PARSERS[oid] ?? keepText }

/** For all other rows: pg's own types, but bigints as numbers. */
export const ROW_TYPES = {
  getTypeParser: (oid: number, format?: "text" | "binary"): ((text: string) => unknown) =>
    oid === BIGINT_OID ? Number : (types.getTypeParser(oid, format) as (text: string) => unknown),
}

export const parseTextArray = types.getTypeParser(TEXT_ARRAY_OID as never) as (
  text: string
) => (string | null)[]

/** The text of an array of texts. */
export function textArray(texts: readonly (string | null)[]): string {
  const items = texts.map((text) => (text === null ? "NULL" : `"${text.replace(/["\\]/g, "\\$&")}"`))
  return `{${items.join(",")}}`
}

export const parseTimestamp = types.getTypeParser(TIMESTAMPTZ_OID) as (text: string) => Date

const UNKNOWN_NAME = "26000"
const TAKEN_NAME = "42P05"

/** A pooler put us on another server connection than the one that knows the name; the statement did not run. */
export function isLostName(error: unknown): boolean {
  const { code } = error as { code?: unknown }
  return code === UNKNOWN_NAME || code === TAKEN_NAME
}
