// Keeps what is being filled in on this device, so that a reload or a dead battery loses nothing; gone once the site has it.
(() => {
  const form = document.querySelector("form[data-kept]");
  if (!form) return;
  const key = `minga-form ${location.pathname}`;
  const fields = [...form.elements].filter((one) => one.name && !["hidden", "submit", "file"].includes(one.type));
  const versions = [...form.elements].filter((one) => one.name.endsWith("-version"));
  const value = (one) => (["radio", "checkbox"].includes(one.type) ? one.checked : one.value);
  const place = (one) => (one.type === "radio" ? `${one.name}=${one.value}` : one.name);
  const all = (list) => Object.fromEntries(list.map((one) => [place(one), value(one)]));
  const write = () => {
    try {
      localStorage.setItem(key, JSON.stringify({ filled: all(fields), versions: all(versions) }));
    } catch {
      // a device that keeps nothing: the form works as without this file
    }
  };
  const kept = JSON.parse(localStorage.getItem(key) || "null");
  const differs = kept && fields.some((one) => place(one) in kept.filled && kept.filled[place(one)] !== value(one));
  if (kept && !differs) localStorage.removeItem(key);
  if (differs) {
    for (const one of fields) {
      if (!(place(one) in kept.filled)) continue;
      if (["radio", "checkbox"].includes(one.type)) one.checked = kept.filled[place(one)];
      else one.value = kept.filled[place(one)];
    }
    // the site compares these: what somebody else saved meanwhile is shown, never overwritten
    for (const one of versions) if (place(one) in kept.versions) one.value = kept.versions[place(one)];
  }
  const said = document.createElement("p");
  said.className = "say";
  said.setAttribute("role", "status");
  form.append(said);
  form.addEventListener("input", write);
  form.addEventListener("change", write);
  form.addEventListener("submit", (event) => {
    if (navigator.onLine) return;
    event.preventDefault();
    said.textContent = form.dataset.kept;
  });
})();
