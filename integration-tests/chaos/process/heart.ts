/**
 * Knows the threads of this process, so that a job can end the one that renews the lease. Import it before the
 * module: it replaces the class that the module makes threads of.
 */
import threads from "node:worker_threads"

const living = new Set<threads.Worker>()
let isStopped = false

class Thread extends threads.Worker {
  constructor(...args: ConstructorParameters<typeof threads.Worker>) {
    super(...args)
    living.add(this)
    if (isStopped) {
      void this.terminate()
    }
  }
}

export function watchThreads(): void {
  threads.Worker = Thread
}

/** No thread of this process lives any more, and none that is started later does. */
export async function stopHeart(): Promise<void> {
  isStopped = true
  await Promise.all(Array.from(living, (thread) => thread.terminate()))
}
