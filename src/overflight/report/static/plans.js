// The page of pre-authorised plans: sends an approval or a hold, then shows what the desk made of it.
(() => {
  "use strict";
  const { api, csrf } = document.body.dataset;
  let busy = false;

  async function send(card, step, values) {
    if (busy) return;
    busy = true;
    const shown = card.querySelector(".problem");
    try {
      const answer = await fetch(`${api}/plans/${encodeURIComponent(card.dataset.plan)}/${step}`, {
        method: "POST", credentials: "same-origin", body: JSON.stringify(values),
        headers: { "Content-Type": "application/json", "X-CSRF-Token": csrf },
      });
      if (answer.ok) { location.reload(); return; }
      const said = await answer.json().catch(() => ({}));
      shown.textContent = typeof said.detail === "string" ? said.detail : String(answer.status);
    } catch (fault) { shown.textContent = String(fault); }
    shown.hidden = false;
    busy = false;
  }
  const hold = (card) => send(card, "hold", { reason: "operator" });

  document.addEventListener("submit", (e) => {
    e.preventDefault();
    const card = e.target.closest("[data-plan]");
    send(card, "approve", { plan_hash: card.dataset.hash, code: e.target.elements.code.value });
  });
  document.addEventListener("click", (e) => {
    const button = e.target.closest("[data-hold]");
    if (button) hold(button.closest("[data-plan]"));
  });
  document.addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey || e.repeat || e.target.closest("input, summary, a")) return;
    // one key holds the plan that stands first; a second press, after the page came anew, the next
    const button = document.querySelector("[data-hold]");
    if (e.key.toLowerCase() === "p" && button) { e.preventDefault(); hold(button.closest("[data-plan]")); }
  });
  window.__ready = true;
})();
