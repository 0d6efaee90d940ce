/** Every identifier that a process ever registered, with its queue and defaults: what enqueue by name reads. */
import type { StoredSettings } from "../job/settings"
import type { Sql } from "./database"

export interface RegisteredIdentifier extends StoredSettings {
  identifier: string
  queue: string
  nameTemplate: string | null
  /** The paths of what is hidden in its payloads and results. */
  redact: readonly string[]
}

const REGISTER = `
insert into jobqueue_identifier (identifier, queue, priority, max_attempts, backoff, timeout, name_template, redact)
select identifier, queue, priority, "maxAttempts", backoff, timeout, "nameTemplate",
  array(select json_array_elements_text(redact))
from json_to_recordset($1::json) as i(
  identifier text, queue text, priority int, "maxAttempts" int, backoff json, timeout bigint,
  "nameTemplate" text, redact json)
order by identifier
on conflict (identifier) do update set queue = excluded.queue, priority = excluded.priority,
  max_attempts = excluded.max_attempts, backoff = excluded.backoff, timeout = excluded.timeout,
  name_template = excluded.name_template, redact = excluded.redact, seen_at = now()`

/** Ordered, so that two processes that start together can't deadlock. */
export async function registerIdentifiers(
  sql: Sql,
  identifiers: readonly RegisteredIdentifier[]
): Promise<void> {
  await sql.query(REGISTER, [JSON.stringify(identifiers)])
}

const LIST = `
select identifier, queue, priority, max_attempts as "maxAttempts", backoff, timeout,
  name_template as "nameTemplate", redact
from jobqueue_identifier order by identifier`

export function listIdentifiers(sql: Sql): Promise<RegisteredIdentifier[]> {
  return sql.query(LIST)
}
