// Dates that are known in part: a year, a month of a year, or a day. As a text, parts stand between hyphens.
import { plainDigits } from "./numbers.ts";

/** What is typed of a date, part by part; empty where it is not known. */
export interface DateParts {
  year: string;
  month: string;
  day: string;
}

/** The parts of a text, which may be no date yet. */
export function partsOf(text: string): DateParts {
  const [year = "", month = "", ...rest] = text.split("-");
  return { year, month, day: rest.join("-") };
}

/** The text of what is typed; a whole date in one part, as it comes when it is pasted, is all of it. */
export function textOfParts(parts: DateParts): string {
  const whole = Object.values(parts).find((part) => /\d-\d/.test(part));
  if (whole !== undefined) return whole.trim();
  return [parts.year, parts.month, parts.day].join("-").replace(/-+$/, "");
}

/** The date in ISO 8601, as far as it is known; undefined where the text is none. */
export function dateIn(text: string): string | undefined {
  const parts = partsOf(text);
  const [month, day] = [parts.month.trim(), parts.day.trim()];
  const [y, m, d] = [parts.year, month, day].map(numberOf) as [number, number, number];
  if (!(y >= 1 && y <= 9999) || (day && !month)) return undefined;
  if (month && !(m >= 1 && m <= 12)) return undefined;
  if (day && !(d >= 1 && d <= daysIn(y, m))) return undefined;
  const written = [String(y).padStart(4, "0"), ...(month ? [two(m)] : []), ...(day ? [two(d)] : [])];
  return written.join("-");
}

const two = (number: number) => String(number).padStart(2, "0");

const daysIn = (year: number, month: number): number => {
  const last = new Date(0);
  // Years below 100 would be taken for those of the twentieth century.
  last.setUTCFullYear(year, month, 0);
  return last.getUTCDate();
};

/** A whole number; NaN where it is none. */
function numberOf(text: string): number {
  const typed = plainDigits(text.trim());
  return /^\d+$/.test(typed) ? Number(typed) : Number.NaN;
}
