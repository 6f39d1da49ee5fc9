// Keeps the site's own files on the device, by build, so that it opens without a connection: tickets are shown at doors
// in cellars. Answers of the API are never kept here; tickets are, by app/core/kept-tickets.js.
// The gateway puts in the build's id and the list of files.
const BUILD = "__BUILD__";
const FILES = "__FILES__";
const CACHE = `lobbycard-${BUILD}`;
const SHELL = "/";
const PATIENCE_MS = 5000;

self.addEventListener("install", (event) => {
  event.waitUntil(
    (async () => {
      const cache = await caches.open(CACHE);
      await cache.addAll([SHELL, ...FILES.map((name) => `/assets/${BUILD}/${name}`)]);
      await self.skipWaiting();
    })(),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      const names = await caches.keys();
      await Promise.all(names.filter((name) => name.startsWith("lobbycard-") && name !== CACHE).map((name) => caches.delete(name)));
      await self.clients.claim();
    })(),
  );
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(request));
  else if (url.pathname.startsWith(`/assets/${BUILD}/`)) event.respondWith(file(request));
});

/** The server's page; where none comes in time, the shell, whose pages say themselves what is missing. */
async function page(request) {
  const answer = fetch(request);
  const shell = await caches.match(SHELL, { cacheName: CACHE });
  if (!shell) return answer;
  const tooLate = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS, shell));
  return Promise.race([answer, tooLate]).catch(() => shell);
}

/** A file whose address holds for ever. */
async function file(request) {
  return (await caches.match(request, { cacheName: CACHE })) ?? fetch(request);
}

self.addEventListener("push", (event) => {
  const { id, title, body, url } = event.data?.json() ?? {};
  if (title) event.waitUntil(self.registration.showNotification(title, { body, tag: id, icon: `/assets/${BUILD}/img/icon-192.png`, data: { url } }));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(self.clients.openWindow(event.notification.data?.url ?? "/bookings"));
});
