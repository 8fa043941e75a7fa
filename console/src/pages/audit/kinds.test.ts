import { expect, test } from "vitest";
import { askedOf } from "./kinds.ts";

test("the last day of a filter is part of it", () => {
  const asked = askedOf({ since: "2026-11-01", until: "2026-11-01", what: "keys", who: "1" });
  expect(asked.kinds).toEqual(["API_KEY_CREATED", "API_KEY_REVOKED"]);
  expect(asked.actor_id).toBe("1");
  expect(asked).toMatchObject({
    since: new Date("2026-11-01T00:00:00").toISOString(),
    until: new Date("2026-11-02T00:00:00").toISOString(),
  });
});

test("what makes no sense in an address is no filter", () => {
  expect(askedOf({ what: "nonsense", since: "yesterday" })).toEqual({ page_size: 50 });
});
