// Confirms an e-mail address by the link that was mailed to it, and has a new link mailed.
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button } from "react-aria-components";
import { useTranslations } from "use-intl";
import { client } from "~/api/client.ts";
import { isProblem } from "~/api/problem.ts";
import { queries } from "~/api/queries.ts";
import { sessionQuery } from "~/api/session.ts";
import { useSecret } from "~/parts/link-secret.ts";
import { ProblemNotice } from "~/parts/ProblemNotice.tsx";
import { Waiting } from "~/parts/Waiting.tsx";
import { isUsedUp, LinkPage, LinkProblem } from "./LinkPage.tsx";

export function VerifyEmailPage() {
  const t = useTranslations("links.verify");
  const token = useSecret();
  return <LinkPage title={t("title")}>{token ? <Confirm key={token} token={token} /> : <Current />}</LinkPage>;
}

/** Confirms by a click: programs that look through mails open the links in them, which must not use them up. */
function Confirm({ token }: { token: string }) {
  const t = useTranslations("links.verify");
  const links = useTranslations("links");
  const confirm = useMutation({
    mutationFn: () => client.POST("/v1/auth/verify-email", { body: { token } }),
    onSuccess: () => queries.invalidateQueries({ queryKey: sessionQuery.queryKey }),
  });
  if (confirm.isSuccess) {
    return (
      <>
        <p role="status">{t("done")}</p>
        <Link to="/">{links("toProjects")}</Link>
      </>
    );
  }
  return (
    <>
      {confirm.error !== null && <LinkProblem error={confirm.error} />}
      {isUsedUp(confirm.error) ? (
        <Current />
      ) : (
        <>
          <p>{t("ready")}</p>
          <div>
            <Button
              className="react-aria-Button primary"
              isDisabled={confirm.isPending}
              onPress={() => confirm.mutate()}
            >
              {t("confirm")}
            </Button>
          </div>
        </>
      )}
    </>
  );
}

/** Whether the address of who is signed in is confirmed; if not, has a link mailed. */
function Current() {
  const t = useTranslations("links.verify");
  const links = useTranslations("links");
  const session = useQuery(sessionQuery);
  if (session.data?.user.email_verified) {
    return (
      <>
        <p>{t.rich("confirmed", { email: () => <bdi>{session.data.user.email}</bdi> })}</p>
        <Link to="/">{links("toProjects")}</Link>
      </>
    );
  }
  if (session.data) return <Ask email={session.data.user.email} />;
  if (isProblem(session.error) && session.error.status === 401) {
    return (
      <>
        <p>{t("signInFirst")}</p>
        <Link to="/sign-in" search={{ to: "/verify-email" }}>
          {links("signIn")}
        </Link>
      </>
    );
  }
  if (session.error !== null) return <ProblemNotice error={session.error} retry={() => void session.refetch()} />;
  return <Waiting />;
}

function Ask({ email }: { email: string }) {
  const t = useTranslations("links.verify");
  const links = useTranslations("links");
  const ask = useMutation({ mutationFn: () => client.POST("/v1/auth/send-verification") });
  const address = { email: () => <bdi>{email}</bdi> };
  if (ask.isSuccess) {
    return (
      <div role="status">
        <p>{t.rich("sent", address)}</p>
        <p className="quiet">{links("onItsWay")}</p>
      </div>
    );
  }
  return (
    <>
      <p>{t.rich("notYet", address)}</p>
      {ask.error !== null && <LinkProblem error={ask.error} />}
      <div>
        <Button className="react-aria-Button primary" isDisabled={ask.isPending} onPress={() => ask.mutate()}>
          {t("ask")}
        </Button>
      </div>
    </>
  );
}
