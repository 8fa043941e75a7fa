import { expect, test } from "vitest";
import { bodyOf, startOptions } from "./options.ts";
import type { Job } from "./watched.ts";

const sample = { kind: "SAMPLE", status: "COMPLETE" } as Job;

test("a sample comes first, then what is left", () => {
  expect(startOptions([]).kind).toBe("SAMPLE");
  expect(startOptions([{ ...sample, status: "FAILED" }]).kind).toBe("SAMPLE");
  expect(startOptions([sample]).kind).toBe("FULL");
  expect(bodyOf(startOptions([sample]))).toEqual({
    kind: "FULL",
    leave_out_current: true,
    leave_out_duplicates: false,
  });
});

test("only what a kind of run knows is asked for", () => {
  const options = { ...startOptions([]), sampleSize: 5, isFirst: true, variables: ["place"], verify: "ALL" } as const;
  expect(bodyOf(options)).toEqual({
    kind: "SAMPLE",
    sample_size: 5,
    first_documents: true,
    leave_out_duplicates: false,
    variables: ["place"],
    verify: "ALL",
  });
});
