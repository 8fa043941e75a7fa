// A document's text, and places in it. Offsets of evidence count code points, JavaScript's strings UTF-16 units.
const CHUNK = 10000;
const shownText = { document: null, chunks: [], offsets: (at) => at, text: "" };

/** A function from offsets in code points to offsets in UTF-16 units. */
function unitOffsets(text) {
  const pairs = [];
  let points = 0;
  for (let at = 0; at < text.length; at += 1, points += 1) {
    const unit = text.charCodeAt(at);
    if (unit >= 0xd800 && unit <= 0xdbff && at + 1 < text.length && (text.charCodeAt(at + 1) & 0xfc00) === 0xdc00) {
      pairs.push(points);
      at += 1;
    }
  }
  if (!pairs.length) return (point) => Math.min(point, text.length);
  return (point) => {
    let low = 0;
    let high = pairs.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (pairs[middle] < point) low = middle + 1;
      else high = middle;
    }
    return Math.min(point + low, text.length);
  };
}

/** Where a block that begins there ends: behind a line break; where none comes, behind a space; else between characters. */
function blockEnd(text, from) {
  const most = from + 2 * CHUNK;
  for (const between of ["\n", " "]) {
    const at = text.slice(from + CHUNK, most).indexOf(between);
    if (at >= 0) return from + CHUNK + at + 1;
  }
  return (text.charCodeAt(most) & 0xfc00) === 0xdc00 ? most + 1 : most;
}

/** Where the text is cut into blocks: where pages begin, and at line breaks, so that no block is long. */
function cuts(text, pages) {
  const starts = new Map([[0, null]]);
  for (const [page, start] of pages) starts.set(start, page);
  const edges = [...starts.keys()].sort((left, right) => left - right);
  const found = [];
  edges.forEach((edge, at) => {
    const end = at + 1 < edges.length ? edges[at + 1] : text.length;
    let from = edge;
    while (end - from > CHUNK) {
      const next = blockEnd(text, from);
      if (next >= end) break;
      found.push({ start: from, end: next, page: from === edge ? starts.get(edge) : null });
      from = next;
    }
    if (from < end || at === 0) found.push({ start: from, end, page: from === edge ? starts.get(edge) : null });
  });
  return found;
}

async function showText(its) {
  const place = byId("text");
  if (shownText.document === its) return;
  const text = await textOf(its);
  // Another document was opened meanwhile.
  if (opened.row && opened.row.document !== its) return;
  const offsets = unitOffsets(text);
  const pages = (its.pages || []).map(([page, start]) => [page, offsets(start)]);
  const chunks = text ? cuts(text, pages) : [];
  place.replaceChildren();
  for (const chunk of chunks) {
    if (chunk.page !== null) place.append(make("p", { class: "page" }, `Page ${chunk.page}`));
    chunk.node = document.createTextNode(text.slice(chunk.start, chunk.end));
    chunk.element = make("div", { class: "chunk", lang: its.language || null }, chunk.node);
    place.append(chunk.element);
  }
  if (!text) place.append(make("p", { class: "none" }, its.status === "FAILED" ? "The document could not be read." : "The page does not have this document's text."));
  Object.assign(shownText, { document: its, chunks, offsets, text });
}

function point(offset) {
  const chunk = shownText.chunks.findLast((one) => one.start <= offset) || shownText.chunks[0];
  return [chunk.node, Math.min(offset - chunk.start, chunk.node.length)];
}

/** A range over the shown text, from code points. */
function rangeOf([start, end]) {
  const range = new Range();
  range.setStart(...point(shownText.offsets(start)));
  range.setEnd(...point(shownText.offsets(end)));
  return range;
}

const onlyWords = (text) => text.normalize("NFKC").toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "");

/** The ranges of a quote. None where the text at its places is not the quote: the text was read anew since. */
function quoteRanges(cell) {
  if (!cell.p || !shownText.chunks.length) return [];
  const ranges = cell.p.map(rangeOf);
  const there = onlyWords(ranges.map(String).join(" "));
  const quote = onlyWords(cell.q || "");
  if (quote && (!there || (!there.includes(quote) && !quote.includes(there)))) return [];
  return ranges.filter((range) => !range.collapsed);
}

const paints = typeof Highlight === "function" && typeof CSS === "object" && "highlights" in CSS;

function paint(name, ranges) {
  if (!paints) return;
  if (ranges.length) CSS.highlights.set(name, new Highlight(...ranges));
  else CSS.highlights.delete(name);
}

/** Highlights ranges; a browser without highlights selects the first of them. */
function highlight(quote, mention, others) {
  paint("other", others);
  paint("mention", mention);
  paint("quote", quote);
  const first = quote[0] || mention[0];
  if (!paints && first) getSelection().setBaseAndExtent(first.startContainer, first.startOffset, first.endContainer, first.endOffset);
  if (first) bringIntoView(first);
  else {
    sought = null;
    byId("text").scrollTop = 0;
  }
}

const SETTLED = 3;
const MOST_FRAMES = 30;
let sought = null;

/** Scrolls to a range. Blocks get their true heights only when they come into sight: it is centred until nothing moves any more. */
function bringIntoView(range) {
  const place = byId("text");
  let frames = 0;
  let still = 0;
  sought = range;
  const centre = () => {
    if (sought !== range) return;
    const before = place.scrollTop;
    const box = range.getBoundingClientRect();
    const around = place.getBoundingClientRect();
    place.scrollTop += box.top - around.top - (around.height - Math.min(box.height, around.height / 2)) / 2;
    still = place.scrollTop === before ? still + 1 : 0;
    frames += 1;
    if (still < SETTLED && frames < MOST_FRAMES) requestAnimationFrame(centre);
  };
  range.startContainer.parentElement.scrollIntoView({ block: "nearest" });
  centre();
}
