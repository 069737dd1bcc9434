// Says before anything is sent that more files were chosen than are received at once.
document.querySelectorAll("input[type=file][data-most]").forEach((field) => {
  const check = () => {
    const isTooMany = field.files.length > Number(field.dataset.most);
    field.setCustomValidity(isTooMany ? field.dataset.tooMany : "");
    if (isTooMany) field.reportValidity();
  };
  field.addEventListener("change", check);
});
