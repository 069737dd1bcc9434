// Words sent after the session had ended: the page that says so keeps them in this tab alone, and the page of the form,
// opened again with ?typed=1 after signing in, puts them back, with the hidden marks of what had been read: so words
// that others saved meanwhile are not written over.
(() => {
  const name = (path) => `minga-typed ${path}`;
  const fill = (field, values) => {
    if (field.type === "file") return;
    if (field.matches("[type=radio], [type=checkbox]")) field.checked = values.includes(field.value);
    else if (field.matches("select")) for (const one of field.options) one.selected = values.includes(one.value);
    else field.value = values.shift() ?? field.value;
  };
  try {
    const sent = document.querySelector("form[data-typed]");
    if (sent) {
      sessionStorage.setItem(name(sent.dataset.typed), JSON.stringify([...new FormData(sent)]));
      return;
    }
    const key = name(location.pathname);
    const typed = JSON.parse(sessionStorage.getItem(key) || "[]");
    if (!typed.length) return;
    const names = new Set(typed.map(([one]) => one));
    const matches = (form) => new Set([...form.elements].map((one) => one.name).filter((one) => names.has(one))).size;
    const form = [...document.querySelectorAll("main form[method=post]")].sort((a, b) => matches(b) - matches(a))[0];
    if (!form || !matches(form)) return;
    const values = {};
    for (const [one, value] of typed) (values[one] ||= []).push(value);
    for (const field of form.elements) {
      if (field.name === "csrfmiddlewaretoken" || !field.name || field.matches("button")) continue;
      // of boxes none of which was ticked nothing is sent
      if (field.name in values || field.type === "checkbox") fill(field, values[field.name] || []);
    }
    for (const one of form.querySelectorAll("details")) one.open = true;
    const say = document.createElement("p");
    say.className = "notice";
    say.setAttribute("role", "status");
    say.textContent = document.querySelector("script[data-say]").dataset.say;
    form.prepend(say);
    form.addEventListener("submit", () => sessionStorage.removeItem(key));
    form.scrollIntoView();
  } catch {
    // a browser that keeps nothing: the words stand on the page that asked to sign in
  }
})();
