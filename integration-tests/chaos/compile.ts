/**
 * Compiles the module and the child processes into a folder: a process that starts from it begins in a second,
 * which matters when another one is killed every second.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { dirname, join, resolve } from "node:path"
import { transformSync, type Options } from "@swc/core"

const ROOT = resolve(__dirname, "../..")
const SOURCES = ["src/modules/jobqueue", "integration-tests/chaos/process"]
const SURFACE = "src/index.ts"

const OPTIONS: Options = {
  jsc: { parser: { syntax: "typescript", decorators: true }, target: "es2022" },
  module: { type: "commonjs", ignoreDynamic: true },
}

/** @returns the folder of the processes' entries */
export function compileProcesses(into: string): string {
  for (const file of [SURFACE, ...SOURCES.flatMap(typescriptIn)]) {
    const compiled = join(into, file.replace(/\.ts$/, ".js"))
    const { code } = transformSync(readFileSync(join(ROOT, file), "utf8"), { ...OPTIONS, filename: file })
    mkdirSync(dirname(compiled), { recursive: true })
    writeFileSync(compiled, code)
  }
  return join(into, SOURCES[1])
}

function typescriptIn(folder: string): string[] {
  const files = readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
  return files.filter((file) => file.endsWith(".ts")).map((file) => join(folder, file))
}
