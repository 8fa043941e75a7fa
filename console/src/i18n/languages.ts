// The languages of the interface, and which one a person has.
import { useLocalStore } from "~/parts/local-store.ts";

export const LANGUAGES = { en: "English", de: "Deutsch", ar: "العربية" } as const;
export type Language = keyof typeof LANGUAGES;

const isLanguage = (text: string): text is Language => text in LANGUAGES;

/** The first of the browser's languages that there is. */
function preferred(): Language {
  const spoken = navigator.languages.map((tag) => tag.split("-")[0] ?? "");
  return spoken.find(isLanguage) ?? "en";
}

/** The language of the interface, kept in this browser. */
export function useLanguage(): [Language, (language: Language) => void] {
  const [kept, keep] = useLocalStore("language");
  return [kept && isLanguage(kept) ? kept : preferred(), keep];
}

/** The locale of dates, numbers and order: the browser's variant of the language, if it has one. */
export function localeOf(language: Language): string {
  return navigator.languages.find((tag) => tag.split("-")[0] === language) ?? language;
}
