/**
 * House style: Medusa's own rules, typescript-eslint's, and the sizes that keep the walk walkable.
 * `npm run lint` runs it through `medusa lint`; what may import what stands in .dependency-cruiser.cjs.
 */
import js from "@eslint/js"
import medusa from "@medusajs/eslint-plugin"
import tseslint from "typescript-eslint"

const TYPESCRIPT = ["**/*.{ts,tsx}"]
const SCRIPTS = ["**/*.{js,mjs,cjs}"]
const TESTS = ["unit-tests/**", "integration-tests/**", "demo/**"]
const SHOP_OWN = ["src/**/demo/**"]
/** Its imports exist only where the packed plugin is installed; the package test checks it there. */
const SCRATCH_SHOP = "integration-tests/package/shop/**"

/** Medusa's warnings count here: what is tolerated is switched off below, with its reason. */
const houseStyle = medusa.configs.strict.map((config) => ({
  ...config,
  ...(config.rules && { rules: mapValues(config.rules, (level) => (level === "warn" ? "error" : level)) }),
}))

const MEDUSA_COPIES = "Medusa brings it at its own version: import it from @medusajs/framework"
const RELATIVE = "Import relatively: the published build resolves no path aliases, nor the package's own name"

const APPLICATION_CONTAINER = {
  name: "@medusajs/framework",
  importNames: ["container"],
  message: "One file reaches out of the module's isolation: lifecycle/application.ts.",
}

const forbiddenImports = {
  paths: ["pg", "zod", "awilix", "knex"]
    .map((name) => ({ name, message: `${MEDUSA_COPIES}/${name === "knex" ? "mikro-orm/knex" : name}.` }))
    .concat({ name: "medusa-plugin-jobqueue", message: RELATIVE }, APPLICATION_CONTAINER),
  patterns: [
    { group: ["@mikro-orm/*"], message: `${MEDUSA_COPIES}/mikro-orm/….` },
    { group: ["zod/*", "pg/*", "pg-*"], message: `${MEDUSA_COPIES}/….` },
    { group: ["@/*", "~/*", "src/*", "medusa-plugin-jobqueue/*"], message: RELATIVE },
  ],
}

export default tseslint.config(
  ...houseStyle,
  {
    ignores: ["!**/integration-tests/**", "!**/*.spec.*", "**/.data/**", ".artifacts/**", SCRATCH_SHOP],
  },
  js.configs.recommended,
  { linterOptions: { reportUnusedDisableDirectives: "error" } },
  {
    files: TYPESCRIPT,
    extends: [tseslint.configs.recommended],
    languageOptions: {
      parserOptions: { project: false, projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      "@typescript-eslint/await-thenable": "error",
      "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "inline-type-imports" }],
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-misused-promises": ["error", { checksVoidReturn: { attributes: false } }],
      "@typescript-eslint/no-unnecessary-type-assertion": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "@typescript-eslint/only-throw-error": "error",
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      "no-restricted-imports": ["error", forbiddenImports],
    },
  },
  {
    rules: {
      complexity: ["error", 12],
      eqeqeq: "error",
      "no-control-regex": "off", // payloads and texts are checked for U+0000
      "prefer-const": "error",
    },
  },
  {
    files: ["src/**"],
    ignores: SHOP_OWN,
    rules: {
      "max-lines": ["error", { max: 200, skipBlankLines: false, skipComments: false }],
      "max-lines-per-function": ["error", { max: 30, skipBlankLines: false, skipComments: false }],
      "no-console": "error",
    },
  },
  {
    files: ["bench/**"],
    rules: {
      "max-lines": ["error", { max: 200, skipBlankLines: false, skipComments: false }],
      "max-lines-per-function": ["error", { max: 30, skipBlankLines: false, skipComments: false }],
    },
  },
  {
    files: ["src/**/*.tsx"],
    rules: { "max-lines-per-function": ["error", { max: 80, skipBlankLines: false, skipComments: false }] },
  },
  {
    files: ["src/modules/jobqueue/lifecycle/application.ts"],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          ...forbiddenImports,
          paths: forbiddenImports.paths.filter((path) => path !== APPLICATION_CONTAINER),
        },
      ],
    },
  },
  {
    files: ["src/**/migrations/**"],
    rules: { "max-lines": "off", "max-lines-per-function": "off" },
  },
  {
    files: [...SHOP_OWN, ...TESTS],
    rules: {
      // Jobs of a demo shop and tests throw what any code throws.
      "@medusajs/use-medusa-error-not-generic-error": "off",
      "@typescript-eslint/only-throw-error": "off",
    },
  },
  {
    // Buckets that promise nothing: a file belongs to the step of a job's life that it serves.
    files: ["src/**/{utils,util,helpers,helper,lib,types,common,manager,managers}{/**,.ts,.tsx}"],
    rules: {
      "no-restricted-syntax": [
        "error",
        {
          selector: "Program",
          message: "No utils, helpers, lib, types, common or manager: name it after what it does.",
        },
      ],
    },
  },
  {
    files: ["src/**/index.{ts,tsx}"],
    ignores: [
      "src/index.ts",
      "src/modules/*/index.ts",
      "src/workflows/index.ts",
      "src/providers/*/index.ts",
      "src/admin/i18n/index.ts",
      "src/testing/index.ts",
      ...SHOP_OWN,
    ],
    rules: {
      "no-restricted-syntax": [
        "error",
        { selector: "Program", message: "No barrels: import from the file that says it." },
      ],
    },
  },
  {
    files: SCRIPTS,
    languageOptions: { globals: nodeGlobals() },
  },
  {
    files: ["**/*.cjs", "*.js", "integration-tests/**/*.js"],
    languageOptions: { sourceType: "commonjs" },
  }
)

function mapValues(record, change) {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]))
}

/** The globals that scripts use; TypeScript files have theirs from the compiler. */
function nodeGlobals() {
  const names = [
    ...["process", "console", "Buffer", "URL", "URLSearchParams", "fetch", "AbortController", "AbortSignal"],
    ...[
      "setTimeout",
      "clearTimeout",
      "setInterval",
      "clearInterval",
      "setImmediate",
      "performance",
      "structuredClone",
    ],
    ...["require", "module", "exports", "__dirname", "__filename", "globalThis", "document", "window"],
  ]
  return Object.fromEntries(names.map((name) => [name, "readonly"]))
}
