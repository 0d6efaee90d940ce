/** Does nothing: shows that a queue is worked on, and what a job costs. */
import { AbstractJob, type JsonValue } from "../index"

export default class NoopJob extends AbstractJob<JsonValue> {
  static identifier = "jobqueue.noop"

  perform(): void {
    // nothing to do
  }
}
