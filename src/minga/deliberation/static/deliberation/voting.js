// Votes without loading the page anew, and by the keys 1, 2 and 3. Where anything goes wrong the form sends itself.
(() => {
  const talk = document.getElementById("talk");
  if (!talk || !window.fetch || !window.DOMParser) return;
  const keys = document.querySelector("[data-keys]");
  if (keys) keys.hidden = false;
  let busy = false;

  const say = (words) => {
    let said = talk.querySelector(".talk__lost");
    if (!said) {
      said = document.createElement("p");
      said.className = "talk__lost notice error";
      said.setAttribute("role", "alert");
      talk.append(said);
    }
    said.textContent = words;
  };

  // the next statement comes from the page that answers; what it says about the vote comes along
  const show = (text) => {
    const page = new DOMParser().parseFromString(text, "text/html");
    const next = page.getElementById("talk");
    if (!next) return false;
    talk.replaceChildren(...next.childNodes);
    document.querySelectorAll(".messages").forEach((one) => one.remove());
    const messages = page.querySelector(".messages");
    if (messages) talk.before(messages);
    const statement = talk.querySelector("[data-statement]");
    if (statement) statement.focus();
    return true;
  };

  const send = async (form, button) => {
    const body = new URLSearchParams(new FormData(form));
    body.set(button.name, button.value);
    // "keepalive": who presses and goes on to another page at once has voted all the same
    const response = await fetch(form.action, { method: "POST", body, credentials: "same-origin", keepalive: true });
    const text = await response.text();
    if (response.ok && show(text)) return;
    // too much was sent from here: the page that says so holds no statement
    const page = new DOMParser().parseFromString(response.status === 429 ? text : "", "text/html");
    const words = [...page.querySelectorAll("main .lead, main .read")].map((one) => one.textContent);
    if (words.length) say(words.join(" "));
    else location.reload();
  };

  talk.addEventListener("submit", async (event) => {
    const form = event.target;
    const button = event.submitter;
    if (!form.matches("[data-vote]") || !button || !button.name) return;
    event.preventDefault();
    if (busy) return;
    busy = true;
    try {
      await send(form, button);
    } catch {
      // the same page with the same mark: pressed again, the vote is stored once
      say(talk.dataset.lost);
    } finally {
      busy = false;
    }
  });

  talk.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
    const button = /^[123]$/.test(event.key) ? talk.querySelector(`[data-key="${event.key}"]`) : null;
    if (button) button.click();
  });
})();
