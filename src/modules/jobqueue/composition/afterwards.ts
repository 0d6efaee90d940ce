/** The part of the composition that hears of written outcomes: hooks, and events on the application's bus. */
import { Afterwards } from "../lifecycle/afterwards"
import { eventBus } from "../lifecycle/application"
import { EndedJobs, type EndedJobsDependencies } from "../lifecycle/ended-jobs"
import { EventOutlet } from "../lifecycle/event-outlet"

export function makeAfterwards(deps: EndedJobsDependencies): Afterwards {
  return new Afterwards(new EventOutlet(eventBus, deps), new EndedJobs(deps), deps)
}
