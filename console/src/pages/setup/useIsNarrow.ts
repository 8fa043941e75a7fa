// Whether the window is too narrow for two things side by side.
import { useSyncExternalStore } from "react";

const query = window.matchMedia("(max-width: 64rem)");

const subscribe = (changed: () => void) => {
  query.addEventListener("change", changed);
  return () => query.removeEventListener("change", changed);
};

export const useIsNarrow = (): boolean => useSyncExternalStore(subscribe, () => query.matches);
