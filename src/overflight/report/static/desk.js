// The operator's page. The server draws every state; this script fetches it when the desk says that
// something changed, keeps what a person is typing, counts time, and sends what a person decides.
(() => {
  "use strict";
  const body = document.body, state = document.getElementById("state"), stale = document.getElementById("stale");
  const api = body.dataset.api, event = encodeURIComponent(body.dataset.event), phrase = body.dataset.phrase;
  const lang = document.documentElement.lang;
  let skew = 0, shown = Date.now(), busy = false;

  const section = () => document.getElementById("decide");
  const setSkew = () => {
    const clock = state.querySelector("[data-clock]");
    if (clock) skew = Number(clock.dataset.clock) * 1000 - Date.now();
    shown = Date.now();
  };
  const two = (n) => String(n).padStart(2, "0");
  const clockText = (instant, zone) => new Date(instant + zone * 3600e3).toISOString().slice(11, 19);
  const tick = () => {
    const now = Date.now() + skew;
    for (const node of state.querySelectorAll("[data-clock]")) {
      node.textContent = clockText(now, Number(node.dataset.zone));
    }
    for (const node of state.querySelectorAll("[data-until]")) {
      const left = Math.max(0, Math.floor(Number(node.dataset.until) - now / 1000));
      node.textContent = `${Math.floor(left / 60)}:${two(left % 60)}`;
      node.classList.toggle("over", left === 0);
    }
  };
  const drillReady = () => {
    const field = document.getElementById("phrase"), button = state.querySelector("button.main");
    if (field && button) button.disabled = field.value.normalize("NFKC").trim() !== phrase;
  };

  // what went wrong with a press stays until the next one, also when the page is drawn anew
  let trouble = "";
  let planTrouble = "", callTrouble = "";
  const showTrouble = () => {
    for (const [words, place] of [[trouble, "#decide .problem"], [planTrouble, ".plan-problem"], [callTrouble, ".call-problem"]]) {
      const shown = state.querySelector(place);
      if (words && shown) { shown.textContent = words; shown.hidden = false; }
    }
  };

  async function refresh() {
    const answer = await fetch(`${api}/events/${event}/page?lang=${lang}`, { credentials: "same-origin" });
    if (!answer.ok) throw new Error(String(answer.status));
    const text = await answer.text();
    const focused = document.activeElement?.id, draft = section()?.dataset.hash;
    const kept = [...state.querySelectorAll("input[id]")].map((node) => [node.id, node.value]);
    const open = [...state.querySelectorAll("details")].map((node) => node.open);
    state.innerHTML = text;
    // what was typed belongs to the draft that was read: another draft starts empty
    if (draft && draft === section()?.dataset.hash) {
      for (const [id, value] of kept) { const node = document.getElementById(id); if (node) node.value = value; }
      if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
    } else trouble = "";
    showTrouble();
    [...state.querySelectorAll("details")].forEach((node, i) => { node.open = open[i] ?? false; });
    document.title = state.querySelector("h1").textContent;
    setSkew(); tick(); drillReady();
  }
  let waiting = null;
  const soon = () => { waiting ??= setTimeout(() => { waiting = null; refresh().catch(lost); }, 50); };
  const lost = () => {
    const zone = Number(state.querySelector("[data-clock]")?.dataset.zone ?? 0);
    stale.textContent = body.dataset.stale.replace("{time}", clockText(shown + skew, zone));
    stale.hidden = false;
  };

  function listen() {
    const source = new EventSource(`${api}/stream?event=${event}`);
    source.onopen = () => { stale.hidden = true; soon(); };
    source.onmessage = soon;
    source.addEventListener("change", soon);
    source.onerror = lost;
    window.addEventListener("pagehide", () => source.close());
  }

  async function post(path, values) {
    const answer = await fetch(`${api}/${path}`, {
      method: "POST", credentials: "same-origin", body: JSON.stringify(values),
      headers: { "Content-Type": "application/json", "X-CSRF-Token": body.dataset.csrf },
    });
    if (answer.ok) return "";
    const said = await answer.json().catch(() => ({}));
    return typeof said.detail === "string" ? said.detail : String(answer.status);
  }

  async function act(action) {
    const card = section();
    if (!card || busy) return;
    const form = card.querySelector("form.go"), draft = card.dataset.draft, content_hash = card.dataset.hash;
    const decides = action === "approve" || action === "issue";
    if (decides && !(form && form.reportValidity())) return;
    const code = document.getElementById("code");
    const then = decides ? form.dataset.then : "";
    const step = (name, values) => post(`drafts/${encodeURIComponent(draft)}/${name}`, values);
    busy = true;
    try {
      let problem = await step(action, decides
        ? { content_hash, code: action === "approve" && code ? code.value : "" }
        : { content_hash, reason: "operator" });
      // the last approval and the sending are one press, of one and the same content
      if (!problem && then) problem = await step(then, { content_hash });
      if (code) code.value = "";
      trouble = problem;
      busy = !problem;  // what was refused may be tried again at once; what went through is shown first
      await refresh();
      if (!problem) section()?.focus({ preventScroll: true });
    } catch { lost(); } finally { busy = false; }
  }

  // holding a plan is the safe way: one key does it, and only two new approvals let the plan go on
  async function holdPlans(plans) {
    if (busy || !plans.length) return;
    busy = true;
    try {
      planTrouble = "";
      for (const plan of plans) {
        planTrouble ||= await post(`plans/${encodeURIComponent(plan)}/hold`, { reason: "operator" });
      }
      await refresh();
    } catch { lost(); } finally { busy = false; }
  }
  const heldBy = (buttons) => holdPlans([...buttons].map((button) => button.dataset.plan));

  // who says so is called no more, and nobody after them
  async function take(page) {
    if (busy) return;
    busy = true;
    try {
      callTrouble = await post(`pages/${encodeURIComponent(page)}/answer`, {});
      await refresh();
    } catch { lost(); } finally { busy = false; }
  }

  state.addEventListener("submit", (e) => { e.preventDefault(); act(e.target.dataset.action); });
  state.addEventListener("click", (e) => {
    const button = e.target.closest("button[type=button][data-action]");
    if (button) act(button.dataset.action);
    const plan = e.target.closest("button[data-plan]");
    if (plan) heldBy([plan]);
    const call = e.target.closest("button[data-call]");
    if (call) take(call.dataset.call);
  });
  state.addEventListener("input", drillReady);
  document.addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey || e.repeat || e.target.closest("input, textarea, select, summary, a")) return;
    const key = e.key.toLowerCase();
    if (key === "a") {
      // A goes to the decision, never past it: a code or a phrase has to be typed, or the button pressed
      e.preventDefault();
      const next = state.querySelector("form.go input, form.go button");
      (next ?? section())?.focus();
    }
    if (key === "h") { e.preventDefault(); state.querySelector("[data-action=withhold]")?.focus(); }
    if (key === "d") { e.preventDefault(); state.querySelector("[data-action=discard]")?.focus(); }
    if (key === "p") { e.preventDefault(); heldBy(state.querySelectorAll("button[data-plan]")); }
    if (key === "s") { e.preventDefault(); state.querySelector("button[data-call]")?.focus(); }
    if (key === "t") { e.preventDefault(); document.getElementById("towns")?.focus(); }
  });
  setSkew(); tick(); drillReady();
  setInterval(tick, 250);
  listen();
  window.__ready = true;
})();
