// A document opened at #FIGURE/MARK (@3: its third passage) shows exactly what the mark counts in it, at #?words the
// places of these words. The list of documents sends on to it.
const MOST = 500; // listed
const at = (id) => document.getElementById(id);
const make = (tag, ...inside) => { const made = document.createElement(tag); made.append(...inside); return made; };
const to = (href, ...inside) => Object.assign(make("a", ...inside), { href });
const data = JSON.parse(at("data").textContent), entry = "entry" in at("text").dataset;
const panel = at("passages"), list = at("snippets"), narrow = matchMedia("(max-width: 61.99rem)");
const link = (key, number) => "#" + encodeURIComponent(key).replaceAll("%2F", "/").replace(/^%3F/, "?") + (number ? "@" + (number + 1) : "");
const times = (n, what) => `${n} ${what}${n === 1 ? "" : "s"}`;
const page = (number, hash) => `evidence/${encodeURIComponent(data.documents[number])}.html${hash}`;
let open = null;

const address = () => {
  const [, key, number] = location.hash.slice(1).match(/^(.*?)(?:@(\d+))?$/s);
  try { return [decodeURIComponent(key), Number(number ?? 1) - 1]; } catch { return ["", 0]; }
};
const find = (key) => {
  const [figure, mark] = key.split("/"), has = Object.hasOwn;
  return has(data.figures, figure) && has(data.figures[figure].marks, mark) && { figure: data.figures[figure], mark: data.figures[figure].marks[mark] };
};

// The text nodes of the document in an element, without what the page adds.
const nodes = (element) => {
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT, (node) => (node.parentElement.closest(".x") ? 2 : 1)), found = [];
  while (walker.nextNode()) found.push(walker.currentNode);
  return found;
};
const text = (element) => nodes(element).map((node) => node.data).join("");
const wrap = (element, begin, end, whole) => {
  const made = [], range = document.createRange();
  let first = 0;
  for (const node of nodes(element)) {
    const { length } = node, from = Math.max(begin - first, 0), to = Math.min(end - first, length);
    if (from < to) {
      range.setStart(node, from);
      range.setEnd(node, to);
      made.push(make("mark"));
      range.surroundContents(made.at(-1));
      made.at(-1).classList.toggle("whole", whole);
    }
    first += length;
  }
  return made;
};

// Words that were typed: their places in a text, whatever their case and the spaces between them.
const places = (query, text) => {
  const words = query.trim().split(/\s+/).filter(Boolean).map((word) => word.replace(/[\\^$.*+?()[\]{}|\/]/g, "\\$&"));
  return words.length ? [...text.matchAll(new RegExp(words.join("\\s+"), "giu"))].map((one) => [one.index, one.index + one[0].length]) : [];
};
const snippet = (text, begin, end) => {
  const span = 60, most = 160, own = text.slice(begin, end), long = own.length > most, mark = make("mark", long ? own.slice(0, most) + "…" : own);
  mark.classList.toggle("whole", own === text);
  const before = text.slice(Math.max(0, begin - span), begin), after = long ? "" : text.slice(end, end + span);
  const words = make("span", begin > span ? before.replace(/^\S*/, "…") : before, mark, end + span < text.length ? after.replace(/\S*$/, "…") : after);
  words.dir = "auto";
  return words;
};

const close = () => {
  for (const mark of document.querySelectorAll(".t mark")) {
    const parent = mark.parentNode;
    mark.replaceWith(...mark.childNodes);
    parent.normalize();
  }
  for (const one of document.querySelectorAll(".here, .gave")) one.classList.remove("here", "gave");
  list.replaceChildren();
  document.documentElement.classList.remove("opened");
  panel.hidden = true;
  open = null;
};
const show = (key, title, chart, items, marks) => {
  at("heading").textContent = title;
  at("chart").replaceChildren(...chart);
  at("back").hidden = key.startsWith("?");
  at("back").href = at("back").getAttribute("href").split("#")[0] + link(key);
  at("steps").hidden = !marks.length;
  at("previous").hidden = at("next").hidden = marks.length < 2;
  list.replaceChildren(...items.map((one) => make("li", one)));
  panel.hidden = false;
  document.documentElement.classList.add("opened");
  open = { key, marks, now: 0 };
};

