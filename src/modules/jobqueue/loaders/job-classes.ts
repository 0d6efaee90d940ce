/** Finds job classes: in `src/queue-jobs` of the app and of every plugin, and those that a custom module brings. */
import { access, readdir } from "node:fs/promises"
import { join } from "node:path"
import { configManager } from "@medusajs/framework/config"
import type { LoaderOptions } from "@medusajs/framework/types"
import { dynamicImport, getResolvedPlugins } from "@medusajs/framework/utils"
import { invalidJobClass } from "../errors/job-class"
import type { JobClass } from "../job/abstract-job"
import { hasPerform, isJobClass } from "../job/job-class"
import { jobRegistry } from "../job/registry"

const FOLDER = "queue-jobs"

const SOURCE_FILE = /(?<!\.d)\.[cm]?[jt]s$/

/**
 * A module loader that registers job classes which live elsewhere than in `src/queue-jobs`:
 * `Module("erp", { service, loaders: [jobLoader([SendOrderToErp])] })`.
 */
export function jobLoader(classes: readonly JobClass[]): (options: LoaderOptions) => Promise<void> {
  const file = callingFile()
  return function registerJobs() {
    for (const job of classes) {
      jobRegistry().register(job, file)
    }
    return Promise.resolve()
  }
}

export default async function loadJobClasses({ logger }: LoaderOptions): Promise<void> {
  const plugins = await appAndPlugins()
  for (const { resolve } of plugins) {
    for (const file of await sourceFiles(join(resolve, FOLDER))) {
      const found = registerExports(file, (await dynamicImport(file)) as Record<string, unknown>)
      if (found === 0) {
        logger?.warn(
          `[jobqueue] ${file} exports no job class; a job class extends AbstractJob and names a static identifier`
        )
      }
    }
  }
}

/** In a module test there is no app, and so no folder to search. */
async function appAndPlugins(): Promise<{ resolve: string }[]> {
  const folder = configManager.baseDir as string | undefined
  return folder === undefined ? [] : getResolvedPlugins(folder, configManager.config, true)
}

async function sourceFiles(folder: string): Promise<string[]> {
  try {
    await access(folder)
  } catch {
    return [] // the folder is optional
  }
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile() && SOURCE_FILE.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
}

function registerExports(file: string, exported: Record<string, unknown>): number {
  const classes = new Set(Object.values(exported).filter(hasPerform))
  for (const job of classes) {
    if (!isJobClass(job)) {
      throw invalidJobClass(file, [
        { path: "static identifier", message: 'expected a text such as "erp.send-order"' },
      ])
    }
    jobRegistry().register(job, file)
  }
  return classes.size
}

/** The file that called `jobLoader`, so that a duplicate identifier can be found. */
function callingFile(): string {
  const [, , , caller = ""] = (new Error().stack ?? "").split("\n")
  return /\(?([^\s(]+?):\d+:\d+\)?$/.exec(caller)?.[1] ?? "a module that uses jobLoader"
}
