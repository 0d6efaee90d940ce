/**
 * What may import what. `npm run layers` checks it; type-only imports count too.
 *
 * Inside the module the folders stand in the order of a job's life, and imports only point down:
 * job ← table ← backend ← lifecycle ← maintenance ← worker ← verbs ← service ← shells (DESIGN: "Layout").
 */
const MODULE = "^src/modules/jobqueue/"
const DEMO = "(^|/)demo/"

/** From the bottom up: each may import itself and what stands before it. */
const LAYERS = [
  ["constants", "constants\\.ts$"],
  ["errors", "errors/"],
  ["job", "job/"],
  ["options", "options(-schema)?\\.ts$"],
  ["models", "models/"],
  ["table", "table/"],
  ["backend", "backend/"],
  ["lifecycle", "lifecycle/"],
  ["maintenance", "maintenance/"],
  ["worker", "worker/"],
  ["composition", "composition/"],
  ["loaders", "loaders/"],
  ["application-hooks", "application-hooks\\.ts$"],
  ["verbs", "verbs/"],
  ["service", "service\\.ts$"],
  ["scheduled-worker", "scheduled-worker\\.ts$"],
  ["index", "index\\.ts$"],
]

const layerRules = LAYERS.map(([name, path], position) => ({
  name: `layer-${name}`,
  comment: `${name} imports only from itself and from what stands below it: ${LAYERS.slice(0, position)
    .map(([below]) => below)
    .join(", ")}`,
  severity: "error",
  from: { path: MODULE + path },
  to: { path: "^src/", pathNot: LAYERS.slice(0, position + 1).map(([, allowed]) => MODULE + allowed) },
}))

/** Files that Medusa, npm or a thread loads by their place: whatever they don't reach is dead. */
const ENTRIES = [
  "^src/(testing/)?index\\.ts$",
  "^src/(modules|providers)/[^/]+/index\\.ts$",
  "^src/modules/jobqueue/(migrations|models)/",
  "-thread\\.ts$",
  "^src/api/.*(route|middlewares)\\.ts$",
  "^src/(jobs|subscribers|workflows|links|queue-jobs)/[^/]+$",
  "^src/admin/(widgets/|i18n/index|.*/page\\.tsx$)",
  DEMO,
]

module.exports = {
  forbidden: [
    ...layerRules,
    {
      name: "no-cycles",
      comment: "a reader can't begin anywhere in a circle",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "shells-see-the-surface",
      comment: "api, workflows, jobs and subscribers say when; how is behind the service",
      severity: "error",
      from: { path: "^src/(api|workflows|jobs|subscribers|links|queue-jobs)/", pathNot: DEMO },
      to: { path: "^src/(modules|admin)/", pathNot: `${MODULE}constants\\.ts$` },
    },
    {
      name: "admin-sees-pure-files",
      comment: "the browser gets the admin and the pure files of job/, nothing of the server",
      severity: "error",
      from: { path: "^src/admin/" },
      to: { path: "^src/", pathNot: ["^src/admin/", `${MODULE}(constants\\.ts$|job/)`] },
    },
    {
      name: "surface-sees-the-module",
      comment: "src/index.ts shows the module's own things, no shell's",
      severity: "error",
      from: { path: "^src/index\\.ts$" },
      to: { path: "^src/", pathNot: MODULE },
    },
    {
      name: "demo-stays-alone",
      comment: "demo folders are not published, so nothing that is may need them",
      severity: "error",
      from: { path: "^src/", pathNot: DEMO },
      to: { path: DEMO },
    },
    {
      name: "source-needs-no-tests",
      comment: "the build drops the test folders",
      severity: "error",
      from: { path: "^src/", pathNot: DEMO },
      to: { path: "^(unit-tests|integration-tests|demo|bench)/" },
    },
    {
      name: "no-dead-files",
      comment: "nothing that Medusa, npm or a thread loads reaches this file",
      severity: "error",
      from: { path: ENTRIES },
      to: { path: "^src/", pathNot: [...ENTRIES, "\\.d\\.ts$"], reachable: false },
    },
    {
      name: "no-missing-modules",
      comment: "an import that resolves to nothing",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: "only-what-a-shop-has",
      comment: "a shop installs our dependencies and peers, never our dev dependencies",
      severity: "error",
      from: { path: "^src/", pathNot: [DEMO, "^src/admin/"] },
      to: {
        dependencyTypes: ["npm-dev", "npm-no-pkg", "npm-unknown"],
        dependencyTypesNot: ["npm", "npm-peer", "type-only"],
      },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: ["^(\\.medusa|\\.data|\\.artifacts)/", "^integration-tests/package/shop/"] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    combinedDependencies: false,
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["types", "import", "require", "node", "default"],
      mainFields: ["types", "typings", "module", "main"],
      extensions: [".ts", ".tsx", ".d.ts", ".js", ".mjs", ".cjs", ".json"],
    },
  },
}
