// Hands each answer over as soon as it is given. Without this file the page's buttons do the same.
(() => {
  const form = document.querySelector("form[data-save]"), waiting = window.Waiting;
  if (!form || !waiting) return;
  const words = form.dataset, last = {}, handed = new Set();
  let leaving = null;
  const cards = [...form.querySelectorAll("[data-item]")];
  const cardOf = (item) => cards.find((card) => card.dataset.item === item);
  const field = (card, name) => form.elements[card.dataset.item + name] || {};
  const chosen = (card) => card.querySelector("input[type=radio]:checked");
  const say = (card, text) => { card.querySelector("[data-say]").textContent = text || ""; };
  const choose = (card, value) =>
    card.querySelectorAll("input[type=radio]").forEach((radio) => { radio.checked = radio.value === value; });

  const show = ({ states, at, done }, isAll) => {
    const clock = new Date(at).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
    states.saved = isAll ? words.saved.replace("{time}", clock) : words.saving;
    for (const name in states) document.querySelector(`[data-state="${name}"]`).textContent = states[name];
    document.querySelector("[data-progress]").value = done;
  };

  // what the page was given before the line went, and what has been answered since; what is chosen meanwhile holds
  const put = (card, { value, reason, note }) => {
    choose(card, value);
    for (const [name, text] of [["-reason", reason], ["-note", note]]) field(card, name).value = text || "";
  };
  const restore = async () => {
    for (const row of await waiting.known()) {
      const card = cardOf(row.item);
      if (!card) continue;
      if (row.version > Number(field(card, "-version").value)) {
        if (!handed.has(card)) put(card, row);
        field(card, "-version").value = row.version;
      } else waiting.forget(row.item);
    }
    for (const entry of await waiting.entries()) {
      const card = !entry.file && cardOf(entry.item);
      if (!card) continue;
      last[entry.item] = entry.client;
      if (handed.has(card)) continue;
      put(card, entry.fields);
      say(card, entry.refused || words.lost);
    }
  };

  const isStillWaiting = async (item) => (await waiting.entries()).some((entry) => entry.client === last[item]);
  let turn = restore().catch(() => {});
  const hand = (card) => {
    const item = card.dataset.item, client = `${Date.now()}-${Math.random()}`;
    const fields = { item, value: chosen(card).value };
    for (const name of ["reason", "note"]) fields[name] = field(card, "-" + name).value || "";
    say(card, words.saving);
    handed.add(card);
    // an answer that follows one of mine which is still on its way will have seen that one
    turn = turn.then(async () => {
      const after = (await isStillWaiting(item)) ? last[item] : "";
      last[item] = client;
      await waiting.add({ item, url: words.save, fields, client, after, seen: Number(field(card, "-version").value) || 0 });
    });
    return turn;
  };

  document.addEventListener("waiting:settled", async ({ detail: { entry, status, said } }) => {
    const card = !entry.file && cardOf(entry.item);
    if (!card) return;
    const isLast = last[entry.item] === entry.client;
    if (!said || !said.version) {
      leaving = null;
      return say(card, (said && said.message) || words.refused);
    }
    field(card, "-version").value = said.version;
    if (status === 409) {
      leaving = null;
      choose(card, said.value);
      say(card, said.message);
    } else if (isLast) say(card, "");
    show(said, !(await waiting.entries()).length);
  });
  document.addEventListener("waiting:elsewhere", ({ detail }) => {
    const card = cardOf(detail.item);
    if (!card || last[detail.item] !== detail.client || !detail.version) return;
    field(card, "-version").value = detail.version;
    say(card, "");
  });
  // a form the site must look at, because something on it is no answer yet, is posted; else nothing is left to post
  let isReady = false;
  const isOpen = (card) => {
    const value = (chosen(card) || {}).value, reason = (field(card, "-reason").value || "").trim();
    return value ? value === "na" && !reason : Boolean(reason || (field(card, "-note").value || "").trim());
  };
  const go = async (button) => {
    const isRefused = (await waiting.entries()).some((entry) => entry.refused);
    if (button.dataset.to && !isRefused && !cards.some(isOpen)) return location.assign(button.dataset.to);
    isReady = true;
    form.requestSubmit ? form.requestSubmit(button) : button.click();
  };
  document.addEventListener("waiting:lost", async ({ detail }) => {
    for (const entry of await waiting.entries()) {
      const card = !entry.file && !entry.refused && cardOf(entry.item);
      if (card) say(card, detail.isSignedOut ? words.signedout : words.lost);
    }
    // what was given is safe on this device, so the next page, kept here, may open
    if (leaving && !detail.isSignedOut) location.assign(leaving.dataset.to || location.href);
    leaving = null;
  });
  document.addEventListener("waiting:empty", () => {
    if (leaving) go(leaving);
    leaving = null;
  });

  form.addEventListener("change", (event) => {
    const card = event.target.closest("[data-item]");
    if (!card || event.target.type === "file" || !chosen(card)) return;
    const reason = field(card, "-reason");
    if (chosen(card).value === "na" && !reason.value.trim()) return reason.focus();
    hand(card);
  });
  // the page goes only when nothing is on its way: else both would claim the same version
  form.addEventListener("submit", (event) => {
    if (isReady) return;
    event.preventDefault();
    leaving = event.submitter || form.querySelector("button");
    turn.then(waiting.send);
  });
})();
