/** GET and POST /admin/jobqueue/settings: each setting with its value and where that comes from. */
import type { AuthenticatedMedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import { JOBQUEUE, type JobQueueService, type SettingsView } from "../../../../index"
import { updateSettingsWorkflow } from "../../../../workflows/update-settings"
import { actorOf } from "../actor"
import type { AdminUpdateSettingsType } from "../validators"

export const GET = async (
  req: AuthenticatedMedusaRequest,
  res: MedusaResponse<{ settings: SettingsView }>
) => {
  const settings = await req.scope.resolve<JobQueueService>(JOBQUEUE).getSettings()
  res.json({ settings })
}

export const POST = async (
  req: AuthenticatedMedusaRequest<AdminUpdateSettingsType>,
  res: MedusaResponse<{ settings: SettingsView }>
) => {
  const { result: settings } = await updateSettingsWorkflow(req.scope).run({
    input: { settings: req.validatedBody, actor: actorOf(req) },
  })
  res.json({ settings })
}
