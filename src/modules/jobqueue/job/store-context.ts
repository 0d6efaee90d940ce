/** The shop's circumstances in which a job was enqueued, and in which it is performed. */

/** Stored on the job as JSON. What is unknown is left out. */
export interface StoreContext {
  sales_channel_id?: string
  region_id?: string
  /** For example `"de-DE"`. */
  locale?: string
  currency_code?: string
  /** Who caused the job: an admin user, a customer. */
  actor?: { type: string; id: string }
  /** The event whose subscriber enqueued the job. */
  event?: { name: string; group_id?: string }
  /** The HTTP request that enqueued the job. */
  request_id?: string
  /** The job that enqueued this one. */
  parent_job_id?: string
}

/** A store as `query.graph` gives it at perform time. */
export interface Store {
  id: string
  name: string
  default_sales_channel_id: string | null
  default_region_id: string | null
  default_location_id: string | null
  metadata: Record<string, unknown> | null
  supported_currencies: { currency_code: string; is_default: boolean }[]
  supported_locales: { locale_code: string }[]
}

/** An event as a subscriber receives it. */
interface EventSource {
  name: string
  data: unknown
  metadata?: { eventGroupId?: string }
}

/** The parts of a Medusa request that say where it comes from. */
interface RequestSource {
  auth_context?: { actor_id?: string; actor_type?: string }
  publishable_key_context?: { sales_channel_ids?: string[] }
  locale?: string
  requestId?: string
}

/** A subscriber's `event` or a route's `req`. */
export type JobSource = EventSource | RequestSource

/** What an event or a request tells about the shop's circumstances. */
export function contextOf(source: JobSource): StoreContext {
  return "name" in source && "data" in source ? contextOfEvent(source) : contextOfRequest(source)
}

function contextOfEvent(event: EventSource): StoreContext {
  const group = event.metadata?.eventGroupId
  return { event: { name: event.name, ...(group ? { group_id: group } : {}) } }
}

function contextOfRequest(request: RequestSource): StoreContext {
  const context: StoreContext = {}
  const { actor_id: id, actor_type: type } = request.auth_context ?? {}
  if (id && type) {
    context.actor = { type, id }
  }
  const [salesChannel] = request.publishable_key_context?.sales_channel_ids ?? []
  if (salesChannel) {
    context.sales_channel_id = salesChannel
  }
  if (request.locale) {
    context.locale = request.locale
  }
  if (request.requestId) {
    context.request_id = request.requestId
  }
  return context
}
