/**
 * A callback address: a token that nobody can guess (256 random bits) in the path of a route that asks for nothing else.
 * Only its hash is kept, and it is never logged.
 */
import { createHash, randomBytes } from "node:crypto"
import type { QueueBackend } from "../backend/contract"
import { CALLBACK_PATH } from "../constants"
import type { Callback } from "../job/context"
import { JobAborted, type Run } from "./run"

const TOKEN_BYTES = 32
const TOKEN = /^[\w-]{43}$/

export interface AddressDependencies {
  backend: QueueBackend
  /** `host:pid` */
  worker: string
  /** Where the shop is reached from outside, without a slash at the end. */
  callbackUrl?: string
}

/** Written before the job gets it: the third party may answer at once. @throws JobAborted when the job is another's by now */
export async function openAddress({ claimed, cause }: Run, deps: AddressDependencies): Promise<Callback> {
  const { id, claim } = claimed
  const token = randomBytes(TOKEN_BYTES).toString("base64url")
  if (!(await deps.backend.waiting.open({ id, claim, worker: deps.worker, hash: hashOf(token) }))) {
    throw new JobAborted(cause ?? "lost")
  }
  const path = `${CALLBACK_PATH}/${token}`
  return { token, path, url: deps.callbackUrl === undefined ? undefined : deps.callbackUrl + path }
}

/** Undefined for a text that can't be a token: it never reaches SQL. */
export function callbackHash(token: string): Buffer | undefined {
  return TOKEN.test(token) ? hashOf(token) : undefined
}

function hashOf(token: string): Buffer {
  return createHash("sha256").update(token).digest()
}
