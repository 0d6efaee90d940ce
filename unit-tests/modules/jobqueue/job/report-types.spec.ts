/** The compiler refuses what can't be reported; `npm run types` checks it. */
import type { JobContext } from "../../../../src"

/** Never called: it is only there to be compiled. */
export function wrongReports({ progress, log, touch, lastProgress }: JobContext): void {
  // @ts-expect-error -- a number, no text
  void progress("40")
  // @ts-expect-error -- no number of things that are done
  void progress()
  // @ts-expect-error -- the note comes after the total
  void progress(1, "half of it")
  // @ts-expect-error -- a message comes first
  void log({ items: 3 })
  // @ts-expect-error -- data is JSON
  void log("failed", { error: new Error("no JSON"), at: () => undefined })
  // @ts-expect-error -- no duration
  void touch("5 minutes")
  // @ts-expect-error -- it may be null: no attempt has said anything
  void lastProgress().then((progress) => progress.done)
}

describe("the types of reports", () => {
  it("let the right use through", () => {
    const right = ({ progress, log, touch }: JobContext) => [
      progress(1),
      progress(1, undefined, "one"),
      progress(1, 2, "one of two"),
      log("sent"),
      log("sent", { items: [1, null] }),
      touch(),
      touch("5m"),
      touch(300_000),
    ]
    const say = jest.fn(() => Promise.resolve())

    expect(right({ progress: say, log: say, touch: say } as never)).toHaveLength(8)
  })
})
