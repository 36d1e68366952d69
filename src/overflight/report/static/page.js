// What a script adds to the page: a slider along the flight, and a map to move about in.
// Everything the page says is there without it.
(() => {
  "use strict";
  const scene = JSON.parse(document.getElementById("scene").textContent);
  const moments = scene.moments;
  const tools = document.getElementById("tools");
  const live = document.getElementById("live");
  const button = document.getElementById("live-button");
  let map = null;
  let now = null;

  const two = (value) => String(value).padStart(2, "0");
  const clock = (seconds, offset) => {
    const at = new Date(scene.lift_off_ms + 1000 * (Math.round(seconds) + offset));
    return `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}`;
  };
  const elapsed = (seconds) => {
    const whole = Math.round(seconds);
    return whole < 60 ? `T+${whole} s` : `T+${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
  };
  const between = (times, rows, time) => {
    let i = 1;
    while (i < times.length - 1 && times[i] < time) i += 1;
    const share = Math.min(1, Math.max(0, (time - times[i - 1]) / (times[i] - times[i - 1])));
    const mix = (a, b) => a + share * (b - a);
    return Array.isArray(rows[i]) ? rows[i].map((value, k) => mix(rows[i - 1][k], value)) : mix(rows[i - 1], rows[i]);
  };

  const svg = (name, attributes, parent) => {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
    parent.appendChild(made);
    return made;
  };
  const markers = [];

  function show(time) {
    now = time;
    for (const { rows, node } of markers) {
      const [x, y] = between(moments.time_s, rows, time);
      node.setAttribute("transform", `translate(${x.toFixed(1)} ${y.toFixed(1)})`);
      node.classList.add("on");
    }
    const height = between(moments.time_s, moments.height_km, time);
    const planned = moments.flown_s !== null && time > moments.flown_s ? ", as planned" : "";
    const bold = document.createElement("b");
    bold.textContent = `${clock(time, scene.offset_s)} ${scene.zone}`;
    document.getElementById("moment-words").replaceChildren(
      bold, `, ${clock(time, 0)} UTC, ${elapsed(time)}: ${height < 10 ? height.toFixed(1) : Math.round(height)} km high${planned}`);
    if (map && map.getSource("here")) map.getSource("here").setData(here());
  }

  function here() {
    const found = now === null ? [] : [between(moments.time_s, moments.lonlat, now)];
    return { type: "FeatureCollection", features: found.map((at) => (
      { type: "Feature", properties: {}, geometry: { type: "Point", coordinates: at } })) };
  }

  if (moments) {
    for (const [id, rows] of Object.entries(moments.drawings)) {
      const drawing = document.getElementById(id);
      if (!drawing) continue;
      const node = svg("g", { class: "here", "aria-hidden": "true" }, drawing);
      svg("circle", { r: 6.5 }, node);
      markers.push({ rows, node });
    }
    const slider = document.getElementById("moment");
    slider.min = moments.time_s[0];
    slider.max = moments.time_s[moments.time_s.length - 1];
    slider.step = 1;
    slider.value = slider.min;
    slider.setAttribute("aria-valuetext", "lift-off");
    slider.addEventListener("input", () => {
      show(Number(slider.value));
      slider.setAttribute("aria-valuetext", document.getElementById("moment-words").textContent);
    });
    document.getElementById("moment-words").textContent = "Move the slider: the point moves on the map and on the curve below.";
    tools.hidden = false;
  }

  const unpack = async (text) => {
    const bytes = Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
    return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
  };
  const drawable = () => {
    try {
      return typeof DecompressionStream === "function" && !!document.createElement("canvas").getContext("webgl2");
    } catch { return false; }
  };

  async function load() {
    if (window.maplibregl) return;
    const [code, style] = document.getElementById("map-library").textContent.trim().split(" ");
    const sheet = document.createElement("style");
    sheet.textContent = await unpack(style);
    document.head.prepend(sheet);
    const script = document.createElement("script");
    script.textContent = await unpack(code);
    document.head.append(script);
    Object.assign(scene, JSON.parse(await unpack(scene.live)));
  }

  function hatch(colour) {
    const size = 16;
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = size;
    const pen = canvas.getContext("2d");
    pen.strokeStyle = colour;
    pen.globalAlpha = 0.55;
    pen.lineWidth = 1.6;
    for (const shift of [-size, 0, size]) {
      pen.beginPath();
      pen.moveTo(shift, 0);
      pen.lineTo(shift + size, size);
      pen.stroke();
    }
    return pen.getImageData(0, 0, size, size);
  }

  function styleOf(colour) {
    const of = (...kinds) => ["in", ["get", "kind"], ["literal", kinds]];
    const area = (id, kinds, paint) => ({ id, type: "fill", source: "items", filter: of(...kinds), paint });
    const line = (id, kinds, paint, layout = {}) => ({ id, type: "line", source: "items", filter: of(...kinds), paint, layout });
    const words = (id, kinds, layout, paint) => ({
      id, type: "symbol", source: "items", filter: of(...kinds),
      layout: { "text-field": ["get", "text"], "text-font": ["system-ui", "Noto Sans", "sans-serif"], "text-size": 12, "text-padding": 3, ...layout },
      paint: { "text-color": colour("--ink"), "text-halo-color": colour("--sea"), "text-halo-width": 1.4, ...paint },
    });
    const beside = { "text-variable-anchor": ["left", "right", "top", "bottom"], "text-radial-offset": 0.9 };
    return {
      version: 8,
      projection: { type: "globe" },
      sources: {
        land: { type: "geojson", data: scene.land, attribution: "Natural Earth" },
        items: { type: "geojson", data: { type: "FeatureCollection", features: scene.features } },
        here: { type: "geojson", data: here() },
      },
      layers: [
        { id: "sea", type: "background", paint: { "background-color": colour("--sea") } },
        { id: "land", type: "fill", source: "land", filter: ["==", ["get", "kind"], "land"], paint: { "fill-color": colour("--land"), "fill-outline-color": colour("--coast") } },
        { id: "lakes", type: "fill", source: "land", filter: ["==", ["get", "kind"], "water"], paint: { "fill-color": colour("--sea") } },
        { id: "coast", type: "line", source: "land", filter: ["<", ["length", ["get", "text"]], 1], paint: { "line-color": colour("--coast"), "line-width": 0.7 } },
        area("band", ["band"], { "fill-color": colour("--flight"), "fill-opacity": 0.12 }),
        area("place", ["place"], { "fill-color": colour("--place-soft"), "fill-outline-color": colour("--place-line") }),
        area("place-likely", ["place-likely"], { "fill-color": colour("--place"), "fill-outline-color": colour("--place-line") }),
        area("announced", ["announced"], { "fill-pattern": "hatch" }),
        line("announced-edge", ["announced"], { "line-color": colour("--announced"), "line-width": 1.6, "line-dasharray": [3, 2] }),
        area("computed", ["computed"], { "fill-color": colour("--computed"), "fill-opacity": 0.12 }),
        line("computed-edge", ["computed"], { "line-color": colour("--computed"), "line-width": 1.4 }),
        { id: "dots", type: "circle", source: "items", filter: of("dots"), paint: { "circle-radius": 1.5, "circle-color": colour("--computed"), "circle-opacity": 0.7 } },
        line("planned", ["planned"], { "line-color": colour("--flight"), "line-width": 2.4, "line-dasharray": [0.1, 2] }, { "line-cap": "round" }),
        line("flown", ["flown"], { "line-color": colour("--flight"), "line-width": 3 }, { "line-cap": "round", "line-join": "round" }),
        { id: "minutes", type: "circle", source: "items", filter: of("minute"), paint: { "circle-radius": 2.6, "circle-color": colour("--sea"), "circle-stroke-color": colour("--flight"), "circle-stroke-width": 1.6 } },
        { id: "events", type: "circle", source: "items", filter: of("event"), paint: { "circle-radius": 10, "circle-color": colour("--ink"), "circle-stroke-color": colour("--sea"), "circle-stroke-width": 1.5 } },
        words("land-names", ["country-name", "land-name"], { "symbol-sort-key": ["get", "rank"], "text-size": 11, "text-max-width": 8 }, { "text-color": colour("--ink-soft"), "text-halo-color": colour("--land") }),
        words("sea-names", ["sea-name"], { "symbol-sort-key": ["get", "rank"], "text-letter-spacing": 0.06, "text-max-width": 8 }, { "text-color": colour("--sea-ink") }),
        words("minute-names", ["minute"], { ...beside, "text-size": 11.5 }, { "text-color": colour("--flight") }),
        words("place-names", ["place-name"], beside, {}),
        words("fall-names", ["fall-name"], beside, { "text-color": colour("--computed") }),
        words("event-numbers", ["event"], { "text-field": ["get", "number"], "text-size": 11.5, "text-allow-overlap": true, "text-ignore-placement": true }, { "text-color": colour("--paper"), "text-halo-width": 0 }),
        { id: "here", type: "circle", source: "here", paint: { "circle-radius": 7, "circle-color": colour("--flight"), "circle-stroke-color": colour("--paper"), "circle-stroke-width": 2 } },
      ],
    };
  }

  function zoom() {
    const kmPerPixel = Math.max(scene.size_km[0] / live.clientWidth, scene.size_km[1] / live.clientHeight);
    const round = 40075 * Math.max(0.15, Math.cos(scene.centre[1] * Math.PI / 180));
    return Math.max(0, Math.log2(round / (512 * kmPerPixel)));
  }

  function build() {
    const sheet = getComputedStyle(document.documentElement);
    const colour = (name) => sheet.getPropertyValue(name).trim();
    const made = new window.maplibregl.Map({
      container: live, style: styleOf(colour), center: scene.centre, zoom: zoom(),
      attributionControl: { compact: true }, cooperativeGestures: true, maxZoom: 11,
    });
    made.on("styleimagemissing", (event) => {
      if (event.id === "hatch" && !made.hasImage("hatch")) made.addImage("hatch", hatch(colour("--announced")), { pixelRatio: 2 });
    });
    made.addControl(new window.maplibregl.NavigationControl({ visualizePitch: false }));
    made.addControl(new window.maplibregl.ScaleControl({ unit: "metric" }));
    const told = ["events", "computed", "announced", "place-likely", "place", "dots"];
    made.on("click", (event) => {
      const [hit] = made.queryRenderedFeatures(event.point, { layers: told });
      if (hit) new window.maplibregl.Popup({ maxWidth: "18rem" }).setLngLat(event.lngLat).setText(hit.properties.text).addTo(made);
    });
    made.once("idle", () => { window.__live = true; });
    return made;
  }

  function still(shown) {
    document.querySelectorAll(".still").forEach((node) => { node.hidden = !shown; });
    live.hidden = shown;
    button.setAttribute("aria-pressed", String(!shown));
    button.textContent = shown ? "Interactive map" : "Drawn map";
  }

  async function toggle() {
    if (!live.hidden) {
      map?.remove();
      map = null;
      window.__live = false;
      still(true);
      return;
    }
    button.disabled = true;
    try {
      await load();
      still(false);
      map = build();
    } catch (error) {
      still(true);
      button.hidden = true;
      document.getElementById("moment-words").textContent = `This browser cannot draw the interactive map (${error.message}).`;
    }
    button.disabled = false;
  }

  if (scene.live && drawable()) {
    button.hidden = false;
    tools.hidden = false;
    button.addEventListener("click", toggle);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
      if (map) {
        map.remove();
        map = build();
      }
    });
  }
  window.__ready = true;
})();
