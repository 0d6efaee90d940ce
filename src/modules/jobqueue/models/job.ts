/**
 * The view `jobqueue_job` as an entity, so that `query.graph({ entity: "jobqueue_job" })` reads jobs.
 * Read-only: every change goes through the service's verbs.
 */
import { model } from "@medusajs/framework/utils"

export const JobqueueJob = model.define("jobqueue_job", {
  id: model.id().primaryKey(),
  identifier: model.text(),
  name: model.text().searchable(),
  queue: model.text(),
  state: model.text(),
  priority: model.number(),
  attempts: model.number(),
  max_attempts: model.number(),
  backoff: model.json(),
  timeout: model.number().nullable(),
  payload: model.json(),
  context: model.json(),
  store_id: model.text().nullable(),
  store_assumed: model.boolean(),
  resource_type: model.text().nullable(),
  resource_id: model.text().nullable(),
  tags: model.array(),
  reason: model.text().nullable(),
  result: model.json().nullable(),
  run_at: model.dateTime(),
  started_at: model.dateTime().nullable(),
  finished_at: model.dateTime().nullable(),
  unique_key: model.text().nullable(),
  resources: model.json(),
})
