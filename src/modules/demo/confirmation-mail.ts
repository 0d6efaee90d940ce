/** Thanks the customer, at once. */
import { OrderMail } from "./order-mail"

export class ConfirmationMail extends OrderMail {
  static identifier = "demo.confirmation-mail"

  protected subject(orderNumber: number) {
    return `We have your order #${orderNumber}`
  }
}
