// Passkeys: the browser's own dialogue fills a hidden field, then an ordinary form is sent. Without scripts or without
// passkeys in the browser these forms stay hidden, and every page has another way.
(() => {
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const known = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

  const make = async (form, options) => {
    const alone = form.elements.passwordless.checked;
    const chosen = { ...options.authenticatorSelection };
    if (alone) Object.assign(chosen, { residentKey: "required", requireResidentKey: true, userVerification: "required" });
    const made = await navigator.credentials.create({ publicKey: {
      ...options, challenge: bytes(options.challenge), user: { ...options.user, id: bytes(options.user.id) },
      excludeCredentials: known(options.excludeCredentials), authenticatorSelection: chosen } });
    return [made, { attestationObject: text(made.response.attestationObject),
      transports: made.response.getTransports ? made.response.getTransports() : [] }];
  };

  const show = async (options) => {
    const shown = await navigator.credentials.get({ publicKey: {
      ...options, challenge: bytes(options.challenge), allowCredentials: known(options.allowCredentials) } });
    const { authenticatorData, signature, userHandle } = shown.response;
    return [shown, { authenticatorData: text(authenticatorData), signature: text(signature),
      userHandle: userHandle ? text(userHandle) : null }];
  };

  const optionsOf = async (form) => {
    if (form.dataset.passkey !== "sign-in") return JSON.parse(form.dataset.options).publicKey;
    const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
    return (await answer.json()).request_options.publicKey;
  };

  const answer = async (form) => {
    const options = await optionsOf(form);
    const [credential, response] = form.dataset.passkey === "create" ? await make(form, options) : await show(options);
    form.elements.credential.value = JSON.stringify({
      id: credential.id, rawId: text(credential.rawId), type: credential.type,
      authenticatorAttachment: credential.authenticatorAttachment,
      clientExtensionResults: credential.getClientExtensionResults(),
      response: { clientDataJSON: text(credential.response.clientDataJSON), ...response } });
    form.submit();
  };

  if (!window.PublicKeyCredential || !navigator.credentials) return;
  for (const said of document.querySelectorAll("[data-no-passkeys]")) said.hidden = true;
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const wrong = form.querySelector("[data-passkey-error]");
      wrong.hidden = true;
      answer(form).catch(() => { wrong.hidden = false; });
    });
  }
})();
