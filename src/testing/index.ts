/** For the tests of shops and plugins that use the queue: `medusa-plugin-jobqueue/testing`. */
export { drain, type DrainOptions } from "./drain"
export type { Testable } from "./engine"
export { expectEnqueued, expectNotEnqueued, type JobMatcher } from "./expect-enqueued"
export { fakeClock, type FakeClock } from "./fake-clock"
export { default as FailingJob, type FailingPayload } from "../queue-jobs/failing"
export { default as NoopJob } from "../queue-jobs/noop"
export { default as SlowJob, type SlowPayload } from "../queue-jobs/slow"
