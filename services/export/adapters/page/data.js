// The page's data: blocks of JSON, most of them deflated and in Base64. All of it is data: it becomes text nodes alone.
const byId = (id) => document.getElementById(id);

async function unpacked(id) {
  const raw = atob(byId(id).textContent);
  const bytes = new Uint8Array(raw.length);
  for (let at = 0; at < raw.length; at += 1) bytes[at] = raw.charCodeAt(at);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return JSON.parse(await new Response(stream).text());
}

const about = JSON.parse(byId("about").textContent);
/** A row is {document, entity, place, cells}; it stands in the order of the dataset. */
const allRows = [];

async function loadRows() {
  for (let block = 0; block < about.blocks; block += 1) {
    const { documents } = await unpacked(`rows-${block}`);
    byId(`rows-${block}`).remove();
    for (const found of documents) {
      const { rows, ...its } = found;
      for (const row of rows) allRows.push({ ...row, document: its, index: allRows.length });
    }
  }
}

const groups = new Map();

/** A document's text; empty where the page does not have it. The last groups that were asked for are kept. */
async function textOf(its) {
  if (!its.text) return "";
  const [group, at] = its.text;
  if (!groups.has(group)) groups.set(group, unpacked(`texts-${group}`));
  const found = groups.get(group);
  groups.delete(group);
  groups.set(group, found);
  if (groups.size > 6) groups.delete(groups.keys().next().value);
  return (await found)[at];
}

/** An element with attributes, and with texts and elements in it. */
function make(name, attributes = {}, ...inside) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...inside.filter((one) => one !== null && one !== undefined && one !== ""));
  return element;
}

/** Text of the project or a document, whatever its direction. */
const own = (text) => make("bdi", {}, String(text));
