import type { MedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import { JOBQUEUE, type JobQueueService } from "medusa-plugin-jobqueue"
import Greet from "../../queue-jobs/greet"

/** Both ways to enqueue: the job's own method, and the service by identifier. */
export async function POST(req: MedusaRequest<{ name: string }>, res: MedusaResponse) {
  const fluent = await new Greet(req.body).setName(`Greet ${req.body.name}`).enqueue(req.scope)
  const jobqueue = req.scope.resolve<JobQueueService>(JOBQUEUE)
  const plain = await jobqueue.enqueue("shop.greet", req.body, { name: `Greet ${req.body.name} again` })
  res.json({ ids: [fluent.id, plain.id] })
}
