// Keeps the words of a form on this device, so that a reload or a lost connection loses nothing; gone once they are sent.
// Only fields marked data-keep: names and addresses never stay on a device that others may use.
(() => {
  const name = (id) => `minga-words ${id}`;
  const sent = document.querySelector("[data-sent]");
  const form = document.querySelector("form[data-kept]");
  try {
    if (sent) localStorage.removeItem(name(sent.dataset.sent));
    if (!form) return;
    const key = name(form.dataset.kept);
    const fields = [...form.querySelectorAll("[data-keep]")];
    const kept = JSON.parse(localStorage.getItem(key) || "{}");
    for (const one of fields) if (!one.value && kept[one.name]) one.value = kept[one.name];
    for (const one of form.querySelectorAll("details")) if ([...one.querySelectorAll("[data-keep]")].some((field) => field.value)) one.open = true;
    form.addEventListener("input", () => {
      const words = Object.fromEntries(fields.filter((one) => one.value).map((one) => [one.name, one.value]));
      localStorage.setItem(key, JSON.stringify(words));
    });
  } catch {
    // a device that keeps nothing: the form works as without this file
  }
})();
