/**
 * A third party answers to a job that waits for it, at the job's callback address.
 * Two hooks stand around the step: `validate` may refuse by throwing, `callbackReceived` comes after.
 */
import {
  createHook,
  createStep,
  createWorkflow,
  StepResponse,
  WorkflowResponse,
} from "@medusajs/framework/workflows-sdk"
import type { WorkflowData } from "@medusajs/framework/workflows-sdk"
import { JOBQUEUE, type JobQueueService, type JsonValue } from "../index"

export interface ReceiveCallbackWorkflowInput {
  /** The hash of the address's token: a workflow's input may be stored, so the token is not in it. */
  hash: string
  data: JsonValue
}

export const receiveCallbackStepId = "jobqueue-receive-callback-step"

/** Has no compensation: what the job made of the callback may be anything. */
export const receiveCallbackStep = createStep(
  receiveCallbackStepId,
  async ({ hash, data }: ReceiveCallbackWorkflowInput, { container }) => {
    const receipt = await container.resolve<JobQueueService>(JOBQUEUE).receiveCallback(hash, data)
    return new StepResponse(receipt)
  }
)

export const receiveCallbackWorkflowId = "jobqueue-receive-callback"

/** @throws MedusaError INVALID_DATA when the data is no JSON that can be stored, or too large */
export const receiveCallbackWorkflow = createWorkflow(
  receiveCallbackWorkflowId,
  (input: WorkflowData<ReceiveCallbackWorkflowInput>) => {
    const validate = createHook("validate", { input })
    const receipt = receiveCallbackStep(input)
    const callbackReceived = createHook("callbackReceived", { input, receipt })
    return new WorkflowResponse(receipt, { hooks: [validate, callbackReceived] as const })
  }
)
