/** Asks the server how it would run a statement, and reads of the answer what the plan tests care about. */
import type { Client } from "@medusajs/framework/pg"
import type { Database } from "../../../src/modules/jobqueue/table/database"
import type { Statement } from "../../recorder"

/** `custom` knows the values; `generic` is what a connection keeps after a statement ran a few times by its name. */
export type PlanMode = "custom" | "generic"

export interface Plan {
  "Node Type": string
  "Relation Name"?: string
  "Index Name"?: string
  Plans?: Plan[]
}

const BIG_TABLES = /^jobqueue_(live|request|outcome|attempt|progress|log|unique|resource)$/

export async function explain(client: Client, mode: PlanMode, { text, values }: Statement): Promise<Plan> {
  if (mode === "custom") {
    return planIn(await client.query(`explain (format json) ${text}`, [...values]))
  }
  await client.query(`prepare generic as ${text}`)
  try {
    return planIn(await client.query(explaining("generic", values)))
  } finally {
    await client.query("deallocate generic")
  }
}

/** The plan of a statement that the only connection of `database` has prepared already. */
export async function explainPrepared(
  database: Database,
  name: string,
  values: readonly unknown[]
): Promise<Plan> {
  return planIn({ rows: await database.query(explaining(name, values)) })
}

function explaining(name: string, values: readonly unknown[]): string {
  const list = values.length > 0 ? `(${values.map(toLiteral).join(", ")})` : ""
  return `explain (format json) execute "${name}"${list}`
}

/** How the big tables are read: `live by IDX_jobqueue_live_ready`, each once, sorted. */
export function readsOf(plan: Plan): string[] {
  const reads = nodesOf(plan)
    .filter((node) => BIG_TABLES.test(node["Relation Name"] ?? "") && /Scan/.test(node["Node Type"]))
    .flatMap((node) =>
      waysOf(node).map((way) => `${node["Relation Name"]?.replace("jobqueue_", "")} by ${way}`)
    )
  return [...new Set(reads)].sort()
}

/**
 * The indexes that are walked in their order, up to a limit. One whose rows are collected or sorted before the limit
 * sees them is none: it is read to its end.
 */
export function walksOf(plan: Plan): string[] {
  const limits = nodesOf(plan).filter((node) => node["Node Type"] === "Limit")
  return [...new Set(limits.flatMap(walksBelow))]
}

function walksBelow(node: Plan): string[] {
  if (/Sort|Bitmap|Hash|Aggregate/.test(node["Node Type"])) {
    return []
  }
  const index = /Index/.test(node["Node Type"]) ? [node["Index Name"] ?? ""] : []
  return [...index, ...(node.Plans ?? []).flatMap(walksBelow)]
}

function waysOf(node: Plan): string[] {
  switch (node["Node Type"]) {
    case "Tid Scan":
      return ["ctid"]
    case "Seq Scan":
      return ["a scan of all"]
    case "Bitmap Heap Scan":
      return nodesOf(node).flatMap((below) => below["Index Name"] ?? [])
    default:
      return [node["Index Name"] ?? node["Node Type"]]
  }
}

function nodesOf(node: Plan): Plan[] {
  return [node, ...(node.Plans ?? []).flatMap(nodesOf)]
}

function planIn({ rows }: { rows: { "QUERY PLAN": { Plan: Plan }[] }[] }): Plan {
  return rows[0]["QUERY PLAN"][0].Plan
}

function toLiteral(value: unknown): string {
  if (value === null) {
    return "null"
  }
  const text = Array.isArray(value) ? `{${value.map(toElement).join(",")}}` : toText(value)
  return `'${text.replaceAll("'", "''")}'`
}

function toElement(value: unknown): string {
  return value === null ? "null" : JSON.stringify(toText(value))
}

function toText(value: unknown): string {
  return value instanceof Date ? value.toISOString() : String(value)
}
