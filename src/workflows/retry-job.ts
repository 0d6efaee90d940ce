/**
 * Makes a job pending at once, whatever it waited for; its history is kept.
 * Two hooks stand around the step: `validate` may refuse by throwing, `jobRetried` comes after.
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

export interface RetryJobWorkflowInput {
  id: string
  /** Who asks for it; recorded with the job. */
  actor?: Actor
}

export const retryJobStepId = "jobqueue-retry-job-step"

/** Has no compensation: a worker may perform the job before a later step fails. */
export const retryJobStep = createStep(
  retryJobStepId,
  async ({ id, actor }: RetryJobWorkflowInput, { container }) => {
    const job = await container.resolve<JobQueueService>(JOBQUEUE).retryJob(id, actor)
    return new StepResponse(job)
  }
)

export const retryJobWorkflowId = "jobqueue-retry-job"

/** @throws MedusaError NOT_FOUND when there is no such job, NOT_ALLOWED when its state does not allow it */
export const retryJobWorkflow = createWorkflow(
  retryJobWorkflowId,
  (input: WorkflowData<RetryJobWorkflowInput>) => {
    const validate = createHook("validate", { input })
    const job = retryJobStep(input)
    const jobRetried = createHook("jobRetried", { job, actor: input.actor })
    return new WorkflowResponse(job, { hooks: [validate, jobRetried] as const })
  }
)
