// The first page of a desk: is drawn anew by the server when something changes; takes a call, signs out.
(() => {
  "use strict";
  const { api, csrf, stale } = document.body.dataset, warned = document.getElementById("stale");
  const main = document.querySelector("main");
  let busy = false, waiting = null, trouble = "";

  const lost = () => { warned.textContent = stale; warned.hidden = false; };
  const send = (method, path) => fetch(`${api}/${path}`, {
    method, credentials: "same-origin", headers: { "X-CSRF-Token": csrf },
  });
  async function refresh() {
    const answer = await fetch(location.href, { credentials: "same-origin" });
    if (!answer.ok) throw new Error(String(answer.status));
    const seen = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!seen.querySelector("[data-out]")) { location.reload(); return; }  // the session is over
    const text = seen.querySelector("main").innerHTML, focused = document.activeElement?.dataset.call;
    if (main.dataset.shown !== text) { main.innerHTML = text; main.dataset.shown = text; }
    if (focused) main.querySelector(`[data-call="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
    const shown = main.querySelector(".call-problem");
    if (trouble && shown) { shown.textContent = trouble; shown.hidden = false; }
    warned.hidden = true;
  }
  const soon = () => { waiting ??= setTimeout(() => { waiting = null; refresh().catch(lost); }, 300); };
  async function act(method, path) {
    if (busy) return;
    busy = true;
    try {
      const answer = await send(method, path);
      const said = answer.ok ? {} : await answer.json().catch(() => ({}));
      trouble = answer.ok ? "" : typeof said.detail === "string" ? said.detail : String(answer.status);
      await refresh();
    } catch { lost(); } finally { busy = false; }
  }

  document.addEventListener("click", (e) => {
    const call = e.target.closest("button[data-call]");
    if (call) act("POST", `pages/${encodeURIComponent(call.dataset.call)}/answer`);
    if (e.target.closest("button[data-out]")) act("DELETE", "sessions");
  });
  document.addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey || e.repeat || e.target.closest("a, button")) return;
    if (e.key.toLowerCase() === "s") { e.preventDefault(); document.querySelector("button[data-call]")?.focus(); }
  });
  const source = new EventSource(`${api}/stream`);
  source.onmessage = soon;
  source.onopen = () => { if (!warned.hidden) soon(); };
  source.onerror = lost;
  window.addEventListener("pagehide", () => source.close());
  window.__ready = true;
})();
