import { defineConfig } from "@medusajs/framework/utils"

module.exports = defineConfig({
  projectConfig: {
    databaseUrl: process.env.DATABASE_URL,
    http: {
      storeCors: "http://localhost:8000",
      adminCors: "http://localhost:9000",
      authCors: "http://localhost:9000",
      jwtSecret: "secret of a scratch shop",
      cookieSecret: "secret of a scratch shop",
    },
  },
  plugins: [
    {
      resolve: "medusa-plugin-jobqueue",
      options: { queues: { greetings: { concurrency: 2 } }, maxAttempts: 3 },
    },
  ],
})
