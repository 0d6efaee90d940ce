/**
 * Changes settings of the queue that the admin may override, such as when the default queue's scheduled
 * worker looks for jobs. Two hooks stand around the step: `validate` and `settingsUpdated`.
 */
import {
  createHook,
  createStep,
  createWorkflow,
  StepResponse,
  WorkflowResponse,
} from "@medusajs/framework/workflows-sdk"
import type { WorkflowData } from "@medusajs/framework/workflows-sdk"
import { JOBQUEUE, type Actor, type JobQueueService, type SettingsUpdate, type SettingsView } from "../index"

export interface UpdateSettingsWorkflowInput {
  /** `null` takes the admin's value away. */
  settings: SettingsUpdate
  actor?: Actor
}

export const updateSettingsStepId = "jobqueue-update-settings-step"

/** Compensates by writing the values of before. */
export const updateSettingsStep = createStep(
  updateSettingsStepId,
  async ({ settings, actor }: UpdateSettingsWorkflowInput, { container }) => {
    const jobqueue = container.resolve<JobQueueService>(JOBQUEUE)
    const before = await jobqueue.getSettings()
    const after = await jobqueue.updateSettings(settings, actor)
    return new StepResponse(after, { before: setByAdmin(before, settings), actor })
  },
  async (done, { container }) => {
    if (done) {
      await container.resolve<JobQueueService>(JOBQUEUE).updateSettings(done.before, done.actor)
    }
  }
)

export const updateSettingsWorkflowId = "jobqueue-update-settings"

/** @throws MedusaError INVALID_DATA when a value is not one that the setting can have */
export const updateSettingsWorkflow = createWorkflow(
  updateSettingsWorkflowId,
  (input: WorkflowData<UpdateSettingsWorkflowInput>) => {
    const validate = createHook("validate", { input })
    const settings = updateSettingsStep(input)
    const settingsUpdated = createHook("settingsUpdated", { settings, actor: input.actor })
    return new WorkflowResponse(settings, { hooks: [validate, settingsUpdated] as const })
  }
)

/** The admin's own values of the settings that change; `null` where the option or the built-in value counted. */
function setByAdmin(before: SettingsView, changed: SettingsUpdate): SettingsUpdate {
  const keys = Object.keys(changed) as (keyof SettingsView)[]
  return Object.fromEntries(
    keys.map((key) => [key, before[key].source === "admin" ? before[key].value : null])
  )
}
