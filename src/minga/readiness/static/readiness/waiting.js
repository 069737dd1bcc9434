// Keeps on this device what the site has not confirmed yet, and delivers it in its order, each thing once.
// Without IndexedDB it keeps it in memory and asks before the page is left.
window.Waiting = (() => {
  const box = document.querySelector("[data-waiting]");
  if (!box) return null;
  const words = box.dataset, place = words.place, memory = [];
  const channel = window.BroadcastChannel ? new BroadcastChannel("minga-waiting") : { postMessage() {} };
  let token = words.token, pause = 1000, timer = 0, sending = false, came = false;

  // ---- the shelf: "waiting" in its order, "known" the last confirmed answer of an item
  const open = new Promise((resolve) => {
    try {
      const request = indexedDB.open("minga", 1);
      request.onupgradeneeded = () => {
        request.result.createObjectStore("waiting", { keyPath: "id", autoIncrement: true });
        request.result.createObjectStore("known", { keyPath: ["place", "item"] });
      };
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => resolve(null);
    } catch {
      resolve(null);
    }
  });
  const on = async (store, mode, work) => {
    const shelf = await open;
    if (!shelf) return work(null);
    return new Promise((resolve, reject) => {
      const change = shelf.transaction(store, mode, { durability: "strict" }), asked = work(change.objectStore(store));
      change.oncomplete = () => resolve(asked && asked.result);
      change.onabort = change.onerror = () => reject(change.error);
    });
  };
  const here = (entry) => entry.place === place;
  const entries = async () =>
    (await on("waiting", "readonly", (shelf) => (shelf ? shelf.getAll() : { result: memory.slice() }))
      .then((found) => found.result || found)).filter(here);
  const put = (entry) => on("waiting", "readwrite", (shelf) => {
    if (shelf) return shelf.put(entry);
    entry.id = entry.id || Date.now() + memory.length;
    const at = memory.findIndex((one) => one.id === entry.id);
    memory.splice(at < 0 ? memory.length : at, at < 0 ? 0 : 1, entry);
  });
  const drop = (id) => on("waiting", "readwrite", (shelf) => {
    if (shelf) return shelf.delete(id);
    memory.splice(memory.findIndex((one) => one.id === id), 1);
  });
  const known = async () =>
    ((await on("known", "readonly", (shelf) => shelf && shelf.getAll())) || []).filter(here);
  const learn = (row) => on("known", "readwrite", (shelf) => shelf && shelf.put({ ...row, place }));
  const forget = (item) => on("known", "readwrite", (shelf) => shelf && shelf.delete([place, item]));

  // ---- what the person sees
  const tell = (name, detail) => document.dispatchEvent(new CustomEvent(`waiting:${name}`, { detail }));
  const show = async () => {
    const all = await entries(), refused = all.filter((entry) => entry.refused).length;
    const lines = [];
    if (all.length > refused) lines.push(words.waiting.replace("{count}", all.length - refused));
    if (refused) lines.push(words.refused.replace("{count}", refused));
    box.querySelector("[data-waiting-count]").textContent = lines.join(" · ");
    box.querySelector("[data-waiting-drop]").hidden = !refused;
    box.hidden = !lines.length;
    return all;
  };

  // ---- delivery
  const renew = async () => {
    // after a sign-in elsewhere the token of a kept page is stale: the page, fetched anew, brings the present one
    const response = await fetch(location.href, { cache: "no-store" });
    const field = new DOMParser().parseFromString(await response.text(), "text/html")
      .querySelector("[data-waiting][data-token]");
    if (field) token = field.dataset.token;
    return Boolean(field);
  };
  const post = async (entry, again = true) => {
    const data = new FormData();
    for (const name in entry.fields) data.set(name, entry.fields[name]);
    data.set("client", entry.client);
    if (entry.file) data.set("file", entry.file, entry.fields.name || "file");
    else data.set("version", entry.seen);
    // a line that hangs holds up what waits behind it: given up, and sent again, it is still stored once
    const signal = AbortSignal.timeout ? AbortSignal.timeout(entry.file ? 600000 : 60000) : undefined;
    const headers = { "X-CSRFToken": token, "Accept": "application/json" };
    const response = await fetch(entry.url, { method: "POST", body: data, headers, signal });
    if (response.status === 403 && again && (await renew())) return post(entry, false);
    const isJson = (response.headers.get("Content-Type") || "").includes("json");
    return { status: response.status, said: isJson ? await response.json() : null };
  };
  const settle = async (entry, { status, said }) => {
    if (status === 200 || status === 201 || status === 409) {
      if (said.version) {
        if (status !== 409) await learn({ ...entry.fields, item: entry.item, version: said.version });
        for (const next of await entries())
          if (next.after === entry.client) await put({ ...next, after: "", seen: said.version });
      }
      await drop(entry.id);
    } else {
      await put({ ...entry, refused: (said && said.message) || String(status) });
    }
    const detail = { entry, status, said };
    channel.postMessage({ place, item: entry.item, client: entry.client, version: said && said.version });
    tell("settled", detail);
  };
  const isFinal = ({ status, said }) =>
    ([200, 201, 409].includes(status) && said) || [400, 410, 413, 415, 422].includes(status);
  const deliver = async () => {
    for (let next; (next = (await entries()).find((entry) => !entry.refused)); ) {
      const outcome = await post(next);
      if (!isFinal(outcome)) return outcome.status;
      await settle(next, outcome);
      came = true;
      await show();
      pause = 1000;
    }
    return 0;
  };
  const alone = (work) =>
    navigator.locks ? navigator.locks.request(`minga ${place}`, work) : work();
  const send = async () => {
    if (sending) return;
    sending = true;
    clearTimeout(timer);
    let trouble = 0;
    try {
      trouble = await alone(deliver);
    } catch {
      trouble = -1;
    }
    sending = false;
    await show();
    if (trouble) {
      tell("lost", { isSignedOut: [401, 403, 404].includes(trouble) });
      timer = setTimeout(send, pause);
      pause = Math.min(pause * 2, 30000);
    } else {
      tell("empty");
      // a page that only counts answers was made before these came
      if (came && !(await entries()).length && !document.querySelector("main form :is(textarea, input:not([type=hidden]))")) location.reload();
    }
  };
  const add = async (entry) => {
    await put({ ...entry, place, client: entry.client || `${Date.now()}-${Math.random()}` });
    await show();
    send();
  };

  // ---- out as a file, for another device or when the site refuses
  const file = async () => {
    const answers = (await entries()).filter((entry) => !entry.file)
      .map(({ item, fields, seen, client }) => ({ item, value: fields.value, reason: fields.reason, note: fields.note, version: seen, client }));
    const draft = { schema: "minga.readiness.draft/1", assessment: place, instrument: words.instrument, answers };
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([JSON.stringify(draft, null, 2)], { type: "application/json" }));
    link.download = `readiness-${place}-waiting.json`;
    link.click();
    URL.revokeObjectURL(link.href);
  };
  box.querySelector("[data-waiting-file]").addEventListener("click", file);
  box.querySelector("[data-waiting-drop]").addEventListener("click", async (event) => {
    if (!confirm(event.target.dataset.sure)) return;
    for (const entry of await entries()) if (entry.refused) await drop(entry.id);
    show();
  });

  addEventListener("online", () => { pause = 1000; send(); });
  channel.onmessage = ({ data }) => { if (data.place === place) { tell("elsewhere", data); show(); } };
  addEventListener("beforeunload", (event) => { if (memory.length) event.preventDefault(); });

  // ---- the pages of this check open without a line
  const pages = [...document.querySelectorAll("a[data-keep]")].map((link) => link.href);
  if (navigator.serviceWorker)
    navigator.serviceWorker.register(words.worker).then(() => navigator.serviceWorker.ready).then(({ active }) => {
      const assets = performance.getEntriesByType("resource").map((one) => one.name).filter((name) => name.includes("/static/"));
      const saves = navigator.connection && navigator.connection.saveData;
      active.postMessage({ pages: [location.href, ...(saves ? [] : pages)], assets });
    }).catch(() => {});
  show().then((all) => { if (all.length) send(); });
  return { add, entries, known, forget, put, send, isSending: () => sending };
})();
