// @ts-check
/** The count of unread messages on the bell: asked at sign-in and when the tab comes back, five minutes apart. */
import { gql } from "../core/gql.js";
import { signedIn } from "../core/session.js";
import { effect, state } from "../core/state.js";
import { UnreadCount } from "../operations.js";

const APART_MS = 5 * 60_000;
export const unread = state(0);
let asked = -Infinity;

export async function refreshUnread() {
  if (!signedIn.value) return void (unread.value = 0);
  asked = performance.now();
  try {
    unread.value = (await gql(UnreadCount)).myNotifications.totalCount;
  } catch {
    // A bell without a number is better than a page without a bell.
  }
}

export function watchUnread() {
  effect(() => {
    if (signedIn.value) refreshUnread();
    else unread.value = 0;
  });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && performance.now() - asked > APART_MS) refreshUnread();
  });
}
