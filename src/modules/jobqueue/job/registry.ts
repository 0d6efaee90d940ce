/**
 * The job classes that this process knows, by identifier. One registry per process, also when two copies
 * of this package are loaded, because a shop's module may register through the other copy.
 */
import { duplicateIdentifier } from "../errors/job-class"
import type { JobClass } from "./abstract-job"
import { checkJobClass } from "./job-class"

interface Registration {
  job: JobClass
  /** The file or module that registered it, for messages. */
  source: string
}

const REGISTRY = Symbol.for("medusa-plugin-jobqueue.registry")

export class RegisteredClasses {
  readonly #registrations = new Map<string, Registration>()

  /** @throws MedusaError when the class is not valid, or its identifier is another class's */
  register(job: JobClass, source: string): void {
    checkJobClass(job, source)
    const present = this.#registrations.get(job.identifier)
    if (present && present.job !== job && present.source !== source) {
      throw duplicateIdentifier(job.identifier, present.source, source)
    }
    this.#registrations.set(job.identifier, { job, source })
  }

  get(identifier: string): JobClass | undefined {
    return this.#registrations.get(identifier)?.job
  }

  identifiers(): string[] {
    return [...this.#registrations.keys()]
  }

  classes(): JobClass[] {
    return Array.from(this.#registrations.values(), ({ job }) => job)
  }
}

/** The registry of this process. */
export function jobRegistry(): RegisteredClasses {
  const holder = globalThis as { [REGISTRY]?: RegisteredClasses }
  holder[REGISTRY] ??= new RegisteredClasses()
  return holder[REGISTRY]
}
