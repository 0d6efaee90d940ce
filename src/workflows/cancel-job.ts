/**
 * Cancels a job that is no longer wanted; one that runs is asked to stop.
 * Two hooks stand around the step: `validate` may refuse by throwing, `jobCanceled` comes after.
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

export interface CancelJobWorkflowInput {
  id: string
  /** Who asks for it; recorded with the job. */
  actor?: Actor
}

export const cancelJobStepId = "jobqueue-cancel-job-step"

/** Has no compensation: a running job can't be told to go on. */
export const cancelJobStep = createStep(
  cancelJobStepId,
  async ({ id, actor }: CancelJobWorkflowInput, { container }) => {
    const job = await container.resolve<JobQueueService>(JOBQUEUE).cancelJob(id, actor)
    return new StepResponse(job)
  }
)

export const cancelJobWorkflowId = "jobqueue-cancel-job"

/** @throws MedusaError NOT_FOUND when there is no such job, NOT_ALLOWED when its state does not allow it */
export const cancelJobWorkflow = createWorkflow(
  cancelJobWorkflowId,
  (input: WorkflowData<CancelJobWorkflowInput>) => {
    const validate = createHook("validate", { input })
    const job = cancelJobStep(input)
    const jobCanceled = createHook("jobCanceled", { job, actor: input.actor })
    return new WorkflowResponse(job, { hooks: [validate, jobCanceled] as const })
  }
)
