// Opened from a mark of a chart (#FIGURE/MARK, or #FIGURE/MARK@3 for its third
// passage), the page shows exactly the passages that mark counts.
(() => {
  "use strict";
  const MOST = 2000; // passages listed and marked at once
  const at = (id) => document.getElementById(id);
  const panel = at("passages"), list = at("snippets"), narrow = matchMedia("(max-width: 61.99rem)");
  let open = null; // { key, found, base, rows, marks, now, n }

  const address = () => {
    try { return decodeURIComponent(location.hash.slice(1)); } catch { return ""; }
  };

  // The marks of a figure are read when one of them is asked for.
  const books = new Map();
  for (const script of document.querySelectorAll("script[data-key]")) books.set(script.dataset.key, script);
  const find = (key) => {
    const script = books.get(key.slice(0, key.indexOf("/")));
    if (!script) return null;
    script.book ??= JSON.parse(script.textContent);
    return Object.hasOwn(script.book, key) ? { script, figure: script.dataset.figure, entry: script.book[key] } : null;
  };

  // [anchor, begin, end, begin, end, …] → one row per passage
  const rows = (runs) => runs.flatMap(([id, ...rest]) => {
    const found = [];
    for (let i = 0; i < rest.length;) {
      if (typeof rest[i] === "string") found.push({ id, sign: rest[i++] });
      else found.push({ id, begin: rest[i++], end: rest[i++] });
    }
    return found;
  });

  // The letters of the document in an element, without what the page adds.
  const root = (id) => { const found = at(id); return found && (found.querySelector(":scope > .t") ?? found); };
  const letters = (element) => {
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT, (node) =>
      node.nodeType === 1 ? (node.classList.contains("x") ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_SKIP) : NodeFilter.FILTER_ACCEPT);
    const found = [];
    for (let begin = 0; walker.nextNode(); begin += walker.currentNode.length) found.push({ node: walker.currentNode, begin });
    return found;
  };

  const wrap = (nodes, begin, end) => {
    const made = [];
    for (let i = nodes.length - 1; i >= 0; i--) {
      let { node, begin: first } = nodes[i];
      const from = Math.max(begin - first, 0), to = Math.min(end - first, node.length);
      if (from >= to) continue;
      const pieces = [{ node, begin: first }];
      if (to < node.length) pieces.push({ node: node.splitText(to), begin: first + to });
      if (from > 0) { node = node.splitText(from); pieces.splice(1, 0, { node, begin: first + from }); }
      const mark = document.createElement("mark");
      node.replaceWith(mark);
      mark.append(node);
      made.unshift(mark);
      nodes.splice(i, 1, ...pieces);
    }
    return made;
  };

  const close = () => {
    for (const mark of document.querySelectorAll("main mark")) {
      const parent = mark.parentNode;
      mark.replaceWith(...mark.childNodes);
      parent.normalize();
    }
    list.replaceChildren();
    document.querySelector(".here")?.classList.remove("here");
    document.documentElement.classList.remove("opened");
    panel.hidden = true;
    open = null;
  };

  const snippet = (text, row) => {
    const word = document.createElement("mark");
    if (row.sign !== undefined) { word.textContent = row.sign; return [word]; }
    const span = 45, most = 160;
    let from = row.begin > span ? text.lastIndexOf(" ", row.begin - span) + 1 : 0;
    if (row.begin - from > 2 * span) from = row.begin - span;
    const tail = row.end + span < text.length ? text.indexOf(" ", row.end + span) : -1;
    const to = tail < 0 || tail - row.end > 2 * span ? Math.min(text.length, row.end + 2 * span) : tail;
    const own = text.slice(row.begin, row.end);
    word.textContent = own.length > most ? own.slice(0, most) + "…" : own;
    const after = own.length > most ? "" : text.slice(row.end, to) + (to < text.length ? "…" : "");
    return [(from ? "…" : "") + text.slice(from, row.begin), word, after];
  };

  const item = (row, number, key, texts) => {
    const place = at(row.id)?.closest("[data-name]");
    const name = document.createElement("b");
    name.textContent = [place?.dataset.of, place?.dataset.name].filter(Boolean).join(" ") || row.id;
    const words = document.createElement("span");
    words.dir = "auto";
    if (row.begin === -1 || (row.sign === "" && place?.matches("li"))) words.textContent = place?.textContent.replace(/^.*?characters/, "characters") ?? "";
    else words.append(...snippet(texts.get(row.id) ?? "", row));
    const link = document.createElement("a");
    link.href = "#" + encodeURI(key).replaceAll("#", "%23") + "@" + (number + 1);
    link.append(name, " ", words);
    link.addEventListener("click", (event) => { event.preventDefault(); step(number); });
    const one = document.createElement("li");
    one.append(link);
    return one;
  };

  const show = (key, found, base = 0) => {
    const all = rows(found.entry[1]), shown = all.slice(base, base + MOST), n = all.length;
    const texts = new Map(), nodes = new Map(), marks = [];
    for (const { id } of shown) {
      if (texts.has(id) || !root(id)) continue;
      nodes.set(id, letters(root(id)));
      texts.set(id, nodes.get(id).map(({ node }) => node.data).join(""));
    }
    list.append(...shown.map((row, number) => item(row, base + number, key, texts)));
    list.start = base + 1;
    shown.forEach((row, number) => {
      marks[base + number] = row.sign === undefined && nodes.has(row.id) ? wrap(nodes.get(row.id), row.begin, row.end) : [];
    });
    at("mark").textContent = found.entry[0];
    at("chart").textContent = `Counted in the chart “${found.script.dataset.title}”.`;
    at("back").href = "index.html#" + encodeURIComponent(found.figure);
    at("more").hidden = n <= MOST;
    at("more").textContent = `Listed are places ${base + 1} to ${base + shown.length}; all are in ${found.figure}.evidence.csv.`;
    at("previous").hidden = at("next").hidden = n < 2;
    panel.hidden = false;
    document.documentElement.classList.add("opened");
    open = { key, found, base, rows: all, marks, now: base, n };
  };

  const look = (number) => {
    const only = at("only"); // a passage is shown whatever the filter hides
    if (only?.checked) { only.checked = false; count(); }
    if (number < open.base || number >= open.base + MOST) {
      const { key, found } = open;
      close();
      show(key, found, Math.floor(number / MOST) * MOST);
    }
    for (const mark of document.querySelectorAll("mark.now")) mark.classList.remove("now");
    list.querySelector("[aria-current]")?.removeAttribute("aria-current");
    open.now = number;
    const marks = open.marks[number], place = marks[0] ?? at(open.rows[number].id);
    for (const mark of marks) mark.classList.add("now");
    document.querySelector(".here")?.classList.remove("here");
    place?.closest("[data-name]")?.classList.add("here");
    at("which").textContent = `${number + 1} of ${open.n}`;
    const entry = list.children[number - open.base];
    entry.firstElementChild.setAttribute("aria-current", "true");
    const top = entry.offsetTop - list.offsetTop;
    if (top < list.scrollTop || top + entry.offsetHeight > list.scrollTop + list.clientHeight) list.scrollTop = top;
    const tall = marks.length && marks.at(-1).getBoundingClientRect().bottom - place.getBoundingClientRect().top > innerHeight * 0.6;
    place?.scrollIntoView({ block: tall || narrow.matches ? "start" : "center" });
  };

  // Steps within a mark replace the address, so that Back leads to where one came from.
  const step = (number) => {
    const to = (number + open.n) % open.n;
    history.replaceState(null, "", "#" + encodeURI(open.key).replaceAll("#", "%23") + (to ? "@" + (to + 1) : ""));
    look(to);
  };
  at("previous").addEventListener("click", () => step(open.now - 1));
  at("next").addEventListener("click", () => step(open.now + 1));

  // With the keyboard: into the text and, with Escape, back to the list.
  at("to").addEventListener("click", () => {
    const place = document.querySelector(".here");
    if (!place) return;
    place.tabIndex = -1;
    place.focus({ preventScroll: true });
  });
  addEventListener("keydown", (event) => { if (event.key === "Escape" && open) at("mark").focus({ preventScroll: true }); });

  const go = () => {
    const [, key, number] = address().match(/^(.*?)(?:@(\d+))?$/s);
    const found = find(key);
    if (open && open.key !== key) close();
    if (!found) return;
    if (!open) show(key, found);
    arrive(Math.min(Math.max(Number(number ?? 1) - 1, 0), open.n - 1));
  };
  const arrive = (number = open.now) => {
    look(number);
    at("mark").focus({ preventScroll: true });
  };

  // The filter works without this; here it learns to count and to choose all at once.
  const boxes = [...document.querySelectorAll(".filter fieldset input")];
  const count = () => {
    const on = boxes.filter((box) => box.checked).map((box) => ".has" + box.id.slice(1)).join();
    const all = document.querySelectorAll(".para").length;
    const left = on ? document.querySelectorAll(`.para:is(${on})`).length : 0;
    at("left").textContent = at("only").checked ? `${left} of ${all} paragraphs shown` : "";
  };
  if (boxes.length) {
    at("all").hidden = false;
    for (const button of at("all").querySelectorAll("button")) {
      button.addEventListener("click", () => { for (const box of boxes) box.checked = Boolean(button.value); count(); });
    }
    document.querySelector(".filter").addEventListener("change", count);
    if (narrow.matches) at("choose").open = false;
  }

  addEventListener("hashchange", go);
  addEventListener("load", () => setTimeout(() => { if (open) arrive(); })); // browsers go to the anchor last
  go();
})();
