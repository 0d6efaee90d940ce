/** Where the demo keeps its things: all in the git-ignored `.data`. */
import path from "node:path"
import { fileURLToPath } from "node:url"

/** The top of this repository. */
export const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)))
export const DATA = path.join(ROOT, ".data")
export const POSTGRES = path.join(DATA, "postgres")
/** What Medusa's commands and its server print. */
export const LOG = path.join(DATA, "demo.log")
/** As medusa-config.ts says. */
export const OUTBOX = path.join(DATA, "outbox")
