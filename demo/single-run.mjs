/** One run of the demo at a time in a clone: two would stop each other's Postgres. */
import fs from "node:fs"
import path from "node:path"
import { commandOf } from "./child.mjs"

/**
 * Notes this process in `folder`; a note of a run that was killed is replaced.
 * @returns removes the note
 * @throws Error while another run is alive
 */
export function claimFolder(folder) {
  const file = path.join(folder, "runner.pid")
  const other = fs.existsSync(file) ? Number.parseInt(fs.readFileSync(file, "utf8"), 10) : undefined
  if (other && other !== process.pid && commandOf(other)?.includes("demo/run.mjs")) {
    throw new Error(`the demo runs here already, as process ${other}: stop that one first (kill ${other})`)
  }
  fs.writeFileSync(file, `${process.pid}\n`)
  return () => fs.rmSync(file, { force: true })
}
