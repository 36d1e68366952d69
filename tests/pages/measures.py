"""What is measured on a page, as JavaScript expressions that the browser evaluates."""

from __future__ import annotations

SHOW_ALL = "document.querySelectorAll('details').forEach((node) => { node.open = true })"
"""Open everything that can be folded, so that it is measured too."""

SIDEWAYS = """
(() => {
  const wide = document.documentElement.clientWidth;
  const found = [];
  if (document.documentElement.scrollWidth > wide) found.push(`page: ${document.documentElement.scrollWidth} > ${wide}`);
  for (const node of document.body.querySelectorAll('*')) {
    if (node.closest('svg') && node.tagName !== 'svg' || node.closest('.skip, thead, .defs, script')) continue;
    const box = node.getBoundingClientRect();
    if (box.width && (box.right > wide + 0.5 || box.left < -0.5)) found.push(`${node.tagName}.${node.className?.baseVal ?? node.className}: ${box.left} to ${box.right}`);
    if (node.scrollWidth > node.clientWidth + 1 && node.clientWidth && getComputedStyle(node).display !== 'inline') found.push(`${node.tagName}.${node.className} holds ${node.scrollWidth} in ${node.clientWidth}`);
  }
  return found;
})()
"""
"""Whatever reaches beyond the window, or out of the box it belongs in."""

CROWDED = """
(() => {
  const found = [];
  for (const drawing of document.querySelectorAll('svg.fig')) {
    const frame = drawing.getBoundingClientRect();
    if (!frame.width) continue;
    const words = [...drawing.querySelectorAll('text')].map((node) => {
      const box = node.getBoundingClientRect();
      const trim = 0.17 * box.height;  // the box holds room for accents and descenders above and below the letters
      return { text: node.textContent, left: box.left, right: box.right, top: box.top + trim, bottom: box.bottom - trim };
    });
    words.forEach((one, i) => {
      if (one.left < frame.left - 0.5 || one.right > frame.right + 0.5 || one.top < frame.top - 0.5 || one.bottom > frame.bottom + 0.5)
        found.push(`${drawing.id}: "${one.text}" leaves the drawing`);
      for (const other of words.slice(i + 1))
        if (one.left < other.right - 1 && other.left < one.right - 1 && one.top < other.bottom - 0.5 && other.top < one.bottom - 0.5)
          found.push(`${drawing.id}: "${one.text}" covers "${other.text}"`);
    });
  }
  return found;
})()
"""
"""Words on drawings that cover each other or are cut off."""

WORD_WIDTHS = """
[...document.querySelectorAll('svg.fig text')].filter((node) => node.getBoundingClientRect().width && node.closest('svg').id !== '').map((node) =>
  [node.textContent, node.getAttribute('class') ?? '', node.getComputedTextLength()])
"""
"""Each text on a drawing with its classes and its true width in drawing units."""

FAINT = """
(() => {
  const parse = (text) => { const m = text.match(/[\\d.]+/g).map(Number); return [m[0], m[1], m[2], m[3] ?? 1]; };
  const over = (top, under) => [0, 1, 2].map((i) => top[i] * top[3] + under[i] * (1 - top[3])).concat(1);
  const light = (c) => { const f = (v) => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; };
    return 0.2126 * f(c[0]) + 0.7152 * f(c[1]) + 0.0722 * f(c[2]); };
  const ratio = (a, b) => { const [x, y] = [light(a), light(b)].sort((p, q) => q - p); return (x + 0.05) / (y + 0.05); };
  const probe = document.createElement('i');
  document.body.append(probe);
  const token = (name) => { probe.style.color = `var(${name})`; return parse(getComputedStyle(probe).color); };
  const ground = (node) => {
    const stack = [];
    for (let up = node; up; up = up.parentElement) {
      const colour = parse(getComputedStyle(up).backgroundColor);
      if (colour[3] > 0) stack.push(colour);
      if (colour[3] === 1) break;
    }
    return stack.reverse().reduce((under, top) => over(top, under), [255, 255, 255, 1]);
  };
  const grounds = (node) => {
    const drawing = node.closest('svg');
    if (!drawing) return [ground(node)];
    if (node.closest('.num')) return [token('--ink')];
    return drawing.classList.contains('plain') ? [ground(drawing)] : [token('--sea'), token('--land')];
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = new Map();
  let measured = 0;
  while (walker.nextNode()) {
    const node = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || node.closest('script, style, title, desc, thead, .skip, .hidden-words')) continue;
    const box = node.getBoundingClientRect();
    if (!box.width || !box.height) continue;
    const style = getComputedStyle(node);
    const colour = parse(node.closest('svg') ? style.fill : style.color);
    const size = parseFloat(style.fontSize);
    const need = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700) ? 3 : 4.5;
    for (const under of grounds(node)) {
      measured += 1;
      const got = ratio(over(colour, under), under);
      if (got < need) found.set(`${node.tagName}.${node.className?.baseVal ?? node.className}: ${got.toFixed(2)} < ${need} (${walker.currentNode.data.trim().slice(0, 30)})`, 1);
    }
  }
  return [measured, [...found.keys()]];
})()
"""
"""How many texts were measured, and which have less contrast than WCAG 2.2 level AA asks for."""

BROKEN_REFERENCES = """
(() => {
  const ids = [...document.querySelectorAll('[id]')].map((node) => node.id);
  const found = ids.filter((id, i) => ids.indexOf(id) !== i).map((id) => `twice: ${id}`);
  const must = (id, what) => { if (!ids.includes(id)) found.push(`${what}: ${id}`); };
  document.querySelectorAll('a[href^="#"]').forEach((node) => must(node.hash.slice(1), 'link'));
  for (const name of ['aria-labelledby', 'aria-describedby', 'for'])
    document.querySelectorAll(`[${name}]`).forEach((node) => node.getAttribute(name).split(' ').forEach((id) => must(id, name)));
  for (const name of ['fill', 'clip-path'])
    document.querySelectorAll(`[${name}^="url(#"]`).forEach((node) => must(node.getAttribute(name).slice(5, -1), name));
  return found;
})()
"""
"""Identifiers used twice, and links and references that lead nowhere."""

UNSPOKEN = """
[...document.querySelectorAll('svg')].filter((node) => node.getAttribute('aria-hidden') !== 'true'
  && !(node.getAttribute('role') === 'img' && (node.getAttribute('aria-label') || node.querySelector('title')?.textContent)))
  .map((node) => node.outerHTML.slice(0, 120))
"""
"""Drawings without a text alternative."""

MAPS = """
['overview', 'overview-narrow'].map((id) => document.getElementById(id)).map((node) => {
  const box = node.getBoundingClientRect();
  return { id: node.id, width: box.width, height: box.height,
    land: node.querySelector('.land')?.getAttribute('d').length ?? 0,
    path: node.querySelectorAll('.trk, .plan').length, words: node.querySelectorAll('text').length };
}).filter((map) => map.width > 0)
"""
"""The overview maps that are seen."""
