// The side panel of the grid: the cell that the focus is at, once it is loaded.
import type { Schema } from "~/api/types.ts";
import { CellPanel } from "~/parts/CellPanel.tsx";
import { type Shown, useCell } from "./dataset.ts";
import type { At } from "./moves.ts";

export function PanelOfCell({
  shown,
  at,
  variable,
  isFocused,
  close,
}: {
  shown: Shown;
  at: At;
  variable: Schema<"Variable">;
  isFocused: boolean;
  close: () => void;
}) {
  const { row, cell } = useCell(shown, at.row, at.column - 1);
  return (
    <CellPanel
      projectId={shown.projectId}
      variable={variable}
      row={row}
      cell={cell}
      isFocused={isFocused}
      close={close}
    />
  );
}
