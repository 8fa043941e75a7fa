// Fails where a language lacks a text that another one has, or has one in which other things are filled in.
import { readdir, readFile } from "node:fs/promises";

const ROOT = new URL("../src/i18n/", import.meta.url);
const LANGUAGES = ["en", "de", "ar"];

const texts = async (language) => {
  const found = new Map();
  for (const file of await readdir(new URL(`${language}/`, ROOT))) {
    const walk = (path, node) => {
      if (typeof node === "string") found.set(path, node);
      else for (const [key, child] of Object.entries(node)) walk(`${path}.${key}`, child);
    };
    walk(file.replace(/\.json$/, ""), JSON.parse(await readFile(new URL(`${language}/${file}`, ROOT), "utf8")));
  }
  return found;
};
// {name}, {name, plural, ...}; not what stands in the branches: one {One page}.
const FILLED = /(?<!(?:zero|one|two|few|many|other|=\d+) ?)\{(\w+)(?=[,}])/g;
const filled = (text) => [...new Set([...text.matchAll(FILLED)].map((match) => match[1]))].sort().join(" ");

const [first, ...others] = await Promise.all(LANGUAGES.map(texts));
const faults = [];
for (const [at, other] of others.entries()) {
  const name = LANGUAGES[at + 1];
  for (const [key, text] of first) {
    if (!other.has(key)) faults.push(`${name} lacks ${key}`);
    else if (filled(other.get(key)) !== filled(text)) faults.push(`${name} ${key} fills in other things than en`);
    if (other.get(key) === "" || text === "") faults.push(`${key} is empty`);
  }
  for (const key of other.keys()) if (!first.has(key)) faults.push(`${name} has ${key}, en has not`);
}
if (faults.length) {
  process.stderr.write(`${faults.join("\n")}\n`);
  process.exit(1);
}
