// Dates that are known in part: a year, a month of a year, or a day.

/** What is typed of a date, part by part; empty where it is not known. */
export interface DateParts {
  year: string;
  month: string;
  day: string;
}

export const NO_DATE: DateParts = { year: "", month: "", day: "" };

/** The date in ISO 8601, as far as it is known; null when the parts are no date. */
export function dateOf({ year, month, day }: DateParts): string | null {
  const [y, m, d] = [year, month, day].map(numberOf) as [number, number, number];
  const isYear = y >= 1 && y <= 9999;
  if (!isYear || (day.trim() && !month.trim())) return null;
  const whole = [String(y).padStart(4, "0")];
  if (month.trim()) {
    if (!(m >= 1 && m <= 12)) return null;
    whole.push(String(m).padStart(2, "0"));
  }
  if (day.trim()) {
    if (!(d >= 1 && d <= daysIn(y, m))) return null;
    whole.push(String(d).padStart(2, "0"));
  }
  return whole.join("-");
}

/** The parts of a date in ISO 8601. */
export function partsOf(date: unknown): DateParts {
  const [year = "", month = "", day = ""] = typeof date === "string" ? date.split("-") : [];
  return { year, month, day };
}

const daysIn = (year: number, month: number): number => {
  const last = new Date(0);
  // Years below 100 would be taken for those of the twentieth century.
  last.setUTCFullYear(year, month, 0);
  return last.getUTCDate();
};

/** A whole number in European, Arabic or Persian digits; NaN where it is none. */
function numberOf(text: string): number {
  const typed = text.trim().replace(/[\u0660-\u0669\u06f0-\u06f9]/g, (digit) => String(digit.charCodeAt(0) % 16));
  return /^\d+$/.test(typed) ? Number(typed) : Number.NaN;
}
