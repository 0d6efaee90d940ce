/** What the admin set for the whole shop, by key. */
import type { Sql } from "./database"

const READ = `select value from jobqueue_setting where store_id = '' and key = $1`

export async function readSetting(sql: Sql, key: string): Promise<unknown> {
  const [row] = await sql.query<{ value: unknown }>(READ, [key])
  return row?.value
}

const WRITE = `
insert into jobqueue_setting (key, value, updated_by) values ($1, $2::json, $3)
on conflict (store_id, key)
  do update set value = excluded.value, updated_by = excluded.updated_by, updated_at = now()`

export async function writeSetting(sql: Sql, key: string, value: unknown, by: string | null): Promise<void> {
  await sql.query(WRITE, [key, JSON.stringify(value), by])
}

/** Back to the option, or to the built-in value. */
export async function resetSetting(sql: Sql, key: string): Promise<void> {
  await sql.query(`delete from jobqueue_setting where store_id = '' and key = $1`, [key])
}
