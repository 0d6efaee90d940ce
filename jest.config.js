/**
 * Two projects: `unit-tests` needs nothing but Node, `integration-tests` a Postgres, which it brings up itself.
 * Medusa loads files with dynamic imports: run with NODE_OPTIONS=--experimental-vm-modules (npm test does).
 */
const SWC = {
  jsc: {
    parser: { syntax: "typescript", decorators: true },
    transform: { decoratorMetadata: true },
    target: "es2022",
  },
  module: { type: "commonjs", ignoreDynamic: true },
}

const shared = {
  testEnvironment: "node",
  transform: { "^.+\\.[jt]sx?$": ["@swc/jest", SWC] },
  moduleFileExtensions: ["js", "ts", "json", "mjs"],
  modulePathIgnorePatterns: ["<rootDir>/.medusa/", "<rootDir>/.data/"],
}

module.exports = {
  testTimeout: 120_000,
  projects: [
    { ...shared, displayName: "unit", testMatch: ["<rootDir>/unit-tests/**/*.spec.ts"] },
    {
      ...shared,
      displayName: "integration",
      testMatch: ["<rootDir>/integration-tests/**/*.spec.ts"],
      globalSetup: "<rootDir>/integration-tests/global-setup.mjs",
      globalTeardown: "<rootDir>/integration-tests/global-teardown.mjs",
      setupFiles: ["<rootDir>/integration-tests/setup.js"],
    },
  ],
}
