/**
 * Makes a job pending as on the first day: no attempts, and the limit that it was enqueued with.
 * Two hooks stand around the step: `validate` may refuse by throwing, `jobRestarted` comes after.
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

export interface RestartJobWorkflowInput {
  id: string
  /** Who asks for it; recorded with the job. */
  actor?: Actor
}

export const restartJobStepId = "jobqueue-restart-job-step"

/** Has no compensation: a worker may perform the job before a later step fails. */
export const restartJobStep = createStep(
  restartJobStepId,
  async ({ id, actor }: RestartJobWorkflowInput, { container }) => {
    const job = await container.resolve<JobQueueService>(JOBQUEUE).restartJob(id, actor)
    return new StepResponse(job)
  }
)

export const restartJobWorkflowId = "jobqueue-restart-job"

/** @throws MedusaError NOT_FOUND when there is no such job, NOT_ALLOWED when its state does not allow it */
export const restartJobWorkflow = createWorkflow(
  restartJobWorkflowId,
  (input: WorkflowData<RestartJobWorkflowInput>) => {
    const validate = createHook("validate", { input })
    const job = restartJobStep(input)
    const jobRestarted = createHook("jobRestarted", { job, actor: input.actor })
    return new WorkflowResponse(job, { hooks: [validate, jobRestarted] as const })
  }
)
