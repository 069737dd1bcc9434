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

// a page that is not kept says so, and leads back to one that is
const sorry = async ({ url, referrer }, lost) => {
  const kept = [];
  for (const name of await caches.keys())
    if (name.startsWith(`${placeOf(url)} `)) kept.push(...(await (await caches.open(name)).keys()).map((one) => one.url));
  const back = kept.includes(referrer) ? referrer : kept[0];
  if (!back) throw lost;
  const styles = (await (await caches.open(ASSETS)).keys()).filter((one) => one.url.endsWith(".css"));
  return new Response(`<!doctype html><html lang="{{ language }}" dir="{{ direction }}"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{{ site_name|escapejs }}</title>${styles.map((one) => `<link rel="stylesheet" href="${one.url}">`).join("")}
<main><h1>{{ closed|escapejs }}</h1><p class="lead">{{ waits|escapejs }}</p><p class="row"><a class="button" href="${back}">{{ questions|escapejs }}</a></p></main>`,
  { status: 503, headers: { "Content-Type": "text/html; charset=utf-8" } });
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
      async (lost) => (await caches.match(url, { ignoreVary: true })) || (mode === "navigate" ? sorry(event.request, lost) : Promise.reject(lost)),
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
