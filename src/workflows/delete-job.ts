/**
 * Deletes a job with its history; one that runs is refused.
 * Two hooks stand around the step: `validate` may refuse by throwing, `jobDeleted` comes after.
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

export interface DeleteJobWorkflowInput {
  id: string
  /** Who asks for it; recorded with the job. */
  actor?: Actor
}

export const deleteJobStepId = "jobqueue-delete-job-step"

/** Has no compensation: what is deleted is gone. */
export const deleteJobStep = createStep(
  deleteJobStepId,
  async ({ id, actor }: DeleteJobWorkflowInput, { container }) => {
    const job = await container.resolve<JobQueueService>(JOBQUEUE).deleteJob(id, actor)
    return new StepResponse(job)
  }
)

export const deleteJobWorkflowId = "jobqueue-delete-job"

/** @throws MedusaError NOT_FOUND when there is no such job, NOT_ALLOWED when its state does not allow it */
export const deleteJobWorkflow = createWorkflow(
  deleteJobWorkflowId,
  (input: WorkflowData<DeleteJobWorkflowInput>) => {
    const validate = createHook("validate", { input })
    const job = deleteJobStep(input)
    const jobDeleted = createHook("jobDeleted", { job, actor: input.actor })
    return new WorkflowResponse(job, { hooks: [validate, jobDeleted] as const })
  }
)
