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

/** Shows what is in it once there are texts; what people have typed stays while those of another language come. */
export function Localised({ children }: { children: ReactNode }) {
  const [language] = useLanguage();
  const texts = useQuery({
    queryKey: ["texts", language],
    queryFn: async () => ({ language, messages: (await TEXTS[language]()).default }),
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: keepPreviousData,
  });
  const locale = localeOf(texts.data?.language ?? language);

  useEffect(() => {
    document.documentElement.lang = locale;
    document.documentElement.dir = isRTL(locale) ? "rtl" : "ltr";
  }, [locale]);

  if (!texts.data) return null;
  return (
    <I18nProvider locale={locale}>
      <IntlProvider
        locale={locale}
        messages={texts.data.messages}
        timeZone={Intl.DateTimeFormat().resolvedOptions().timeZone}
      >
        {children}
      </IntlProvider>
    </I18nProvider>
  );
}
