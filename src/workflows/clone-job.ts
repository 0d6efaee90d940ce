/**
 * Enqueues the same request again, as a job of its own, which it answers.
 * Two hooks stand around the step: `validate` may refuse by throwing, `jobCloned` comes after.
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

export interface CloneJobWorkflowInput {
  id: string
  /** Who asks for it; recorded with the job. */
  actor?: Actor
}

export const cloneJobStepId = "jobqueue-clone-job-step"

/** Has no compensation: a worker may perform the copy before a later step fails. */
export const cloneJobStep = createStep(
  cloneJobStepId,
  async ({ id, actor }: CloneJobWorkflowInput, { container }) => {
    const job = await container.resolve<JobQueueService>(JOBQUEUE).cloneJob(id, actor)
    return new StepResponse(job)
  }
)

export const cloneJobWorkflowId = "jobqueue-clone-job"

/** @throws MedusaError NOT_FOUND when there is no such job, NOT_ALLOWED when its state does not allow it */
export const cloneJobWorkflow = createWorkflow(
  cloneJobWorkflowId,
  (input: WorkflowData<CloneJobWorkflowInput>) => {
    const validate = createHook("validate", { input })
    const job = cloneJobStep(input)
    const jobCloned = createHook("jobCloned", { job, actor: input.actor })
    return new WorkflowResponse(job, { hooks: [validate, jobCloned] as const })
  }
)
