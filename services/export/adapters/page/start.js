// Starts the page: keys that hold everywhere, and the rows as soon as they are unpacked.
function pageKey(event) {
  if (event.defaultPrevented || event.altKey || event.metaKey || event.ctrlKey || byId("dialog").open) return;
  const isTyping = event.target.closest("input");
  if (event.key === "Escape") {
    if (isTyping) byId("grid").focus();
    else closePlace();
    return;
  }
  if (isTyping) return;
  const keys = {
    "/": () => byId("search").focus(),
    "?": openKeys,
    n: () => step(1),
    N: () => step(-1),
  };
  if (!keys[event.key]) return;
  event.preventDefault();
  keys[event.key]();
}

function problem(message) {
  document.body.prepend(make("p", { class: "problem", role: "alert" }, message));
}

async function start() {
  if (typeof DecompressionStream !== "function") {
    problem("This browser is too old for the page: take one from 2023 or newer.");
    return;
  }
  try {
    await loadRows();
  } catch (error) {
    problem("The page is damaged: export it again, or copy the file again.");
    throw error;
  }
  tellHead();
  startGrid();
  startPlace();
  startFilters();
  startAbout();
  startPrinting();
  document.addEventListener("keydown", pageKey);
  renderAll();
  byId("grid").focus();
  document.documentElement.dataset.ready = "yes";
}

start();
