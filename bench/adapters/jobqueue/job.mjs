/** The job class that the scenarios enqueue, registered as a shop's module would do it. */

export const IDENTIFIER = "bench.job"

/** @param {(payload: unknown) => unknown} perform - gets the payload */
export function defineJob({ AbstractJob, jobLoader }, queue, keep, perform) {
  class BenchJob extends AbstractJob {
    static identifier = IDENTIFIER
    static queue = queue
    static keep = keep

    perform({ store }) {
      if (!store) throw new Error("performed without its store")
      return perform(this.payload)
    }
  }
  void jobLoader([BenchJob])({})
  return BenchJob
}
