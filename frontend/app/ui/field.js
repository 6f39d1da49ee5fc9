// @ts-check
import { t } from "../core/i18n.js";
import { html, nothing } from "./html.js";

/**
 * @typedef {import("../core/forms.js").Form} Form
 * @typedef {{name: string, label: string, type?: string, value?: string, hint?: string, autocomplete?: string, inputmode?: string, maxlength?: number, min?: string, step?: string}} Input
 */

/** One labelled input with hint and fault. @param {Form} form @param {Input} input */
export function field(form, { name, label, type = "text", value = "", hint, autocomplete, inputmode, maxlength, min, step }) {
  const id = `${form.id}-${name}`;
  const fault = form.faultOf(name);
  return html`
    <div class="field">
      <label for=${id}>${label}</label>
      ${hint ? html`<p class="hint" id="${id}-hint">${hint}</p>` : nothing}
      <div class=${type === "password" ? "with-button" : nothing}>
        <input class="form-control" id=${id} name=${name} type=${type} value=${value} autocomplete=${autocomplete ?? nothing}
          inputmode=${inputmode ?? nothing} maxlength=${maxlength ?? nothing} min=${min ?? nothing} step=${step ?? nothing}
          autocapitalize=${type === "email" ? "none" : nothing} spellcheck=${type === "email" ? "false" : nothing}
          aria-describedby=${describedBy(id, hint, fault)} aria-invalid=${fault ? "true" : nothing} />
        ${type === "password" ? showButton(id) : nothing}
      </div>
      ${faultLine(id, fault)}
    </div>
  `;
}

/** Lets a password be read while it is typed. @param {string} id of its input */
const showButton = (id) => html`
  <button class="btn btn-quiet show-typed" type="button" aria-pressed="false" aria-controls=${id} @click=${toggleTyped}>
    ${t("account.showPassword")}<span class="visually-hidden-text"> ${t("account.showPasswordWhat")}</span>
  </button>
`;

/** @param {Event} event */
function toggleTyped(event) {
  const button = /** @type {HTMLButtonElement} */ (event.currentTarget);
  const input = /** @type {HTMLInputElement} */ (button.previousElementSibling);
  const isShown = input.type === "text";
  input.type = isShown ? "password" : "text";
  button.setAttribute("aria-pressed", isShown ? "false" : "true");
}

/**
 * @param {Form} form
 * @param {{name: string, label: string, options: {value: string, label: string}[], value?: string, hint?: string, onChange?: (value: string) => void}} input
 */
export function choice(form, { name, label, options, value = "", hint, onChange }) {
  const id = `${form.id}-${name}`;
  const fault = form.faultOf(name);
  return html`
    <div class="field">
      <label for=${id}>${label}</label>
      ${hint ? html`<p class="hint" id="${id}-hint">${hint}</p>` : nothing}
      <select class="form-select" id=${id} name=${name} aria-describedby=${describedBy(id, hint, fault)} aria-invalid=${fault ? "true" : nothing}
        @change=${(/** @type {Event} */ event) => onChange?.(/** @type {HTMLSelectElement} */ (event.target).value)}>
        ${options.map((option) => html`<option value=${option.value} ?selected=${option.value === value}>${option.label}</option>`)}
      </select>
      ${faultLine(id, fault)}
    </div>
  `;
}

/** What is wrong, in the words of the fields, with links to them. @param {Form} form */
export function errorSummary(form) {
  const faults = form.faults.value;
  return html`
    <div class="field" id="${form.id}-summary" tabindex="-1" role="alert" ?hidden=${!faults.length}>
      ${faults.length
        ? html`<div class="notice bad"><div>
            <h2>${t("form.problem")}</h2>
            <ul>${faults.map(({ name, message }) => html`<li>${name ? html`<a href="#${form.id}-${name}" @click=${focusField}>${message}</a>` : message}</li>`)}</ul>
          </div></div>`
        : nothing}
    </div>
  `;
}

/** @param {Form} form @param {string} label */
export const submitButton = (form, label) => html`
  <button class="btn btn-primary" type="submit" aria-disabled=${form.busy.value ? "true" : nothing}>${form.busy.value ? t("form.busy") : label}</button>
`;

/** @param {Event} event */
function focusField(event) {
  event.preventDefault();
  const { hash } = /** @type {HTMLAnchorElement} */ (event.currentTarget);
  document.getElementById(hash.slice(1))?.focus();
}

/** @param {string} id @param {string | undefined} hint @param {string | undefined} fault */
function describedBy(id, hint, fault) {
  return [hint && `${id}-hint`, fault && `${id}-fault`].filter(Boolean).join(" ") || nothing;
}

/** @param {string} id @param {string | undefined} fault */
const faultLine = (id, fault) => (fault ? html`<p class="fault" id="${id}-fault">${fault}</p>` : nothing);
