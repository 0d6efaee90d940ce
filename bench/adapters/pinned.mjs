/** The exact version of a peer, as package.json pins it: its schema's template is made anew for another one. */
import fs from "node:fs"

const { dependencies } = JSON.parse(fs.readFileSync(new URL("../package.json", import.meta.url), "utf8"))

export function pinned(name) {
  return dependencies[name]
}
