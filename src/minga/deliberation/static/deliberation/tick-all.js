// One box that ticks all voices of the page. Without it each is ticked by hand, or all of the list are chosen at once.
(() => {
  const label = document.querySelector("[data-tick-all]");
  if (!label) return;
  const all = label.querySelector("input");
  const form = label.closest("form");
  const boxes = [...form.querySelectorAll("input[name=voice]")];
  const ticked = form.querySelector("input[name=which][value=ticked]");
  label.hidden = false;
  const say = () => {
    const count = boxes.filter((one) => one.checked).length;
    all.checked = count === boxes.length;
    all.indeterminate = count > 0 && count < boxes.length;
  };
  all.addEventListener("change", () => {
    for (const one of boxes) one.checked = all.checked;
    ticked.checked = true;
  });
  for (const one of boxes) one.addEventListener("change", () => { ticked.checked = true; say(); });
  say();
})();
