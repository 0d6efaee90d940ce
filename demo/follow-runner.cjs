/**
 * Loaded into the demo's server before Medusa: when the runner is gone (also after kill -9), the channel to it
 * closes, and the server ends as after SIGTERM instead of being left behind.
 */
process.once("disconnect", () => process.kill(process.pid, "SIGTERM"))
// The channel alone must not keep the process alive.
process.channel?.unref()
