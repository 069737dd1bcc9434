// Signing out: says what has not reached the site yet, and leaves nothing of this person on the device.
(() => {
  const form = document.querySelector("form[data-leave]");
  if (!form || !window.indexedDB) return;
  const count = () => new Promise((resolve) => {
    const request = indexedDB.open("minga", 1);
    // a device that never kept anything has no shelf: opening it must not make an empty one
    request.onupgradeneeded = () => request.transaction.abort();
    request.onerror = () => resolve(0);
    request.onsuccess = () => {
      const asked = request.result.transaction("waiting").objectStore("waiting").count();
      asked.onsuccess = () => { request.result.close(); resolve(asked.result); };
    };
  });
  const empty = async () => {
    if (window.caches) for (const name of await caches.keys()) await caches.delete(name);
    if (navigator.serviceWorker) for (const one of await navigator.serviceWorker.getRegistrations()) await one.unregister();
    for (const key of Object.keys(localStorage)) if (key.startsWith("minga-form ")) localStorage.removeItem(key);
    indexedDB.deleteDatabase("minga");
  };
  count().then((found) => { document.querySelector("[data-leave-waiting]").hidden = !found; });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    empty().finally(() => form.submit());
  }, { once: true });
})();
