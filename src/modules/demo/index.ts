/**
 * The demo shop's own module, as a shop's developer would write it: connections to the outside, and the jobs
 * that need them, registered by the loader that the plugin exports. Never published.
 */
import { Module } from "@medusajs/framework/utils"
import { jobLoader } from "../../index"
import { ConfirmationMail } from "./confirmation-mail"
import { ReviewRequest } from "./review-request"
import DemoModuleService, { DEMO_MODULE } from "./service"

export default Module(DEMO_MODULE, {
  service: DemoModuleService,
  loaders: [jobLoader([ConfirmationMail, ReviewRequest])],
})
