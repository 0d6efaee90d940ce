/** Who sends the request, for the record of who did what to a job. */
import type { AuthenticatedMedusaRequest } from "@medusajs/framework/http"
import type { Actor } from "../../../index"

export function actorOf(req: Pick<AuthenticatedMedusaRequest, "auth_context">): Actor {
  return { type: req.auth_context.actor_type, id: req.auth_context.actor_id }
}