// In a document: the rows are [id, begin, end] or [id, words that stand in no text].
const unfolded = (runs) => runs.flatMap(([id, ...rest]) => {
  const found = [];
  while (rest.length) found.push([id, ...rest.splice(0, typeof rest[0] === "string" ? 1 : 2)]);
  return found;
});
const opened = (key, title, chart, rows) => {
  const places = rows.map(([id]) => at(id)), of = places.map((place) => place.querySelector(".t"));
  const items = rows.map(([, begin, end], number) => {
    const words = end === undefined ? make("mark", begin) : snippet(text(of[number]), begin, end);
    const one = to(link(key, number), make("b", places[number].dataset.name), " ", words);
    one.addEventListener("click", (event) => { event.preventDefault(); step(number); });
    return one;
  });
  const marks = rows.map(([, begin, end], number) => ({
    place: places[number],
    marks: end === undefined ? [] : wrap(of[number], begin, end, begin === 0 && end === text(of[number]).length),
  }));
  show(key, title, chart, items, marks);
};
const look = (number) => {
  if (!open.marks.length) return;
  open.now = number;
  for (const one of document.querySelectorAll("mark.now, .here")) one.classList.remove("now", "here");
  list.querySelector("[aria-current]")?.removeAttribute("aria-current");
  const { place, marks } = open.marks[number];
  for (const mark of marks) mark.classList.add("now");
  place.classList.add("here");
  at("which").textContent = `${number + 1} of ${open.marks.length}`;
  const item = list.children[number];
  item.firstElementChild.setAttribute("aria-current", "true");
  list.scrollTop = item.offsetTop;
  const first = marks[0] ?? place, tall = place.getBoundingClientRect().height > innerHeight * 0.6;
  first.scrollIntoView({ block: tall || narrow.matches ? "start" : "center" });
};
// Steps within a mark replace the address, so that Back leads to where one came from.
const step = (number) => {
  number = (number + open.marks.length) % open.marks.length;
  history.replaceState(null, "", link(open.key, number));
  look(number);
};
const passages = (key, { figure, mark: [said, total, labels, runs] }) => {
  for (const box of document.querySelectorAll("fieldset input")) box.checked = figure.on.includes(Number(box.id.slice(1)));
  const rows = unfolded(runs), more = [`Of ${total} places ${rows.length} are in this document: `, to("../evidence.html" + link(key), "all of them"), "."];
  opened(key, said, [`Counted in the chart “${figure.title}”. `, ...(total > rows.length ? more : [])], rows);
  for (const { place, marks } of open.marks) {
    if (!marks[0]?.classList.contains("whole")) continue;
    for (const one of labels) for (const word of place.querySelectorAll(`.m${one}:not(.not, .x)`)) word.classList.add("gave");
  }
};

// In the list of documents, to which old links to paragraphs lead, too: DOCUMENT-14.
const moved = (key) => {
  const name = data.documents.filter((one) => key.startsWith(one + "-")).sort().at(-1);
  if (name) location.replace(page(data.documents.indexOf(name), link(key.slice(name.length + 1))));
};
const sent = (key, { figure, mark: [said, here, away] }) => {
  const own = Object.entries(here);
  if (!away.length && own.length === 1) { location.replace(page(own[0][0], link(key))); return; }
  const items = own.map(([number, n]) => to(page(number, link(key)), make("b", data.names[number]), `: ${times(n, "place")}`));
  const group = new Map(data.groups.flatMap((one) => one.documents.map((name) => [name, one])));
  items.push(...away.map((number) => data.passages[number]).map(([name, place, start, end, quoted, beside]) => {
    const { title, source } = group.get(name), [web] = source.match(/https?:\/\/[^\s;,<>"']*[^\s;,<>"'.]/) ?? [];
    const where = ` ${title === name ? "" : name + ", "}${place ? `paragraph with the key ${place.replace("¶", "")}, ` : ""}characters ${start}–${end}`;
    return make("span", make("b", title), where, ...(quoted ? [": ", make("q", quoted)] : []), ...(beside ? [" · ", to(beside, "beside the version before")] : []), ...(web ? [" · ", to(web, "where it is")] : []));
  }));
  show(key, said, [`Counted in the chart “${figure.title}”.`], items, []);
};
let words = null;
const everywhere = (key) => {
  words ??= JSON.parse(at("words").textContent);
  const query = key.slice(1), seen = new Map(), items = [];
  let n = 0;
  for (const [number, , name, text] of words) for (const [begin, end] of places(query, text)) {
    const before = seen.get(number) ?? 0;
    seen.set(number, before + 1);
    if (n++ >= MOST) continue;
    if (!before) items.push(make("b", data.names[number]));
    items.push(to(page(number, link(key, before)), make("b", name), " ", snippet(text, begin, end)));
  }
  show(key, `“${query}”: ${times(n, "place")} in ${times(seen.size, "document")}`, n > MOST ? [`The first ${MOST} are listed.`] : [], items, []);
};
const within = (key) => {
  const query = key.slice(1), rows = [...document.querySelectorAll(".block")].flatMap((block) =>
    places(query, text(block.querySelector(".t"))).map(([begin, end]) => [block.id, begin, end]));
  opened(key, `“${query}”: ${times(rows.length, "place")}`, [], rows);
};

const go = () => {
  const [key, number] = address(), searched = key.startsWith("?") && key.length > 1, found = searched || find(key);
  if (open && open.key !== key) close();
  if (!found) return entry && moved(key);
  if (searched) at("query").value = key.slice(1);
  if (!open) (searched ? (entry ? everywhere : within) : entry ? sent : passages)(key, found);
  if (open) arrive(Math.min(Math.max(number, 0), open.marks.length - 1));
};
const arrive = (number = open.now) => {
  look(number);
  at("heading").focus({ preventScroll: !entry });
};

at("search").hidden = false;
at("find").addEventListener("submit", (event) => { event.preventDefault(); location.hash = link("?" + at("query").value.trim()); });
at("previous").addEventListener("click", () => step(open.now - 1));
at("next").addEventListener("click", () => step(open.now + 1));
at("to").addEventListener("click", () => { const { place } = open.marks[open.now]; place.tabIndex = -1; place.focus({ preventScroll: true }); });
addEventListener("keydown", (event) => {
  if (!open?.marks.length || event.ctrlKey || event.metaKey || event.altKey || event.target.matches?.("[type=search]")) return;
  if (event.key === "n") step(open.now + 1);
  if (event.key === "p") step(open.now - 1);
  if (event.key === "Escape") at("heading").focus({ preventScroll: true });
});
if (narrow.matches && at("choose")) at("choose").open = false;
addEventListener("hashchange", go);
addEventListener("load", () => setTimeout(() => { if (open) arrive(); })); // browsers go to the anchor last
go();
