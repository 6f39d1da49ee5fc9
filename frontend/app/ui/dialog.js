// @ts-check
import { html } from "./html.js";

/**
 * A modal question as a native dialog: the browser keeps the focus inside and gives it back.
 * @param {{id: string, heading: string, content: unknown, onClose?: () => void}} options
 */
export const dialog = ({ id, heading, content, onClose = () => {} }) => html`
  <dialog class="sheet" id=${id} aria-labelledby="${id}-heading" @close=${onClose}>
    <h2 id="${id}-heading">${heading}</h2>
    ${content}
  </dialog>
`;

/** @param {string} id @returns {boolean} whether it is open now: false before it has been drawn */
export function openDialog(id) {
  const element = document.getElementById(id);
  if (!(element instanceof HTMLDialogElement)) return false;
  if (!element.open) element.showModal();
  return true;
}

/** @param {string} id */
export function closeDialog(id) {
  const element = document.getElementById(id);
  if (element instanceof HTMLDialogElement && element.open) element.close();
}
