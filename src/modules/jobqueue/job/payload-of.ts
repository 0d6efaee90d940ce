/** What the compiler knows of the payload of an identifier. */
import type { JobRegistry } from "./job-registry"
import type { JsonValue } from "./json"

/** As `JobRegistry` says; any JSON value for an identifier that is not in it. */
export type PayloadOf<I extends string> = I extends keyof JobRegistry
  ? JobRegistry[I] extends { payload: infer P }
    ? P
    : JsonValue
  : JsonValue
