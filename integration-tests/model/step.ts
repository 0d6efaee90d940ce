/** One step of a random life: done to the real queue and to the model, which must agree after it. */
import type { AsyncCommand } from "fast-check"
import { agree } from "./agreement"
import type { ModeledProcess, QueueModel } from "./queue-model"
import type { RealProcess, RealQueue } from "./real-queue"

export type Step = AsyncCommand<QueueModel, RealQueue>

/**
 * @param label - what a failure prints
 * @param isPossible - whether the step means anything now; else it is left out
 */
export function step(
  label: string,
  isPossible: (model: QueueModel) => boolean,
  act: (model: QueueModel, real: RealQueue) => Promise<void>
): Step {
  return {
    check: isPossible,
    run: async (model, real) => {
      await act(model, real)
      await agree(model, real)
    },
    toString: () => label,
  }
}

/** The nth of a list that grows and shrinks: steps stay meaningful while a failure is made shorter. */
export function nth<T>(list: readonly T[], n: number): T | undefined {
  return list[n % list.length]
}

/** Different ones, at most as many as `picks`. */
export function some<T>(list: readonly T[], picks: readonly number[]): T[] {
  return list.length === 0 ? [] : [...new Set(picks.map((n) => list[n % list.length]))]
}

/** A process as the model and as the real queue know it. */
export interface Chosen {
  modeled: ModeledProcess
  memory: RealProcess
}

const LIVING_OF_TEN = 7

/** Among those to which it means something; mostly a living one. */
export function choose(
  model: QueueModel,
  { processes }: RealQueue,
  n: number,
  isMeant: (memory: RealProcess) => boolean = () => true
): Chosen | undefined {
  const all = processes.map((memory, index) => ({ memory, modeled: model.processes[index] }))
  const meant = all.filter(({ memory }) => isMeant(memory))
  const living = meant.filter(({ modeled }) => !modeled.isDead)
  return nth(n % 10 < LIVING_OF_TEN && living.length > 0 ? living : meant, n)
}
