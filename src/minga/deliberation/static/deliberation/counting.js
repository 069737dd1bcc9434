// Says how many characters are left while a statement is written.
(() => {
  const field = document.querySelector("[data-counts]");
  const counter = document.querySelector("[data-counter]");
  if (!field || !counter) return;
  const count = () => {
    // as the site counts them: one a character, whatever the script
    const left = Number(field.dataset.counts) - [...field.value].length;
    counter.textContent = counter.dataset.counter.replace("{left}", left);
    counter.hidden = false;
  };
  field.addEventListener("input", count);
  count();
})();
