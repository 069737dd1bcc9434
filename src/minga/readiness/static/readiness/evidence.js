// Makes a photo small before it is sent. Without this file the photo goes as it is.
(() => {
  const form = document.querySelector("form[data-evidence]"), most = 300 * 1024;
  if (!form || !window.createImageBitmap) return;
  const input = form.elements.file, say = (text) => { form.querySelector("[data-say]").textContent = text; };
  let work = null;

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

  input.addEventListener("change", () => {
    const file = input.files[0];
    say("");
    if (!file || !file.type.startsWith("image/") || file.size <= most) return;
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
