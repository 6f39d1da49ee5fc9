// @ts-check
/** What is said after a change: that it is done, and the way to undo it or to its entry in the audit log. */
import { t } from "../../core/i18n.js";
import { toast } from "../../ui/toast.js";
import { mayOpen } from "../rail.js";

const AUDIT = "/admin/audit";

/**
 * @param {string} text
 * @param {{undo?: () => unknown, object?: {type: string, id: string}}} [more] undo wins; object: what the audit log calls the
 * changed thing, linked for those who may read the log
 */
export function saved(text, { undo, object } = {}) {
  if (undo) toast(text, { label: t("staff.saved.undo"), run: undo });
  else if (object && mayOpen(AUDIT)) toast(text, { label: t("staff.saved.audit"), href: auditHref(object) });
  else toast(text);
}

/** Address of the entries about a thing. @param {{type: string, id: string}} object */
export const auditHref = ({ type, id }) => `${AUDIT}?${new URLSearchParams({ objectType: type, objectId: id })}`;
