/**
 * Where the engine is known to differ from its rules. The model tolerates exactly these, so that it finds the next one;
 * each has its smallest example in module/model-defects.spec.ts. Whoever mends one sets it to false, or deletes it.
 */
export const OPEN_DEFECTS = {
  /**
   * Errors of old attempts are forgotten by the attempt's number, not by how many are kept: a snooze or a refund after
   * the 20th leaves 19; a rescue forgets none; holds that do not count share one number and pile up.
   */
  keptErrorsAreMiscounted: true,
  /**
   * A job whose cancellation was asked for while it was claimed ahead, or by a claim whose answer was lost, becomes
   * pending when it is released: it is claimed and performed once more, and the words of the cancellation are lost.
   */
  releaseForgetsCancellation: true,
  /** A rescue that cancels a job which had not begun leaves the attempt counted. */
  rescueCountsUnbegunCanceled: true,
  /** A release names the worker and the job, but no token: late or sent again, it takes back a newer claim's job. */
  releaseIsNotFenced: true,
  /** Jobs that one statement promotes get their order from where their rows lie, not from when they were due. */
  promotionForgetsWhatWasDueFirst: true,
}
