// Keys for the queue, and a box that chooses all of the page. The form works the same without this file.
// Keys without Ctrl or Alt can be switched off: who dictates to the computer would press them by speaking.
(() => {
  const form = document.querySelector("form[data-queue]");
  if (!form) return;
  const boxes = [...form.querySelectorAll("input[name=chosen]:not(:disabled)")];
  const all = form.querySelector("[data-choose-all]");
  const keys = form.querySelector("[data-keys]");
  const help = form.querySelector("[data-keys-help]");
  const OFF = "minga-queue-keys-off";
  const kept = (change) => { try { return change(window.localStorage); } catch { return null; } };
  form.querySelector(".keys").hidden = false;

  const say = () => {
    const count = boxes.filter((one) => one.checked).length;
    all.checked = boxes.length > 0 && count === boxes.length;
    all.indeterminate = count > 0 && count < boxes.length;
  };
  const choose = (checked) => { for (const one of boxes) one.checked = checked; say(); };
  all.addEventListener("change", () => choose(all.checked));
  for (const one of boxes) one.addEventListener("change", say);
  say();

  keys.checked = kept((store) => store.getItem(OFF)) === null;
  help.hidden = !keys.checked;
  keys.addEventListener("change", () => {
    help.hidden = !keys.checked;
    kept((store) => (keys.checked ? store.removeItem(OFF) : store.setItem(OFF, "1")));
  });

  const here = () => document.activeElement?.closest("li")?.querySelector("input[name=chosen]:not(:disabled)");
  const go = (step) => {
    const at = boxes.indexOf(here());
    const next = boxes[at < 0 ? 0 : Math.min(Math.max(at + step, 0), boxes.length - 1)];
    next?.focus();
    next?.closest("li").scrollIntoView({ block: "nearest" });
  };
  const press = (act) => {
    const on = here();
    if (!boxes.some((one) => one.checked) && on) on.checked = true;
    if (boxes.some((one) => one.checked)) form.requestSubmit(form.querySelector(`button[name=act][value=${act}]`));
  };
  const reject = () => {
    const rule = form.querySelector("[name=rule]");
    if (rule.value) press("reject");
    else rule.focus();
  };
  const does = {
    j: () => go(1), k: () => go(-1), x: () => here()?.click(), c: () => choose(!all.checked),
    a: () => press("accept"), r: reject,
  };
  document.addEventListener("keydown", (event) => {
    if (!keys.checked || event.ctrlKey || event.metaKey || event.altKey || event.repeat && event.key === "a") return;
    if (event.target.matches("input:not([type=checkbox]), select, textarea") || !Object.hasOwn(does, event.key)) return;
    event.preventDefault();
    does[event.key]();
  });
})();
