/** How many blocks of the queue's tables and indexes a piece of work looks at: a figure that no load changes. */
import type { Client } from "@medusajs/framework/pg"

const FETCHED = `
select sum(pg_stat_get_xact_blocks_fetched(oid))::int as blocks
from pg_class where relname ~ 'jobqueue_' and relkind in ('r', 'i')`

/** What the work did is rolled back. */
export async function blocksTouched(client: Client, work: () => Promise<unknown>): Promise<number> {
  await client.query("begin")
  try {
    const before = await fetched(client)
    await work()
    return (await fetched(client)) - before
  } finally {
    await client.query("rollback")
  }
}

async function fetched(client: Client): Promise<number> {
  const { rows } = await client.query<{ blocks: number }>(FETCHED)
  return rows[0].blocks
}
