/**
 * Lets a held job go: it is pending now.
 * Two hooks stand around the step: `validate` may refuse by throwing, `jobReleased` comes after.
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

export interface ReleaseJobWorkflowInput {
  id: string
  /** Who asks for it; recorded with the job. */
  actor?: Actor
}

export const releaseJobStepId = "jobqueue-release-job-step"

/** Has no compensation: a worker may perform the job before a later step fails. */
export const releaseJobStep = createStep(
  releaseJobStepId,
  async ({ id, actor }: ReleaseJobWorkflowInput, { container }) => {
    const job = await container.resolve<JobQueueService>(JOBQUEUE).releaseJob(id, actor)
    return new StepResponse(job)
  }
)

export const releaseJobWorkflowId = "jobqueue-release-job"

/** @throws MedusaError NOT_FOUND when there is no such job, NOT_ALLOWED when its state does not allow it */
export const releaseJobWorkflow = createWorkflow(
  releaseJobWorkflowId,
  (input: WorkflowData<ReleaseJobWorkflowInput>) => {
    const validate = createHook("validate", { input })
    const job = releaseJobStep(input)
    const jobReleased = createHook("jobReleased", { job, actor: input.actor })
    return new WorkflowResponse(job, { hooks: [validate, jobReleased] as const })
  }
)
