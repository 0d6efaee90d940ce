/** What npm would publish: built, packed, and looked through. */
import assert from "node:assert/strict"
import { execFileSync } from "node:child_process"
import fs from "node:fs"
import path from "node:path"
import { run } from "../../demo/child.mjs"
import { ROOT } from "../../demo/paths.mjs"

const BUILT = ".medusa/server/src/"

/** All that may be published; nothing else slips in. */
const PUBLISHED = [
  /^\.medusa\/server\/src\/.+\.(m?js|d\.ts)$/,
  /^(package\.json|README\.md|CHANGELOG\.md|LICENSE)$/,
]

const UNPUBLISHED = [
  [/(^|\/)demo\//, "the demo shop's"],
  [/(^|\/)(unit-tests|integration-tests|__tests__)\/|\.(spec|test)\.|jest/, "a test"],
  [/medusa-config|eslint|tsconfig|package-lock/, "the repository's own"],
]

const REQUIRED = [
  ...["index.js", "index.d.ts", "workflows/index.js", "workflows/index.d.ts"],
  ...["modules/jobqueue/index.js", "modules/jobqueue/index.d.ts", "admin/index.js", "admin/index.mjs"],
].map((file) => BUILT + file)

const REQUIRED_FOLDERS = ["modules/jobqueue/migrations", "api", "jobs"].map((folder) => `${BUILT}${folder}/`)

/** Builds the plugin as `prepublishOnly` does. */
export async function build() {
  await run("npm", ["run", "build"], { cwd: ROOT })
}

/** @returns {Promise<{ file: string, paths: string[], size: number, unpackedSize: number }>} */
export async function pack(folder) {
  const json = execFileSync("npm", ["pack", "--json", "--pack-destination", folder], {
    cwd: ROOT,
    encoding: "utf8",
  })
  const [{ filename, files, size, unpackedSize }] = JSON.parse(json)
  return { file: path.join(folder, filename), paths: files.map((file) => file.path), size, unpackedSize }
}

/** Fails when something that must be published is missing, or something else is there. */
export function inspect(paths) {
  for (const file of [...REQUIRED, "package.json", "README.md", "CHANGELOG.md", "LICENSE"]) {
    assert.ok(paths.includes(file), `the tarball lacks ${file}`)
  }
  for (const folder of REQUIRED_FOLDERS) {
    assert.ok(
      paths.some((file) => file.startsWith(folder) && file.endsWith(".js")),
      `the tarball lacks ${folder}*.js`
    )
  }
  for (const [pattern, whose] of UNPUBLISHED) {
    assert.deepEqual(
      paths.filter((file) => pattern.test(file)),
      [],
      `the tarball holds what is ${whose}`
    )
  }
  const strangers = paths.filter((file) => !PUBLISHED.some((pattern) => pattern.test(file)))
  assert.deepEqual(strangers, [], "the tarball holds files that nobody asked for")
}

/** Fails when a published file imports one that is not, such as a demo's. */
export function followImports(folder, paths) {
  const known = new Set(paths)
  for (const file of paths.filter((each) => each.startsWith(BUILT) && /\.(js|d\.ts)$/.test(each))) {
    for (const specifier of relativeImports(fs.readFileSync(path.join(folder, file), "utf8"))) {
      const target = path.posix.join(path.posix.dirname(file), specifier)
      const ending = file.endsWith(".d.ts") ? ".d.ts" : ".js"
      const found = [target, target + ending, `${target}/index${ending}`].some((each) => known.has(each))
      assert.ok(found, `${file} imports ${specifier}, which is not published`)
    }
  }
}

function relativeImports(code) {
  const imports = code.matchAll(/(?:\bfrom\s*|\brequire\(|\bimport\()\s*["'](\.{1,2}\/[^"']+)["']/g)
  return Array.from(imports, ([, specifier]) => specifier)
}
