// Numbers as people type them: in European, Arabic or Persian digits, with the signs of their language.

/** A text with 0-9 for Arabic and Persian digits. */
export function plainDigits(text: string): string {
  return text.replace(/[\u0660-\u0669\u06f0-\u06f9]/g, (digit) => String(digit.charCodeAt(0) % 16));
}

/** A number with whole groups of three or without groups, a part after the point, a power of ten. */
const NUMBER = /^[+-]?(?:(?:\d{1,3}(?:_\d{3})+|\d+)(?:\.\d+)?|\.\d+)(?:e[+-]?\d+)?$/i;

/** The number that was typed; undefined where it is none, or could be read in two ways. */
export function numberIn(text: string, locale: string): number | undefined {
  const { decimal, group } = signsOf(locale);
  const signs = new Map([
    [".", "."],
    [",", "_"],
    ["٫", "."],
    ["٬", "_"],
    ["−", "-"],
    [group, "_"],
    [decimal, "."],
  ]);
  const typed = plainDigits(text.replace(/[\u200e\u200f\u061c]/g, "").trim()).replace(/[^\d]/g, (sign) =>
    /\s/.test(sign) ? "_" : (signs.get(sign) ?? sign),
  );
  if (!NUMBER.test(typed)) return undefined;
  const number = Number(typed.replaceAll("_", ""));
  return Number.isFinite(number) ? number : undefined;
}

/** A number as it would be typed: reading it gives the same number. */
export function numberText(number: number, locale: string): string {
  const format = new Intl.NumberFormat(locale, { useGrouping: false, maximumFractionDigits: 12 });
  const text = format.format(number);
  return numberIn(text, locale) === number ? text : String(number).replace(".", signsOf(locale).decimal);
}

function signsOf(locale: string): { decimal: string; group: string } {
  const parts = new Intl.NumberFormat(locale).formatToParts(-1234567.5);
  const signOf = (type: string) => parts.find((part) => part.type === type)?.value;
  return { decimal: signOf("decimal") ?? ".", group: signOf("group") ?? "_" };
}
