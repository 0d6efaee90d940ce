/** The options of `node bench/run.mjs`. */
import path from "node:path"
import { parseArgs } from "node:util"

export const USAGE = `node bench/run.mjs [options]
  --scenarios a,b     only these (a name, or its beginning: "enqueue"); default: all
  --systems a,b       only these: jobqueue, graphile-worker, pg-boss, bullmq; or with a configuration,
                      such as jobqueue:default; default: each scenario's own
  --variants a,b      of scenarios that have some, only these and the first
  --rounds n          how often everything is measured; default 3, or 1 for the longest
  --scale x           multiplies counts and durations; default 1
  --smoke             everything tiny and once: does it work, is no job lost
  --source dir        the checkout whose build is measured; default: this repository
  --against dir       another checkout's build, measured beside it in the same rounds
  --options json      plugin options for JobQueue, for example '{"poolSize":8}'
  --postgres bin      the bin folder of another Postgres than the one from npm
  --data dir          where the servers keep their data; default bench/.data
  --out dir           where results are written; default bench/results
  --list              prints the scenarios`

const HERE = import.meta.dirname
const TEXT = { type: "string" }
const FLAG = { type: "boolean", default: false }

const OPTIONS = {
  scenarios: TEXT,
  systems: TEXT,
  variants: TEXT,
  rounds: TEXT,
  scale: { ...TEXT, default: "1" },
  smoke: FLAG,
  source: TEXT,
  against: TEXT,
  options: TEXT,
  postgres: TEXT,
  data: { ...TEXT, default: path.join(HERE, ".data") },
  out: { ...TEXT, default: path.join(HERE, "results") },
  list: FLAG,
  help: FLAG,
}

export function readCommandLine(args) {
  const { values } = parseArgs({ args, options: OPTIONS })
  const list = (text) => text?.split(",").map((each) => each.trim())
  return {
    ...values,
    scenarios: list(values.scenarios),
    systems: list(values.systems),
    variants: list(values.variants),
    rounds: values.rounds && Number(values.rounds),
    scale: Number(values.scale),
    source: values.source && path.resolve(values.source),
    against: values.against && path.resolve(values.against),
    options: values.options && JSON.parse(values.options),
  }
}
