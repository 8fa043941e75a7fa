import { expect, test } from "vitest";
import { addressOf, FIRST_WISH, requestOf, sizeOf } from "./formats.ts";

test("a format is sent what it knows and nothing else", () => {
  const excel = requestOf(FIRST_WISH, []);
  expect(excel.options).toEqual({ source: true, confidence: true, missing_reason: true });
  const csv = requestOf({ ...FIRST_WISH, format: "CSV", delimiter: ";", columns: ["candidates"] }, ["1"]);
  expect(csv.options).toEqual({ delimiter: ";", byte_order_mark: true, replace_line_breaks: false });
  expect(csv.choice?.document_ids).toEqual(["1"]);
  expect(requestOf({ ...FIRST_WISH, format: "BUNDLE", isLong: true }, []).layout).toBe("WIDE");
  expect(requestOf({ ...FIRST_WISH, format: "JSON", columns: ["candidates"] }, []).options).toEqual({
    candidates: true,
  });
});

test("rows of a run are not filtered", () => {
  const filtered = { ...FIRST_WISH, filter: ["people>=100"] };
  expect(requestOf(filtered, []).choice?.filter).toEqual(["people>=100"]);
  expect(requestOf({ ...filtered, jobId: "1" }, []).choice?.filter).toEqual([]);
});

test("a file's name stands in its address as it is", () => {
  expect(addressOf("1", "أحداث & more.csv")).toBe(
    "/v1/exports/1/download?file=%D8%A3%D8%AD%D8%AF%D8%A7%D8%AB%20%26%20more.csv",
  );
});

test("sizes are told as people say them", () => {
  expect(sizeOf(999, "en")).toBe("999 byte");
  expect(sizeOf(12_345, "en")).toBe("12.3 kB");
  expect(sizeOf(3_000_000, "en")).toBe("3 MB");
});
