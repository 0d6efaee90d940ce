/** This repository as a Medusa app: the plugin from its own source, and the demo shop. Never published. */
import { defineConfig, loadEnv } from "@medusajs/framework/utils"

loadEnv(process.env.NODE_ENV ?? "development", __dirname)

/** The worker mode is not set here: MEDUSA_WORKER_MODE decides. */
module.exports = defineConfig({
  projectConfig: {
    databaseUrl: process.env.DATABASE_URL,
    http: {
      storeCors: process.env.STORE_CORS ?? "http://localhost:8000",
      adminCors: process.env.ADMIN_CORS ?? "http://localhost:5173,http://localhost:9000",
      authCors: process.env.AUTH_CORS ?? "http://localhost:5173,http://localhost:9000",
      jwtSecret: process.env.JWT_SECRET ?? "secret of the demo",
      cookieSecret: process.env.COOKIE_SECRET ?? "secret of the demo",
    },
  },
  modules: [
    { resolve: "./src/modules/jobqueue" },
    {
      resolve: "./src/modules/demo",
      options: {
        erpUrl: process.env.DEMO_ERP_URL,
        outbox: process.env.DEMO_OUTBOX ?? `${__dirname}/.data/outbox`,
      },
    },
  ],
})
