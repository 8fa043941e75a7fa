// Times and money of a run, as people write them.

const UNITS = [
  ["hour", 3600],
  ["minute", 60],
  ["second", 1],
] as const;

/** A duration by its two largest units: "2 hr 5 min", "40 sec". */
export function durationOf(seconds: number, locale: string): string {
  let left = Math.max(0, Math.round(seconds));
  const told: string[] = [];
  for (const [unit, size] of UNITS) {
    const count = Math.floor(left / size);
    left -= count * size;
    if (count > 0 || (unit === "second" && told.length === 0)) {
      told.push(new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "short" }).format(count));
    }
  }
  return new Intl.ListFormat(locale, { type: "unit", style: "narrow" }).format(told.slice(0, 2));
}

/** An amount of money; small ones with as many digits as it takes to see them. */
export function moneyOf(amount: number, currency: string, locale: string): string {
  const digits = amount > 0 && amount < 0.1 ? { maximumSignificantDigits: 2 } : {};
  const format = new Intl.NumberFormat(locale, { style: "currency", currency, ...digits });
  return format
    .formatToParts(amount)
    .map(({ type, value }) => (type === "currency" && LETTERS_AND_SIGN.test(value) ? `\u2066${value}\u2069` : value))
    .join("");
}

/** "US$", whose parts would change places in Arabic text were it not isolated. */
const LETTERS_AND_SIGN = /^[A-Z]+[^A-Z]/;
