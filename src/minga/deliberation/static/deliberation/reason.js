// Counts the characters of a reason while it is typed. Without it the form says the same after sending.
for (const field of document.querySelectorAll("textarea[data-least]")) {
  const count = document.createElement("output");
  count.className = "quiet";
  count.htmlFor = field.id;
  const say = () => { count.textContent = `${[...field.value.trim()].length} / ${field.dataset.least}`; };
  field.after(count);
  field.addEventListener("input", say);
  say();
}
