/**
 * The payloads of identifiers, for the compiler alone. A shop adds its own, and enqueue by identifier is checked then:
 * `declare module "medusa-plugin-jobqueue" { interface JobRegistry { "erp.send-order": SendOrderToErp } }`.
 * This file holds nothing else, because only what `export *` shows can be added to by that.
 */

/** By identifier: the job class's instance type, or `{ payload: … }`. */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- filled by the shop
export interface JobRegistry {}
