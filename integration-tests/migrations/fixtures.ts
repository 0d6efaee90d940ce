/**
 * What is kept of each version of the schema, in a folder by the name of its migration: `schema.txt`, the schema that
 * it leaves, `statements.sql`, the statements that its workers ran, and `bindings.ts`, which knows what they want bound.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { Bindings } from "./bindings"

type File = "schema.txt" | "statements.sql" | "bindings.ts"

const HOW: Record<File, string> = {
  "schema.txt": "npm run schema:fixture",
  "statements.sql": "npm run schema:fixture",
  "bindings.ts": "begin with that of the version before, and bind what changed",
}

/** `npm run schema:fixture` sets it. */
export const IS_UPDATE = process.env.UPDATE_SCHEMA_FIXTURES === "1"

export function readFixture(version: string, file: File): string {
  return readFileSync(existing(version, file), "utf8")
}

/** A version that is not the newest may have been released: what is kept of it is not written again. */
export function writeFixture(version: string, file: File, text: string, isNewest: boolean): void {
  const path = pathOf(version, file)
  if (isNewest || !existsSync(path)) {
    mkdirSync(join(__dirname, "versions", version), { recursive: true })
    writeFileSync(path, text)
  }
}

const TITLE = /^-- (\w+)\n/m

export function toStatementsText(statements: Record<string, string>): string {
  return Object.entries(statements)
    .map(([name, text]) => `-- ${name}\n${text.trim()}\n`)
    .join("\n")
}

export function readStatements(version: string): Record<string, string> {
  const [, ...parts] = readFixture(version, "statements.sql").split(TITLE)
  const pairs = Array.from({ length: parts.length / 2 }, (_, n) => [parts[2 * n], parts[2 * n + 1].trim()])
  return Object.fromEntries(pairs) as Record<string, string>
}

export async function loadBindings(version: string): Promise<Bindings> {
  const { bindings } = (await import(existing(version, "bindings.ts"))) as {
    bindings: Bindings
  }
  return bindings
}

function existing(version: string, file: File): string {
  const path = pathOf(version, file)
  if (!existsSync(path)) {
    throw new Error(`${path} is missing. For a new migration: ${HOW[file]}.`)
  }
  return path
}

function pathOf(version: string, file: File): string {
  return join(__dirname, "versions", version, file)
}
