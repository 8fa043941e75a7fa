// Names side by side, each kept apart: whatever direction one runs in, the others stay in order.
import { Fragment } from "react";

export function Names({ of }: { of: readonly string[] }) {
  return of.map((name, at) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: two may be the same, and they have no state
    <Fragment key={at}>
      {at > 0 && " · "}
      <bdi>{name}</bdi>
    </Fragment>
  ));
}
