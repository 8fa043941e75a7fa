// The frame of all pages of whoever is signed in: where they are, where they can go, who they are.
import { useQuery } from "@tanstack/react-query";
import { Link, Outlet, useNavigate, useRouter } from "@tanstack/react-router";
import { useEffect } from "react";
import { Button, Menu, MenuItem, MenuTrigger, Popover } from "react-aria-components";
import { useTranslations } from "use-intl";
import { client } from "~/api/client.ts";
import { isProblem } from "~/api/problem.ts";
import { queries } from "~/api/queries.ts";
import { sessionQuery, useRights } from "~/api/session.ts";
import { Unsent } from "~/pages/review/Unsent.tsx";
import { Preferences } from "./Preferences.tsx";
import style from "./Shell.module.css";
import { Toasts } from "./toasts.tsx";
import { leaveUnsaved, UnsavedQuestion } from "./Unsaved.tsx";

export function Shell() {
  const t = useTranslations("common");
  useSignInWhenSignedOut();
  return (
    <div className={style.shell}>
      <a className={style.skip} href="#main">
        {t("skip")}
      </a>
      <header className={style.header}>
        <Link to="/" className={style.brand}>
          CoderAI
        </Link>
        <nav aria-label={t("workspace")} className={style.nav}>
          <WorkspaceLinks />
        </nav>
        <Unsent />
        <Preferences />
        <PersonMenu />
      </header>
      <main id="main" tabIndex={-1} className={style.main}>
        <Outlet />
      </main>
      <Toasts />
      <UnsavedQuestion />
    </div>
  );
}

function WorkspaceLinks() {
  const t = useTranslations("common");
  const { isOwner } = useRights();
  return (
    <>
      <Link to="/" activeOptions={{ exact: true }}>
        {t("projects")}
      </Link>
      <Link to="/people">{t("people")}</Link>
      {isOwner && <Link to="/audit">{t("audit")}</Link>}
      <Link to="/keys">{t("keys")}</Link>
    </>
  );
}

function PersonMenu() {
  const t = useTranslations("common");
  const session = useQuery(sessionQuery).data;
  const navigate = useNavigate();
  const router = useRouter();
  const signOut = async () => {
    await client.DELETE("/v1/auth/session");
    queries.clear();
    await navigate({ to: "/sign-in" });
    await router.invalidate();
  };
  if (!session) return null;
  return (
    <MenuTrigger>
      <Button className={`react-aria-Button plain ${style.person}`}>
        <bdi>{session.user.email || t("account")}</bdi>
      </Button>
      <Popover placement="bottom end">
        <Menu>
          <MenuItem onAction={() => navigate({ to: "/account" })}>{t("account")}</MenuItem>
          <MenuItem href="/docs" target="_blank">
            {t("api")}
          </MenuItem>
          <MenuItem onAction={() => void leaveUnsaved(signOut)}>{t("signOut")}</MenuItem>
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}

/** Goes to the sign-in page, and from there back here, once the session has ended. */
function useSignInWhenSignedOut() {
  const { error } = useQuery(sessionQuery);
  const navigate = useNavigate();
  const router = useRouter();
  useEffect(() => {
    if (isProblem(error) && error.status === 401) {
      void navigate({ to: "/sign-in", search: { to: router.state.location.href } });
    }
  }, [error, navigate, router]);
}
