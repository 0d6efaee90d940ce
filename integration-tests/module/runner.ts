/** Boots the module alone, with its real migrations, on a database of its own for each test. */
import { resolve } from "node:path"
import type { SqlEntityManager } from "@medusajs/framework/mikro-orm/postgresql"
import { moduleIntegrationTestRunner } from "@medusajs/test-utils"
import type { JobQueueOptions, JobQueueService } from "../../src"
import { JOBQUEUE } from "../../src"
import { jobRegistry } from "../../src/modules/jobqueue/job/registry"
import { JobqueueJob } from "../../src/modules/jobqueue/models/job"
import { Database } from "../../src/modules/jobqueue/table/database"
import { Orders, Scripted } from "./jobs"

export interface ModuleTest {
  service: () => JobQueueService
  /** Performs all that is pending in a queue, and waits until it is settled. */
  work: (queue?: string) => Promise<number>
  clientUrl: () => string
  /** The ORM's, as a custom module's service uses it. */
  entityManager: () => SqlEntityManager
  /** Runs one statement on the module's database. */
  sql: <Row = Record<string, unknown>>(text: string, values?: unknown[]) => Promise<Row[]>
  /** A database connection of its own, closed after the test. */
  database: (poolSize?: number) => Database
}

/** No worker runs by itself: tests say when the jobs are performed. */
export function jobqueueModule(options: JobQueueOptions, testSuite: (test: ModuleTest) => void): void {
  moduleIntegrationTestRunner<JobQueueService>({
    moduleName: JOBQUEUE,
    moduleModels: [JobqueueJob],
    resolve: "./src/modules/jobqueue",
    pathToMigrations: resolve(__dirname, "../../src/modules/jobqueue/migrations"),
    moduleOptions: { worker: false, ...options },
    testSuite: ({ service, dbConfig, MikroOrmWrapper }) =>
      // Nested, because the hooks of an inner block run before those of the runner, which drop the tables.
      describe("the module", () => {
        beforeAll(() => {
          jobRegistry().register(Scripted, "the tests")
          jobRegistry().register(Orders, "the tests")
        })
        // The runner starts the module for each test, and never ends it.
        afterEach(async () => {
          await service.__hooks?.onApplicationPrepareShutdown()
          await service.__hooks?.onApplicationShutdown()
        })
        const databases: Database[] = []
        const database = (poolSize = 10) => {
          const { clientUrl: connectionString } = dbConfig
          databases.push(new Database({ connectionString, poolSize, onError: () => undefined }))
          return databases[databases.length - 1]
        }
        afterEach(async () => {
          await Promise.all(databases.splice(0).map((open) => open.close()))
        })
        testSuite({
          service: () => service,
          work: (queue = "default") => service.workScheduled({ queue }),
          sql: (text, values) => (databases[0] ?? database(1)).query(text, values),
          database,
          clientUrl: () => dbConfig.clientUrl,
          entityManager: () => MikroOrmWrapper.forkManager(),
        })
      }),
  })
}
