/** State tab, search, filters and page of the list live in the address, so that a link shows the same list. */
import type { DataTableFilteringState, DataTablePaginationState } from "@medusajs/ui"
import { useMemo } from "react"
import { useSearchParams } from "react-router-dom"
import { JOB_STATES, type JobState } from "../../../../modules/jobqueue/job/states"
import type { JobListQuery } from "../../../api/job-shapes"

export const PAGE_SIZE = 20

/** Filters in the table's bar; "order" stands for the resource of that type. */
export const FILTERS = ["queue", "identifier", "store_id", "order"] as const

const MAX_OFFSET = 10_000

export function useListParams() {
  const [params, setParams] = useSearchParams()

  /** Whatever changes but the page itself leads back to the first page. */
  const change = (changes: Record<string, string | undefined>) =>
    setParams((before) => {
      const after = new URLSearchParams(before)
      for (const [key, value] of Object.entries({ offset: undefined, ...changes })) {
        if (value) {
          after.set(key, value)
        } else {
          after.delete(key)
        }
      }
      return after
    })

  return {
    ...useMemo(() => read(params), [params]),
    setState: (state: JobState | undefined) => change({ state }),
    setSearch: (q: string) => change({ q: q.trim() }),
    setFiltering: (filters: DataTableFilteringState) =>
      change(Object.fromEntries(FILTERS.map((key) => [key, toParam(filters[key])]))),
    setPagination: ({ pageIndex }: DataTablePaginationState) =>
      change({ offset: pageIndex > 0 ? String(pageIndex * PAGE_SIZE) : undefined }),
  }
}

function read(params: URLSearchParams) {
  const state = JOB_STATES.find((known) => known === params.get("state"))
  const q = params.get("q") ?? ""
  const offset = toOffset(params.get("offset"))
  const filtering = Object.fromEntries(
    FILTERS.filter((key) => params.has(key)).map((key) => [key, fromParam(params.get(key)!)])
  )
  const { order, ...narrowed } = Object.fromEntries(Object.entries(filtering).filter(([, value]) => value))
  const query: JobListQuery = {
    ...narrowed,
    ...(order && { resource_type: "order", resource_id: order }),
    ...(state && { state }),
    ...(q && { q }),
    limit: PAGE_SIZE,
    offset,
  }
  return { state, q, filtering, query, pagination: { pageIndex: offset / PAGE_SIZE, pageSize: PAGE_SIZE } }
}

/** Addresses are typed by hand too: nonsense is the first page. */
function toOffset(text: string | null): number {
  const offset = Number(text ?? 0)
  return Number.isSafeInteger(offset) && offset > 0 && offset <= MAX_OFFSET
    ? offset - (offset % PAGE_SIZE)
    : 0
}

/** As core's tables write them: as JSON. A filter that was chosen but has no value yet is "" or null. */
function toParam(value: unknown): string | undefined {
  return value === undefined ? undefined : JSON.stringify(typeof value === "string" ? value.trim() : null)
}

function fromParam(text: string): string | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === "string" || value === null ? value : text
  } catch {
    return text
  }
}
