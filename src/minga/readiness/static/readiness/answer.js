// Saves each answer as soon as it is given. Without this file the page's buttons do the same.
(() => {
  const form = document.querySelector("form[data-save]"), queue = [];
  if (!form) return;
  const words = form.dataset;
  let busy = false, pause = 1000, leaving = null;
  const field = (card, name) => form.elements[card.dataset.item + name] || {};
  const chosen = (card) => card.querySelector("input[type=radio]:checked");
  const say = (card, text) => { card.querySelector("[data-say]").textContent = text || ""; };

  const show = ({ states, at, done }) => {
    const clock = new Date(at).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
    states.saved = queue.length ? words.saving : words.saved.replace("{time}", clock);
    for (const name in states) document.querySelector(`[data-state="${name}"]`).textContent = states[name];
    document.querySelector("[data-progress]").value = done;
  };

  // a repeated try keeps its client id, so it counts once
  const read = (card) => {
    const data = new FormData();
    data.set("item", card.dataset.item);
    data.set("value", chosen(card).value);
    for (const name of ["reason", "note", "version"]) data.set(name, field(card, "-" + name).value || "");
    data.set("client", `${Date.now()}-${Math.random()}`);
    data.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    return data;
  };

  const send = async () => {
    if (busy || !queue.length) return;
    busy = true;
    const entry = queue[0], card = entry.card;
    entry.data = entry.data || read(card);
    try {
      const response = await fetch(words.save, { method: "POST", body: entry.data });
      if (response.status > 499 || response.status === 429) throw response;
      const isJson = (response.headers.get("Content-Type") || "").includes("json");
      const answer = isJson ? await response.json() : { message: words.refused };
      queue.shift();
      pause = 1000;
      say(card, answer.message || (queue.some((next) => next.card === card) && words.saving));
      if (answer.message) leaving = null;
      if (answer.version) {
        field(card, "-version").value = answer.version;
        show(answer);
      }
      if (answer.outcome === "conflict")
        card.querySelectorAll("input[type=radio]").forEach((radio) => { radio.checked = radio.value === answer.value; });
    } catch {
      // stay and say so; the button, pressed again, sends the whole page
      say(card, words.lost);
      busy = false;
      leaving = null;
      pause = Math.min(pause * 2, 30000);
      setTimeout(send, pause);
      return;
    }
    busy = false;
    if (leaving) leaving.click();
    else send();
  };

  form.addEventListener("change", (event) => {
    const card = event.target.closest("[data-item]");
    if (!card || !chosen(card)) return;
    const reason = field(card, "-reason");
    if (chosen(card).value === "na" && !reason.value.trim()) return reason.focus();
    // an unsent entry of this card will carry the new answer
    if (!queue.some((entry) => entry.card === card && !entry.data)) queue.push({ card });
    say(card, words.saving);
    send();
  });
  // the page goes only after the answer on its way: else both would claim the same version
  form.addEventListener("submit", (event) => {
    if (busy) {
      event.preventDefault();
      leaving = event.submitter;
    } else {
      queue.length = 0;
    }
  });
  addEventListener("beforeunload", (event) => { if (queue.length) event.preventDefault(); });
})();
