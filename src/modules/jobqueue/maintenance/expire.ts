/** Expire: jobs that wait for a callback fail their attempt when their deadline has come. */
import type { Logger } from "@medusajs/framework/types"
import { isFinished } from "../job/states"
import type { Afterwards } from "../lifecycle/afterwards"
import { concludeExpired } from "../lifecycle/conclude-waiting"
import { logOutcome } from "../lifecycle/log-outcome"
import type { Database, Sql } from "../table/database"
import { areExpired, EXPIRY_BATCH, lockExpired, type ExpiredJob } from "../table/expire"
import type { Settlement } from "../table/settle"
import { settleWaiting } from "../table/wait"

/** Expires one batch. Answers true while more may be due. */
export async function expire(database: Database, logger: Logger, afterwards: Afterwards): Promise<boolean> {
  const expired = (await areExpired(database)) ? await database.transaction(expireIn) : []
  for (const { claimed, conclusion } of expired) {
    logOutcome({ claimed }, conclusion, logger)
  }
  afterwards.ended(
    expired.filter(({ conclusion }) => isFinished(conclusion.state)).map(({ claimed }) => claimed.id)
  )
  return expired.length === EXPIRY_BATCH
}

async function expireIn(sql: Sql) {
  const jobs = await lockExpired(sql)
  const settlements = jobs.map(settlementOf)
  await settleWaiting(sql, settlements)
  return jobs.map((claimed, index) => ({ claimed, conclusion: settlements[index].conclusion }))
}

function settlementOf(job: ExpiredJob): Settlement {
  const { id, claim, attempt, worker, onTimeout } = job
  const conclusion = concludeExpired({ claimed: job }, onTimeout)
  return { id, claim, attempt, worker, keep: true, conclusion }
}
