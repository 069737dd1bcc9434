// Keeps the words and choices of a form on this device, so that a reload or a lost connection loses nothing; gone once
// they are sent. Only fields marked data-keep: names and addresses never stay on a device that others may use.
// data-revision says on which words somebody writes. Once others stand there, what is kept is shown beside them instead.
(() => {
  const name = (id) => `minga-words ${id}`;
  const plain = (words) => words.replace(/\s+/g, " ").trim();

  // Fields of one name are one part of the form: a text, or the boxes, dots or options among which somebody chooses.
  const optionsOf = (fields) => (fields[0].matches("select") ? [...fields[0].options] : fields);
  const isChosen = (fields) => fields[0].matches("select, [type=radio], [type=checkbox]");
  const isOn = (one) => (one.matches("option") ? one.selected : one.checked);
  const turn = (one, on) => { if (one.matches("option")) one.selected = on; else one.checked = on; };
  const nameOf = (one) => (one.matches("option") ? one.text : (one.labels[0] || one).textContent);

  const read = (fields) => (isChosen(fields) ? optionsOf(fields).filter(isOn).map((one) => one.value) : fields[0].value);
  const write = (fields, kept) => {
    if (isChosen(fields)) for (const one of optionsOf(fields)) turn(one, kept.includes(one.value));
    else fields[0].value = kept;
  };
  const isSame = (fields, kept) =>
    (isChosen(fields) ? String(kept) === String(read(fields)) : plain(kept) === plain(read(fields)));
  const inWords = (fields, kept) =>
    (isChosen(fields) ? optionsOf(fields).filter((one) => one.value && kept.includes(one.value)).map(nameOf) : [kept]);

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
    const parts = {};
    for (const one of form.querySelectorAll("[data-keep]")) parts[one.name] = [...(parts[one.name] || []), one];
    const keep = () => {
      const words = Object.fromEntries(Object.entries(parts).map(([part, fields]) => [part, read(fields)]));
      localStorage.setItem(key, JSON.stringify({ revision, words }));
    };
    const kept = JSON.parse(localStorage.getItem(key) || "{}");
    const words = kept.words || {};
    const others = Object.keys(parts).filter((part) => part in words && !isSame(parts[part], words[part]));
    // a page that refuses brings the typed words back by itself
    if ("typed" in form.dataset) keep();
    else if (!others.length) localStorage.removeItem(key);
    else if (kept.revision === revision) {
      for (const part of others) write(parts[part], words[part]);
      const note = form.querySelector("[data-kept-note]");
      if (note) note.hidden = false;
    } else {
      const old = others.flatMap((part) => inWords(parts[part], words[part])).map((one) => one.trim()).filter(plain);
      // a choice that was taken away leaves no words to show
      if (old.length) showOld(key, old);
      else localStorage.removeItem(key);
    }
    const isFilled = (one) => (one.matches("[type=radio], [type=checkbox]") ? one.checked : one.value);
    for (const one of form.querySelectorAll("details")) if ([...one.querySelectorAll("[data-keep]")].some(isFilled)) one.open = true;
    form.addEventListener("input", keep);
    form.addEventListener("change", keep);
  } catch {
    // a device that keeps nothing: the form works as without this file
  }
})();
