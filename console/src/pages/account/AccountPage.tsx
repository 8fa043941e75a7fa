// What a person sets for themselves: password, sessions, language and colours, what is spent, the end of the account.
import { useTranslations } from "use-intl";
import { useSession } from "~/api/session.ts";
import { Preferences } from "~/parts/Preferences.tsx";
import { useTitle } from "~/parts/title.ts";
import style from "./AccountPage.module.css";
import { Deactivate } from "./Deactivate.tsx";
import { Password } from "./Password.tsx";
import { Sessions } from "./Sessions.tsx";
import { Spending } from "./Spending.tsx";

export function AccountPage() {
  const t = useTranslations("account");
  const common = useTranslations("common");
  const session = useSession();
  useTitle(common("account"));
  if (!session) return null;
  return (
    <div className={`stack ${style.page}`}>
      <h1>{common("account")}</h1>
      <p className={style.who}>
        <bdi>{session.user.email}</bdi> · {common("workspace")}: <bdi>{session.workspace.name}</bdi>
      </p>
      <section className="card stack" aria-labelledby="interface">
        <h2 id="interface">{t("interface")}</h2>
        <Preferences />
      </section>
      <Spending />
      <Password hasPassword={session.has_password} email={session.user.email} />
      <Sessions />
      <Deactivate hasPassword={session.has_password} email={session.user.email} />
    </div>
  );
}
