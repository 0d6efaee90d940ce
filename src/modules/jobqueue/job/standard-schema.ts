/**
 * The part of the Standard Schema interface (standardschema.dev, version 1) that payload checks use.
 * A shop's own zod is another copy of the library, so schemas are known by this interface alone.
 */
import type { Problem } from "../errors/problem"
import { isThenable } from "./thenable"
import { recordThrown } from "./thrown"

interface Issue {
  readonly message: string
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
}

type Result = { readonly value: unknown; readonly issues?: undefined } | { readonly issues: readonly Issue[] }

export interface StandardSchema<Input = unknown, Output = unknown> {
  readonly "~standard": {
    readonly version: 1
    readonly vendor: string
    readonly validate: (value: unknown) => Result | Promise<Result>
    /** For the compiler alone. */
    readonly types?: { readonly input: Input; readonly output: Output } | undefined
  }
}

/** What a schema takes: the payload as it is enqueued. */
export type InputOf<S extends StandardSchema> = NonNullable<S["~standard"]["types"]>["input"]

/** What a schema makes of it: the payload as it is performed. */
export type OutputOf<S extends StandardSchema> = NonNullable<S["~standard"]["types"]>["output"]

export type Validation = { value: unknown; problems?: undefined } | { problems: Problem[] }

/** The payload as the schema gives it, or what is wrong with it. A schema that throws is a problem too. */
export function validate(
  schema: StandardSchema | undefined,
  payload: unknown
): Validation | Promise<Validation> {
  if (!schema) {
    return { value: payload }
  }
  try {
    const result = schema["~standard"].validate(payload)
    return isThenable(result) ? Promise.resolve(result).then(toValidation, toThrown) : toValidation(result)
  } catch (error) {
    return toThrown(error)
  }
}

function toValidation(result: Result): Validation {
  return result.issues
    ? { problems: result.issues.map((issue) => ({ path: pathOf(issue), message: issue.message })) }
    : { value: result.value }
}

function toThrown(error: unknown): Validation {
  return {
    problems: [{ path: "payload", message: `the class's schema threw: ${recordThrown(error).message}` }],
  }
}

function pathOf(issue: Issue): string {
  const keys = (issue.path ?? []).map((segment) => (typeof segment === "object" ? segment.key : segment))
  return ["payload", ...keys.map(String)].join(".")
}
