// What the tab of the browser is called: its page first, as tabs cut what is long at the end.
import { useEffect } from "react";

const APPLICATION = "CoderAI";

/** `names`: the page, then what it belongs to; without any, the title stays as it is. */
export function useTitle(...names: string[]): void {
  const title = [...names, APPLICATION].join(" – ");
  const isKnown = names.length > 0;
  useEffect(() => {
    if (isKnown) document.title = title;
  }, [title, isKnown]);
}
