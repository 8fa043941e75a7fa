// What a person has chosen for this browser: small texts, the same in all tabs.
import { useSyncExternalStore } from "react";

const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener("storage", listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener("storage", listener);
  };
}

/** A text kept under a name; null when there is none. */
export function useLocalStore(name: string): [string | null, (text: string) => void] {
  const key = `coderai.${name}`;
  const text = useSyncExternalStore(subscribe, () => window.localStorage.getItem(key));
  const keep = (changed: string) => {
    window.localStorage.setItem(key, changed);
    for (const listener of listeners) listener();
  };
  return [text, keep];
}
