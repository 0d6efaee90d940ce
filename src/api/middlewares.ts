/** Checks of what comes in, for all routes of the plugin. Routes under /admin are authenticated by Medusa. */
import { defineMiddlewares } from "@medusajs/framework/http"
import { jobqueueRoutesMiddlewares } from "./admin/jobqueue/middlewares"
import { callbackMiddlewares } from "./hooks/jobqueue/middlewares"

export default defineMiddlewares({ routes: [...jobqueueRoutesMiddlewares, ...callbackMiddlewares] })
