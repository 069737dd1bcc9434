// Keeps the pages of the check that is being answered, so that they open without a line.
// A page is kept only where the site says for whom (Minga-Keep), and goes as soon as it is somebody else's.
const KEPT = "Minga-Keep", ASSETS = "assets";
const placeOf = (url) => (/\/readiness\/((?:[acp]|validations)\/[0-9a-f-]{36})\//.exec(new URL(url).pathname) || [])[1];
const isAsset = (url) => new URL(url).pathname.includes("/static/");

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

const forget = async (place, but) => {
  for (const name of await caches.keys())
    if (name.startsWith(`${place} `) && name !== but) await caches.delete(name);
};

const keep = async (url, response) => {
  if (isAsset(url)) return response.ok && (await caches.open(ASSETS)).put(url, response);
  const place = placeOf(url), person = response.headers.get(KEPT);
  if (response.ok && person && !response.redirected) {
    const name = `${place} ${person}`;
    await forget(place, name);
    await (await caches.open(name)).put(url, response);
  } else if (response.redirected || response.type === "opaqueredirect" || [401, 403, 404].includes(response.status)) {
    await forget(place);
  }
};

self.addEventListener("fetch", (event) => {
  const { method, url, mode } = event.request;
  if (method !== "GET" || !(isAsset(url) || (mode === "navigate" && placeOf(url)))) return;
  event.respondWith(
    fetch(event.request).then(
      (response) => {
        event.waitUntil(keep(url, response.clone()).catch(() => {}));
        return response;
      },
      async (lost) => (await caches.match(url, { ignoreVary: true })) || Promise.reject(lost),
    ),
  );
});

// a page tells which others belong to its check: those that are not here yet are fetched one by one
self.addEventListener("message", (event) => event.waitUntil((async () => {
  const { pages, assets } = event.data, shelf = await caches.open(ASSETS);
  for (const { url } of await shelf.keys()) if (!assets.includes(url)) await shelf.delete(url);
  for (const url of [...assets, ...pages])
    if (!(await caches.match(url, { ignoreVary: true }))) await keep(url, await fetch(url));
})().catch(() => {})));
