// The secret that a link brings behind `#`, which browsers send to no server.
import { useEffect, useState } from "react";

/** Takes it out of the address, and so out of the history; empty where there is none. */
export function takeSecret(): string {
  const secret = window.location.hash.slice(1);
  if (secret) window.history.replaceState(window.history.state, "", window.location.pathname + window.location.search);
  return secret;
}

/** What `take` takes when the page is opened, and when another link is opened in its place: that loads no page anew. */
export function useSecret(take: () => string = takeSecret): string {
  const [secret, setSecret] = useState(take);
  useEffect(() => {
    const takeNext = () => setSecret((before) => take() || before);
    window.addEventListener("hashchange", takeNext);
    return () => window.removeEventListener("hashchange", takeNext);
  }, [take]);
  return secret;
}
