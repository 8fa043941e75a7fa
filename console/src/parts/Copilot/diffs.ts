// Takes a unified diff apart into the lines that people look at.

export interface DiffLine {
  /** `part`: the name of what is changed. */
  kind: "added" | "removed" | "same" | "part";
  text: string;
}

/** Lines of a unified diff, without what only programs need; what `+++` names stands before its lines. */
export function linesOf(diff: string): DiffLine[] {
  const lines: DiffLine[] = [];
  let left = 0;
  for (const line of diff.split("\n")) {
    const hunk = /^@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@/.exec(line);
    if (hunk) left = Number(hunk[1] ?? 1) + Number(hunk[2] ?? 1);
    else if (left > 0) {
      const kind = line.startsWith("+") ? "added" : line.startsWith("-") ? "removed" : "same";
      left -= kind === "same" ? 2 : 1;
      lines.push({ kind, text: line.slice(1) });
    } else if (line.startsWith("+++ ") && line !== "+++ /dev/null") {
      lines.push({ kind: "part", text: line.slice(4) });
    }
  }
  return lines;
}
