/** Which check stands before which route. */
import { validateAndTransformBody, type MiddlewareRoute } from "@medusajs/framework/http"
import { validateQuery } from "./validate-query"
import {
  AdminGetJobCountsParams,
  AdminGetJobsParams,
  AdminHoldJob,
  AdminNoBody,
  AdminNoParams,
  AdminUpdateSettings,
} from "./validators"

export const jobqueueRoutesMiddlewares: MiddlewareRoute[] = [
  { methods: ["GET"], matcher: "/admin/jobqueue/jobs", middlewares: [validateQuery(AdminGetJobsParams)] },
  { methods: ["GET"], matcher: "/admin/jobqueue/jobs/:id", middlewares: [validateQuery(AdminNoParams)] },
  { methods: ["DELETE"], matcher: "/admin/jobqueue/jobs/:id", middlewares: [validateQuery(AdminNoParams)] },
  {
    methods: ["POST"],
    matcher: "/admin/jobqueue/jobs/:id/retry",
    middlewares: [validateQuery(AdminNoParams), validateAndTransformBody(AdminNoBody)],
  },
  {
    methods: ["POST"],
    matcher: "/admin/jobqueue/jobs/:id/restart",
    middlewares: [validateQuery(AdminNoParams), validateAndTransformBody(AdminNoBody)],
  },
  {
    methods: ["POST"],
    matcher: "/admin/jobqueue/jobs/:id/hold",
    middlewares: [validateQuery(AdminNoParams), validateAndTransformBody(AdminHoldJob)],
  },
  {
    methods: ["POST"],
    matcher: "/admin/jobqueue/jobs/:id/release",
    middlewares: [validateQuery(AdminNoParams), validateAndTransformBody(AdminNoBody)],
  },
  {
    methods: ["POST"],
    matcher: "/admin/jobqueue/jobs/:id/clone",
    middlewares: [validateQuery(AdminNoParams), validateAndTransformBody(AdminNoBody)],
  },
  {
    methods: ["POST"],
    matcher: "/admin/jobqueue/jobs/:id/cancel",
    middlewares: [validateQuery(AdminNoParams), validateAndTransformBody(AdminNoBody)],
  },
  {
    methods: ["GET"],
    matcher: "/admin/jobqueue/counts",
    middlewares: [validateQuery(AdminGetJobCountsParams)],
  },
  { methods: ["GET"], matcher: "/admin/jobqueue/settings", middlewares: [validateQuery(AdminNoParams)] },
  {
    methods: ["POST"],
    matcher: "/admin/jobqueue/settings",
    middlewares: [validateQuery(AdminNoParams), validateAndTransformBody(AdminUpdateSettings)],
  },
]
