/** The Medusa module: registered as `jobqueue`, composed by its loaders. */
import { Module } from "@medusajs/framework/utils"
import { JOBQUEUE } from "./constants"
import compose from "./loaders/compose"
import loadJobClasses from "./loaders/job-classes"
import JobQueueService from "./service"

export default Module(JOBQUEUE, {
  service: JobQueueService,
  loaders: [compose, loadJobClasses],
})
