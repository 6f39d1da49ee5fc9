// @ts-check
/** Several of many as a list of boxes; what is ticked arrives in a form's values as `<prefix>-<value>`. */
import { html, nothing } from "../../ui/html.js";

/**
 * @param {{id: string, prefix: string, legend: string, hint?: string, options: {value: string, label: string}[], chosen: string[], fault?: string}} list
 */
export const choices = ({ id, prefix, legend, hint, options, chosen, fault }) => html`
  <fieldset class="mb-3">
    <legend class="label">${legend}</legend>
    ${hint ? html`<p class="muted small-text">${hint}</p>` : nothing}
    <div class="choice-list" id=${id} tabindex="0" role="group" aria-label=${legend}>
      ${options.map(({ value, label }) => html`<label class="choice-line">
        <input class="form-check-input" type="checkbox" name="${prefix}-${value}" value="yes" ?checked=${chosen.includes(value)} /> <span>${label}</span>
      </label>`)}
    </div>
    ${fault ? html`<p class="fault">${fault}</p>` : nothing}
  </fieldset>
`;

/** What was ticked. @param {import("../../core/forms.js").Values} values @param {string} prefix @returns {string[]} */
export const ticked = (values, prefix) =>
  Object.keys(values)
    .filter((name) => name.startsWith(`${prefix}-`))
    .map((name) => name.slice(prefix.length + 1));
