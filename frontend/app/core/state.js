// @ts-check
/** The one reactive primitive of the pages. A template that reads `.value` is drawn again when it changes. */
export { batch, computed, effect, signal as state, untracked } from "../../vendor/signals-core/signals-core.js";
