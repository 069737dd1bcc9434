// Keys for the queue: j and k go down and up, x chooses. The form works the same without this file.
(() => {
  const form = document.querySelector("form[data-queue]");
  if (!form) return;
  const boxes = [...form.querySelectorAll("input[name=chosen]")];
  form.querySelector(".keys").hidden = false;
  const go = (step) => {
    const at = boxes.indexOf(document.activeElement);
    const next = boxes[at < 0 ? 0 : Math.min(Math.max(at + step, 0), boxes.length - 1)];
    next?.focus();
    next?.closest("li").scrollIntoView({ block: "nearest" });
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input:not([type=checkbox]), select, textarea")) return;
    if (event.key === "j") go(1);
    else if (event.key === "k") go(-1);
    else if (event.key === "x" && boxes.includes(document.activeElement)) document.activeElement.click();
  });
})();
