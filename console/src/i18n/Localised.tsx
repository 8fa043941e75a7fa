// Gives all pages their language, direction, dates and numbers.
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { type ReactNode, useEffect } from "react";
import { I18nProvider, isRTL } from "react-aria-components";
import { IntlProvider } from "use-intl";
import type en from "./en.ts";
import { type Language, localeOf, useLanguage } from "./languages.ts";

declare module "use-intl" {
  interface AppConfig {
    Messages: typeof en;
  }
}

const TEXTS: Record<Language, () => Promise<{ default: typeof en }>> = {
  en: () => import("./en.ts"),
  de: () => import("./de.ts"),
  ar: () => import("./ar.ts"),
};

/** Shows what is in it once the texts of the language are there. */
export function Localised({ children }: { children: ReactNode }) {
  const [language] = useLanguage();
  const locale = localeOf(language);
  const texts = useQuery({
    queryKey: ["texts", language],
    queryFn: async () => (await TEXTS[language]()).default,
    staleTime: Number.POSITIVE_INFINITY,
    // Pages stay, with what is typed in them, until the texts of another language are there.
    placeholderData: keepPreviousData,
  });

  useEffect(() => {
    document.documentElement.lang = locale;
    document.documentElement.dir = isRTL(locale) ? "rtl" : "ltr";
  }, [locale]);

  if (!texts.data) return null;
  return (
    <I18nProvider locale={locale}>
      <IntlProvider locale={locale} messages={texts.data} timeZone={Intl.DateTimeFormat().resolvedOptions().timeZone}>
        {children}
      </IntlProvider>
    </I18nProvider>
  );
}
