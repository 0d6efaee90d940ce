/**
 * Sets a waiting job aside until somebody lets it go.
 * Two hooks stand around the step: `validate` may refuse by throwing, `jobHeld` comes after.
 */
import {
  createHook,
  createStep,
  createWorkflow,
  StepResponse,
  WorkflowResponse,
} from "@medusajs/framework/workflows-sdk"
import type { WorkflowData } from "@medusajs/framework/workflows-sdk"
import { JOBQUEUE, type Actor, type JobQueueService } from "../index"

export interface HoldJobWorkflowInput {
  id: string
  /** Who asks for it; recorded with the job. */
  actor?: Actor
  /** Why; the job shows it. */
  reason?: string
}

export const holdJobStepId = "jobqueue-hold-job-step"

/** Has no compensation: where the job waited before is not known any more. */
export const holdJobStep = createStep(
  holdJobStepId,
  async ({ id, actor, reason }: HoldJobWorkflowInput, { container }) => {
    const job = await container.resolve<JobQueueService>(JOBQUEUE).holdJob(id, { actor, reason })
    return new StepResponse(job)
  }
)

export const holdJobWorkflowId = "jobqueue-hold-job"

/** @throws MedusaError NOT_FOUND when there is no such job, NOT_ALLOWED when its state does not allow it */
export const holdJobWorkflow = createWorkflow(
  holdJobWorkflowId,
  (input: WorkflowData<HoldJobWorkflowInput>) => {
    const validate = createHook("validate", { input })
    const job = holdJobStep(input)
    const jobHeld = createHook("jobHeld", { job, actor: input.actor })
    return new WorkflowResponse(job, { hooks: [validate, jobHeld] as const })
  }
)
