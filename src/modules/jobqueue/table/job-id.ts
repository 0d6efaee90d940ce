/** The public id of a job is the decimal text of a bigint. Anything else is no job, and never reaches SQL. */
import { jobNotFound } from "../errors/repair"

const DECIMAL = /^[1-9]\d{0,15}$/

export function isJobId(id: string): boolean {
  return DECIMAL.test(id) && Number.isSafeInteger(Number(id))
}

/** @throws MedusaError NOT_FOUND when no job can have this id */
export function parseJobId(id: string): number {
  if (typeof id !== "string" || !isJobId(id)) {
    throw jobNotFound(shorten(String(id)))
  }
  return Number(id)
}

const SHOWN = 64

function shorten(id: string): string {
  return id.length > SHOWN ? `${id.slice(0, SHOWN)}…` : id
}
