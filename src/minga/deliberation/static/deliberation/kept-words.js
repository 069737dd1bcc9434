// Keeps the words of a form on this device, so that a reload or a lost connection loses nothing; gone once they are sent.
// Only fields marked data-keep: names and addresses never stay on a device that others may use.
// data-revision says on which words somebody writes. Once others stand there, what is kept is shown beside them instead.
(() => {
  const name = (id) => `minga-words ${id}`;
  const plain = (words) => words.replace(/\s+/g, " ").trim();

  const showOld = (key, words) => {
    const notice = document.querySelector("[data-kept-old]");
    if (!notice) return;
    const quote = notice.querySelector("blockquote");
    for (const line of words.flatMap((one) => one.split("\n"))) {
      const part = document.createElement("p");
      part.textContent = line;
      quote.append(part);
    }
    notice.querySelector("button").addEventListener("click", () => {
      localStorage.removeItem(key);
      notice.hidden = true;
    });
    notice.hidden = false;
  };

  try {
    for (const sent of document.querySelectorAll("[data-sent]")) localStorage.removeItem(name(sent.dataset.sent));
    const form = document.querySelector("form[data-kept]");
    if (!form) return;
    const key = name(form.dataset.kept);
    const revision = form.dataset.revision || "";
    const fields = [...form.querySelectorAll("[data-keep]")];
    const keep = () => {
      const words = Object.fromEntries(fields.map((one) => [one.name, one.value]));
      localStorage.setItem(key, JSON.stringify({ revision, words }));
    };
    const kept = JSON.parse(localStorage.getItem(key) || "{}");
    const words = kept.words || {};
    const others = fields.filter((one) => one.name in words && plain(words[one.name]) !== plain(one.value));
    // a page that refuses brings the typed words back by itself
    if ("typed" in form.dataset) keep();
    else if (!others.length) localStorage.removeItem(key);
    else if (kept.revision === revision) for (const one of others) one.value = words[one.name];
    else showOld(key, others.map((one) => words[one.name]).filter(plain));
    for (const one of form.querySelectorAll("details")) if ([...one.querySelectorAll("[data-keep]")].some((field) => field.value)) one.open = true;
    form.addEventListener("input", keep);
  } catch {
    // a device that keeps nothing: the form works as without this file
  }
})();
