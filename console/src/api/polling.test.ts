// @vitest-environment jsdom
import { expect, test } from "vitest";
import { lookAgain, withPage } from "./polling.ts";

test("it is asked again while something is in motion, and later after errors", () => {
  const { refetchInterval } = lookAgain<number>((waiting) => (waiting ? 1_000 : false));
  const after = (data: number | undefined, status = "success", age = 0) =>
    refetchInterval({ state: { data, status, dataUpdatedAt: Date.now() - age } });
  expect(after(3)).toBe(1_000);
  expect(after(0)).toBe(false);
  expect(after(undefined)).toBe(false);
  expect(after(3, "error", 500)).toBe(1_000);
  expect(after(3, "error", 8_000)).toBeGreaterThanOrEqual(8_000);
  expect(after(3, "error", 3_600_000)).toBe(60_000);
});

test("a page that is loaded again takes its place, and tells of the whole list", () => {
  const page = (ids: string, count: number, next = "") => ({
    items: [...ids].map((id) => ({ id })),
    next_page_token: next,
    count,
  });
  const pages = [page("ab", 5, "1"), page("cd", 5, "2"), page("e", 5)];
  expect(withPage(pages, 1, page("de", 4, "3"))).toEqual([
    { ...page("ab", 4), next_page_token: "1" },
    page("de", 4, "3"),
    { ...page("", 5), items: [] },
  ]);
});
