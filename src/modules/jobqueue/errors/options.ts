/** What is wrong with an option, a setting or a duration. */
import { MedusaError } from "@medusajs/framework/utils"
import { count, lines, type Problem } from "./problem"

const INVALID_DATA = MedusaError.Types.INVALID_DATA

export function invalidOptions(problems: readonly Problem[]): MedusaError {
  return new MedusaError(
    INVALID_DATA,
    `jobqueue: the plugin's options have ${count(problems.length, "problem")}:\n${lines(problems)}`
  )
}

export function invalidSetting(key: string, message: string): MedusaError {
  return new MedusaError(INVALID_DATA, `jobqueue: the setting ${key} was not changed: ${message}`)
}

export function invalidDuration(value: unknown): MedusaError {
  return new MedusaError(
    INVALID_DATA,
    `jobqueue: expected a duration (milliseconds, or a text such as "30s", "5m", "1h", "2d"), got ${JSON.stringify(value)}`
  )
}
