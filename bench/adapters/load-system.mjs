/** The systems that can be measured: an adapter, one of its configurations, and what it is called in the tables. */

/**
 * @param {string} name - `adapter` or `adapter:configuration`; the configuration is `best` unless it is named
 * @param {object} given - goes into the configuration of JobQueue: `source`, `options`
 */
export async function loadSystem(name, given = {}) {
  const [file, config = "best"] = name.split(":")
  const { default: adapter } = await import(`./${file}.mjs`)
  const known = Object.keys(adapter.configs)
  if (!known.includes(config)) {
    throw new Error(`${file} has no configuration "${config}"; it has ${known.join(", ")}`)
  }
  const cfg = { ...adapter.configs[config], ...(file === "jobqueue" ? given : {}) }
  return { label: name, file, adapter, cfg }
}
