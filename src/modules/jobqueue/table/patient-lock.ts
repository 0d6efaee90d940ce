/**
 * For migrations: the lock on a table that workers and shops write all the time. Medusa runs migrations in one
 * transaction, so nothing can be done `concurrently`; and a lock that waits for a transaction which wrote a job, and
 * stays open, has all later writers wait behind it. So this one gives way: it waits briefly, steps aside, and tries again.
 */

/** How long writers may have to wait for it at a time, and how long they are left alone then. */
const WAIT_MILLISECONDS = 100
const PAUSE_SECONDS = 0.4
const MINUTES = 10
const TRIES = (MINUTES * 60) / (PAUSE_SECONDS + WAIT_MILLISECONDS / 1000)

/**
 * `share` keeps writers out, as `create index` does; `access exclusive` readers too, as most others do. All tables of a
 * migration belong in one call: a lock that is held while the next one is waited for blocks again.
 */
export function lockPatiently(mode: "share" | "access exclusive", ...tables: string[]): string {
  const list = tables.join(", ")
  return `
do $lock$
declare
  usual text := current_setting('lock_timeout');
  holders text;
begin
  for try in 1..${TRIES} loop
    begin
      perform set_config('lock_timeout', '${WAIT_MILLISECONDS}ms', true);
      lock table ${list} in ${mode} mode;
      perform set_config('lock_timeout', usual, true);
      return;
    exception when lock_not_available then
      perform pg_sleep(${PAUSE_SECONDS});
    end;
  end loop;
  select string_agg(distinct pid::text, ', ') into holders from pg_locks
  where granted and pid <> pg_backend_pid() and relation = any('{${list}}'::regclass[]);
  raise exception 'jobqueue: % could not be locked for ${MINUTES} minutes, because of transactions that stay open (process ids %). End them, then run the migrations again.',
    '${list}', holders;
end $lock$;`
}
