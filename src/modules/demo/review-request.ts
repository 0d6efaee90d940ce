/** Asks for a review, days later. */
import { OrderMail } from "./order-mail"

export class ReviewRequest extends OrderMail {
  static identifier = "demo.review-request"

  protected subject(orderNumber: number) {
    return `How did you like order #${orderNumber}?`
  }
}
