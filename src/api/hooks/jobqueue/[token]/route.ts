/**
 * POST /hooks/jobqueue/:token: a third party answers to a job that waits for it. Whoever knows the token may: it is
 * unguessable, serves one job, and ends with its waiting. The whole body is the data, as JSON.
 */
import type { MedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import { JOBQUEUE, type CallbackReceipt, type JobQueueService } from "../../../../index"
import { receiveCallbackWorkflow } from "../../../../workflows/receive-callback"
import { readJson } from "../read-json"

interface Answer {
  status: number
  /** Nothing of the job, nor of what went wrong in it: the log has that. */
  message: string
  /** Seconds, where sending it again may help. */
  retryAfter?: number
}

const ENDED: Answer = {
  status: 410,
  message: "This address was used, or nothing waits for it any more. Don't send it again.",
}

const ANSWERS: Record<Exclude<CallbackReceipt, "unknown">, Answer> = {
  resolved: { status: 200, message: "Received." },
  kept: { status: 202, message: "Received." },
  ended: ENDED,
  busy: { status: 409, message: "Another callback is being handled. Send it again.", retryAfter: 1 },
  failed: { status: 500, message: "It could not be handled now. Send it again later.", retryAfter: 10 },
}

export const POST = async (req: MedusaRequest, res: MedusaResponse<{ message: string }>) => {
  const address = await req.scope.resolve<JobQueueService>(JOBQUEUE).findCallback(req.params.token)
  if (!address.isOpen) {
    return answer(res, ENDED)
  }
  const data = await readJson(req, address.maxBytes)
  const { result: receipt } = await receiveCallbackWorkflow(req.scope).run({
    input: { hash: address.hash, data },
  })
  return answer(res, receipt === "unknown" ? ENDED : ANSWERS[receipt])
}

function answer(res: MedusaResponse<{ message: string }>, { status, message, retryAfter }: Answer): void {
  if (retryAfter !== undefined) {
    res.set("Retry-After", String(retryAfter))
  }
  res.status(status).json({ message })
}
