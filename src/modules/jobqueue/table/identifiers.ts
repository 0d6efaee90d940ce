/** Every identifier that a process ever registered, with its queue and defaults: what enqueue by name reads. */
import type { StoredSettings } from "../job/settings"
import type { Sql } from "./database"

export interface RegisteredIdentifier extends StoredSettings {
  identifier: string
  queue: string
}

const REGISTER = `
insert into jobqueue_identifier (identifier, queue, priority, max_attempts, backoff, timeout)
select identifier, queue, priority, "maxAttempts", backoff, timeout
from json_to_recordset($1::json) as i(
  identifier text, queue text, priority int, "maxAttempts" int, backoff json, timeout bigint)
order by identifier
on conflict (identifier) do update set queue = excluded.queue, priority = excluded.priority,
  max_attempts = excluded.max_attempts, backoff = excluded.backoff, timeout = excluded.timeout, seen_at = now()`

/** Ordered, so that two processes that start together can't deadlock. */
export async function registerIdentifiers(
  sql: Sql,
  identifiers: readonly RegisteredIdentifier[]
): Promise<void> {
  await sql.query(REGISTER, [JSON.stringify(identifiers)])
}

const LIST = `
select identifier, queue, priority, max_attempts as "maxAttempts", backoff, timeout
from jobqueue_identifier order by identifier`

export function listIdentifiers(sql: Sql): Promise<RegisteredIdentifier[]> {
  return sql.query(LIST)
}
