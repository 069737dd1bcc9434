// Makes a photo small before it is sent, and lets one be added beside its question, also without a line.
// Without this file the photo goes as it is, from the page of its question.
(() => {
  const most = 300 * 1024;
  if (!window.createImageBitmap) return;

  const written = (canvas, quality) => new Promise((done) => canvas.toBlob(done, "image/jpeg", quality));
  const shrink = async (file) => {
    const picture = await createImageBitmap(file), canvas = document.createElement("canvas");
    let side = Math.min(1600, Math.max(picture.width, picture.height)), small = null;
    for (; side > 200; side *= .8) {
      const scale = side / Math.max(picture.width, picture.height);
      canvas.width = Math.round(picture.width * scale);
      canvas.height = Math.round(picture.height * scale);
      canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
      for (const quality of [.85, .7, .55]) {
        small = await written(canvas, quality);
        if (small && small.size <= most) return small;
      }
    }
    return small;
  };
  const isLarge = (file) => file.type.startsWith("image/") && file.size > most;

  // ---- on the answer pages: kept on the device until the site has it, like an answer
  const words = (document.querySelector("form[data-save]") || {}).dataset, waiting = window.Waiting;
  const offer = (link) => {
    const card = link.closest("[data-item]"), label = document.createElement("label"), said = document.createElement("p");
    label.className = "button plain photo";
    label.textContent = words.photo;
    label.insertAdjacentHTML("beforeend", '<input type="file" accept="image/*,application/pdf" class="unseen">');
    said.className = "say";
    said.setAttribute("role", "status");
    link.parentElement.after(label, said);
    const item = card.dataset.item, say = (text) => { said.textContent = text; };
    const count = async () => {
      const held = (await waiting.entries()).filter((entry) => entry.file && entry.item === item);
      const refused = held.find((entry) => entry.refused);
      say(refused ? refused.refused : held.length ? words.photowaits : "");
      return held.length;
    };
    label.querySelector("input").addEventListener("change", async ({ target }) => {
      const file = target.files[0];
      if (!file) return;
      say(words.saving);
      const small = isLarge(file) ? await shrink(file).catch(() => null) : null;
      await waiting.add({ item, url: link.href, file: small || file, fields: { name: small ? "photo.jpg" : file.name } });
      target.value = "";
    });
    document.addEventListener("waiting:settled", async ({ detail: { entry, status } }) => {
      if (entry.file && entry.item === item && !(await count()) && status < 300) say(words.photosent);
    });
    document.addEventListener("waiting:lost", count);
    count();
  };
  if (words && words.photo && waiting) document.querySelectorAll(".proof").forEach(offer);

  // ---- on the page of one question
  const form = document.querySelector("form[data-evidence]");
  if (!form) return;
  const input = form.elements.file, say = (text) => { form.querySelector("[data-say]").textContent = text; };
  let work = null;
  input.addEventListener("change", () => {
    const file = input.files[0];
    say("");
    if (!file || !isLarge(file)) return;
    say(form.dataset.shrinking);
    work = shrink(file).then((small) => {
      if (!small || input.files[0] !== file) return say("");
      const held = new DataTransfer();
      held.items.add(new File([small], file.name.replace(/\.\w+$/, "") + ".jpg", { type: small.type }));
      input.files = held.files;
      say(form.dataset.shrunk.replace("{before}", Math.round(file.size / 1024)).replace("{after}", Math.round(small.size / 1024)));
    }).catch(() => say("")).finally(() => { work = null; });  // what the browser cannot read, the site judges
  });
  form.addEventListener("submit", (event) => {
    if (!work) return say(form.dataset.sending);
    event.preventDefault();
    work.then(() => form.requestSubmit());
  });
})();
