/** What stands before the route of callbacks: anybody may call it. */
import type {
  MedusaNextFunction,
  MedusaRequest,
  MedusaResponse,
  MiddlewareRoute,
} from "@medusajs/framework/http"
import { CALLBACK_PATH } from "../../../modules/jobqueue/constants"
import { JOBQUEUE, type JobQueueService } from "../../../index"

/** The access log is written when the answer is sent, from this: a token is like a password. */
function hideToken(req: MedusaRequest, _res: MedusaResponse, next: MedusaNextFunction): void {
  req.originalUrl = `${CALLBACK_PATH}/[token]`
  next()
}

function limitRate(req: MedusaRequest, res: MedusaResponse, next: MedusaNextFunction): void {
  const wait = req.scope.resolve<JobQueueService>(JOBQUEUE).admitCallback(req.ip ?? "")
  if (wait === 0) {
    next()
    return
  }
  res
    .set("Retry-After", String(wait))
    .status(429)
    .json({ message: "Too many requests. Send it again later." })
}

/** The body is read by the route, up to its own limit and only for an address that is open. */
export const callbackMiddlewares: MiddlewareRoute[] = [
  { matcher: `${CALLBACK_PATH}/:token`, middlewares: [hideToken] },
  {
    methods: ["POST"],
    matcher: `${CALLBACK_PATH}/:token`,
    bodyParser: false,
    middlewares: [limitRate],
  },
]
