/** Jobs without keys and further resources are written, claimed and settled as in the version before. */
export { bindings } from "../Migration20261125000000/bindings"
