/** What a person does to a job, with the question before, the request, and the word after. */
import { toast, usePrompt } from "@medusajs/ui"
import { useMutation, useQueryClient } from "@tanstack/react-query"
import type { JobAction, JobState } from "../../modules/jobqueue/job/states"
import { sdk } from "../api/client"
import { JOBS_KEY } from "../api/jobs"
import { useText } from "../i18n/text"

export interface ActionableJob {
  id: string
  name: string
  state: JobState
}

const ASKING: readonly JobAction[] = ["restart", "cancel", "delete"]

interface Request {
  action: JobAction
  job: ActionableJob
}

export function useJobActions(onDeleted?: () => void) {
  const t = useText()
  const confirm = useConfirm()
  const refresh = useRefresh()
  const { mutateAsync, isPending } = useMutation({ mutationFn: send })

  const act = async (action: JobAction, job: ActionableJob): Promise<void> => {
    if (!(await confirm(action, job))) {
      return
    }
    try {
      await mutateAsync({ action, job })
      toast.success(t(doneText(action, job), { name: job.name }))
      if (action === "delete") {
        onDeleted?.()
      }
    } catch (error) {
      toast.error((error as Error).message)
    }
    await refresh(action)
  }
  return { act, isPending }
}

function send({ action, job }: Request): Promise<unknown> {
  const path = `/admin/jobqueue/jobs/${encodeURIComponent(job.id)}`
  return action === "delete"
    ? sdk.client.fetch(path, { method: "DELETE" })
    : sdk.client.fetch(`${path}/${action}`, { method: "POST" })
}

/** What can't be undone asks first; also a restart, which performs again what may be done. */
function useConfirm() {
  const t = useText()
  const prompt = usePrompt()
  return async (action: JobAction, { name }: ActionableJob): Promise<boolean> => {
    if (!ASKING.includes(action)) {
      return true
    }
    const key = `actions.${action}Confirm`
    return prompt({
      title: t(`${key}.title`),
      description: t(`${key}.description`, { name: shorten(name) }),
      confirmText: t(`${key}.confirm`),
      cancelText: t("actions.back"),
    })
  }
}

/** Not the deleted job itself: its page is being left, and would show an error first. */
function useRefresh() {
  const client = useQueryClient()
  return async (action: JobAction): Promise<void> => {
    const keys = action === "delete" ? ["list", "counts"].map((part) => [...JOBS_KEY, part]) : [JOBS_KEY]
    await Promise.all(keys.map((queryKey) => client.invalidateQueries({ queryKey })))
  }
}

function doneText(action: JobAction, { state }: ActionableJob): string {
  return action === "cancel" && state === "running" ? "actions.cancelAsked" : `actions.${action}Done`
}

const SHOWN = 120

function shorten(name: string): string {
  return name.length > SHOWN ? `${name.slice(0, SHOWN)}…` : name
}
