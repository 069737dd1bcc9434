// Saves each answer as soon as it is given. Without this file the page's buttons do the same.
(() => {
  const form = document.querySelector("form[data-save]");
  if (!form) return;
  const words = form.dataset, queue = [];
  let busy = false, pause = 1000;
  const field = (card, name) => form.elements[card.dataset.item + name];
  const say = (card, text) => { card.querySelector("[data-say]").textContent = text || ""; };
  const id = () => (window.crypto && crypto.randomUUID ? crypto.randomUUID() : Date.now() + "-" + Math.random());

  const show = (answer) => {
    const states = answer.states, clock = new Date(answer.at);
    states.saved = words.saved.replace("{time}", clock.toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" }));
    for (const name in states) document.querySelector(`[data-state="${name}"]`).textContent = states[name];
    document.querySelector("[data-progress]").value = answer.done;
  };

  const send = async () => {
    if (busy || !queue.length) return;
    busy = true;
    const { card, client } = queue[0], data = new FormData();
    // what is sent is what stands on the page now; a repeated try keeps its client id, so it counts once
    if (!queue[0].data) {
      data.set("item", card.dataset.item);
      data.set("value", (card.querySelector("input[type=radio]:checked") || {}).value || "");
      for (const name of ["reason", "note", "version"]) data.set(name, (field(card, "-" + name) || {}).value || "");
      data.set("client", client);
      data.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
      queue[0].data = data;
    }
    try {
      const response = await fetch(words.save, { method: "POST", body: queue[0].data });
      if (response.status >= 500 || response.status === 429) throw response;
      const kind = response.headers.get("Content-Type") || "";
      const answer = kind.includes("json") ? await response.json() : { message: words.refused };
      queue.shift();
      pause = 1000;
      say(card, answer.message);
      if (answer.version) {
        field(card, "-version").value = answer.version;
        show(answer);
      }
      if (answer.outcome === "conflict")
        for (const radio of card.querySelectorAll("input[type=radio]")) radio.checked = radio.value === answer.value;
    } catch {
      say(card, words.lost);
      pause = Math.min(pause * 2, 30000);
      await new Promise((go) => setTimeout(go, pause));
    }
    busy = false;
    send();
  };

  form.addEventListener("change", (event) => {
    const card = event.target.closest("[data-item]");
    if (!card || !card.querySelector("input[type=radio]:checked")) return;
    const reason = field(card, "-reason"), chosen = card.querySelector("input[type=radio]:checked").value;
    if (chosen === "na" && reason && !reason.value.trim()) return reason.focus();
    // an entry of this card that was not sent yet will carry the new answer too
    if (!queue.some((entry) => entry.card === card && !entry.data)) queue.push({ card, client: id() });
    say(card, words.saving);
    send();
  });
  addEventListener("online", send);
  form.addEventListener("submit", () => { queue.length = 0; });
  addEventListener("beforeunload", (event) => { if (queue.length) event.preventDefault(); });
})();
