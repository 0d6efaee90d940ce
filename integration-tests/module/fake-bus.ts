/** An event bus that only remembers, in the application's container, where the module looks for one. */
import { asValue } from "@medusajs/framework/awilix"
import { Modules } from "@medusajs/framework/utils"
import type { JobEventData } from "../../src"
import { applicationContainer } from "../../src/modules/jobqueue/lifecycle/application"

interface Emitted {
  name: string
  data: JobEventData
}

export class FakeBus {
  /** One list for each call of `emit`. */
  readonly calls: Emitted[][] = []
  /** What `emit` does after it has remembered the call. */
  behave: () => Promise<void> | void = () => undefined

  async emit(events: Emitted[]): Promise<void> {
    this.calls.push(events)
    await this.behave()
  }

  get events(): Emitted[] {
    return this.calls.flat()
  }

  get names(): string[] {
    return this.events.map(({ name }) => name)
  }
}

/** A new one for each test. */
export function useFakeBus(): () => FakeBus {
  let bus = new FakeBus()
  beforeEach(() => {
    bus = new FakeBus()
    applicationContainer().register(Modules.EVENT_BUS, asValue(bus))
  })
  afterEach(() => {
    delete applicationContainer().registrations[Modules.EVENT_BUS]
    applicationContainer().cache.delete(Modules.EVENT_BUS)
  })
  return () => bus
}
