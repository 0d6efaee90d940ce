/**
 * Medusa's `validateAndTransformQuery` is made for `query.graph` (fields, order), which these routes don't
 * use, and answers a nested parameter such as `?a.b.c=1` with 500. This one checks and no more.
 */
import { zodValidator } from "@medusajs/framework"
import type { MedusaNextFunction, MedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import type { z } from "@medusajs/framework/zod"

export function validateQuery<Output extends Record<string, unknown>>(
  schema: z.ZodObject & z.ZodType<Output>
) {
  return async (req: MedusaRequest, _res: MedusaResponse, next: MedusaNextFunction): Promise<void> => {
    try {
      req.validatedQuery = await zodValidator(schema, req.query)
      next()
    } catch (error) {
      next(error)
    }
  }
}
