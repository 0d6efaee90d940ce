/** What is wrong with a job class. */
import { MedusaError } from "@medusajs/framework/utils"
import { count, lines, type Problem } from "./problem"

const INVALID_DATA = MedusaError.Types.INVALID_DATA

export function invalidJobClass(source: string, problems: readonly Problem[]): MedusaError {
  return new MedusaError(
    INVALID_DATA,
    `jobqueue: the job class in ${source} has ${count(problems.length, "problem")}:\n${lines(problems)}`
  )
}

export function duplicateIdentifier(identifier: string, first: string, second: string): MedusaError {
  return new MedusaError(
    INVALID_DATA,
    `jobqueue: the identifier "${identifier}" is used by two job classes, in ${first} and in ${second}. ` +
      `An identifier names one class: give one of them another \`static identifier\`.`
  )
}
