/** What a person asks of the queue through the admin or the API, as workflows that a shop can hook into. */
export * from "./cancel-job"
export * from "./delete-job"
export * from "./receive-callback"
export * from "./retry-job"
export * from "./update-settings"
