/**
 * Boots as much of Medusa as the queue needs: its knex connection, the store module (each job runs in the
 * context of a store), and the built plugin. Everything is loaded from the checkout that is measured, so that
 * there is one copy of the framework.
 */
import { createHash } from "node:crypto"
import fs from "node:fs"
import { createRequire } from "node:module"
import path from "node:path"

const BUILD = ".medusa/server/src"
const MODULE = "modules/jobqueue"
const LOG_LEVEL = "warn"

/** @param {string} source - the checkout; `npm run build` was run in it */
export function loadPlugin(source) {
  const build = buildOf(source)
  process.env.LOG_LEVEL ??= LOG_LEVEL
  process.env.MEDUSA_DISABLE_TELEMETRY = "true"
  const require = createRequire(path.join(source, "package.json"))
  return {
    require,
    module: path.join(build, MODULE),
    surface: require(path.join(build, "index.js")),
    ...require("@medusajs/framework"),
    ...require("@medusajs/framework/modules-sdk"),
    ...require("@medusajs/framework/utils"),
    ...require("@medusajs/framework/logger"),
    ...require("@medusajs/framework/awilix"),
  }
}

/** Changes when the build's migrations do: a database made by others must not be used again. */
export function schemaVersion(source) {
  const folder = path.join(buildOf(source), MODULE, "migrations")
  const hash = createHash("sha256")
  for (const file of fs.readdirSync(folder).sort()) {
    if (file.endsWith(".js")) hash.update(fs.readFileSync(path.join(folder, file)))
  }
  return hash.digest("hex").slice(0, 12)
}

/** Runs the migrations of the store module and of ours, and makes two stores. */
export async function migrate(plugin, url) {
  const connection = connect(plugin, url)
  const app = await makeApp(plugin, { url, connection, mode: "server", options: {} })
  await app.runMigrations()
  await app.modules.store.createStores(["Main store", "Outlet"].map(storeData))
  await end(plugin, app, connection)
}

/** Boots; the hooks that Medusa calls when everything has started are left to the caller. */
export async function boot(plugin, { url, mode, options }) {
  const connection = connect(plugin, url)
  const app = await makeApp(plugin, { url, connection, mode, options })
  return {
    service: plugin.container.resolve(plugin.surface.JOBQUEUE),
    start: () => app.onApplicationStart(),
    stop: () => end(plugin, app, connection),
  }
}

function buildOf(source) {
  const build = path.join(source, BUILD)
  if (fs.existsSync(path.join(build, MODULE))) return build
  throw new Error(`${build} holds no built plugin: run npm run build in ${source}`)
}

/** As Medusa's own loader does it: what modules may need is registered before, what they gave after. */
async function makeApp(plugin, { url, connection, mode, options }) {
  const { ContainerRegistrationKeys: keys, MedusaApp, container, logger } = plugin
  const modules = modulesOf(plugin, options)
  const injectedDependencies = {
    [keys.PG_CONNECTION]: connection,
    [keys.LOGGER]: logger,
    [keys.CONFIG_MODULE]: { projectConfig: { workerMode: mode, databaseUrl: url }, modules },
  }
  register(plugin, injectedDependencies)
  const app = await MedusaApp({
    workerMode: mode,
    modulesConfig: modules,
    sharedContainer: container,
    sharedResourcesConfig: { database: { clientUrl: url, schema: "public" } },
    injectedDependencies,
  })
  register(plugin, { [keys.LINK]: app.link, [keys.REMOTE_QUERY]: app.query, [keys.QUERY]: app.query })
  for (const service of Object.values(app.modules)) register(plugin, { [service.__definition.key]: service })
  return app
}

function modulesOf({ ModulesDefinition, module, require }, options) {
  const store = {
    definition: ModulesDefinition.store,
    resolve: require.resolve("@medusajs/medusa/store"),
    options: {},
  }
  return { store, jobqueue: { resolve: module, options } }
}

function register({ asValue, container }, values) {
  for (const [key, value] of Object.entries(values)) container.register(key, asValue(value))
}

function connect({ ModulesSdkUtils }, url) {
  return ModulesSdkUtils.createPgConnection({ clientUrl: url, schema: "public" })
}

/** Medusa keeps its modules for the whole process; another database, or the schema's first, needs new ones. */
async function end({ MedusaModule, container }, app, connection) {
  await app.onApplicationPrepareShutdown()
  await app.onApplicationShutdown()
  MedusaModule.clearInstances()
  container.cache.clear()
  await connection.destroy()
}

function storeData(name) {
  return { name, supported_currencies: [{ currency_code: "eur", is_default: true }] }
}
