// Language and colours of the interface.
import { useEffect } from "react";
import { Button, Menu, MenuItem, MenuTrigger, Popover } from "react-aria-components";
import { useTranslations } from "use-intl";
import { LANGUAGES, type Language, useLanguage } from "~/i18n/languages.ts";
import { useLocalStore } from "./local-store.ts";

const THEMES = ["system", "light", "dark"] as const;

/** Two menus; they also stand on the page where nobody is signed in. */
export function Preferences() {
  const t = useTranslations("common");
  const [language, setLanguage] = useLanguage();
  const [kept, setTheme] = useLocalStore("theme");
  const theme = THEMES.find((one) => one === kept) ?? "system";

  useEffect(() => {
    if (theme === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
  }, [theme]);

  return (
    <div className="row">
      <MenuTrigger>
        <Button className="react-aria-Button plain" aria-label={`${t("language")}: ${LANGUAGES[language]}`}>
          {LANGUAGES[language]}
        </Button>
        <Popover>
          <Menu
            aria-label={t("language")}
            selectionMode="single"
            disallowEmptySelection
            selectedKeys={[language]}
            onAction={(key) => setLanguage(key as Language)}
          >
            {Object.entries(LANGUAGES).map(([code, name]) => (
              <MenuItem key={code} id={code} lang={code}>
                {name}
              </MenuItem>
            ))}
          </Menu>
        </Popover>
      </MenuTrigger>
      <MenuTrigger>
        <Button className="react-aria-Button plain" aria-label={`${t("theme.name")}: ${t(`theme.${theme}`)}`}>
          {t(`theme.${theme}`)}
        </Button>
        <Popover>
          <Menu
            aria-label={t("theme.name")}
            selectionMode="single"
            disallowEmptySelection
            selectedKeys={[theme]}
            onAction={(key) => setTheme(String(key))}
          >
            {THEMES.map((one) => (
              <MenuItem key={one} id={one}>
                {t(`theme.${one}`)}
              </MenuItem>
            ))}
          </Menu>
        </Popover>
      </MenuTrigger>
    </div>
  );
}
