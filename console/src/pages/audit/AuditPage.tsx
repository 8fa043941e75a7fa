// Who did what in the workspace and when, newest first; for its owners.
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { Button, Input, Label, TextField } from "react-aria-components";
import { useTranslations } from "use-intl";
import { api } from "~/api/client.ts";
import { useRights, useSession } from "~/api/session.ts";
import { Choice } from "~/parts/Choice.tsx";
import { Loaded } from "~/parts/Loaded.tsx";
import { useTitle } from "~/parts/title.ts";
import style from "./AuditPage.module.css";
import { Entries } from "./Entries.tsx";
import { askedOf, GROUP_NAMES, isGroup } from "./kinds.ts";
import type { AuditSearch } from "./search.ts";

const route = getRouteApi("/inside/audit");

export function AuditPage() {
  const t = useTranslations("audit");
  const { isOwner } = useRights();
  useTitle(t("title"));
  return (
    <div className={style.page}>
      <h1>{t("title")}</h1>
      {isOwner ? (
        <>
          <p className="quiet">{t("about")}</p>
          <Filters />
          <List />
        </>
      ) : (
        <p>{t("ownersOnly")}</p>
      )}
    </div>
  );
}

function Filters() {
  const t = useTranslations("audit");
  const search = route.useSearch();
  const navigate = useNavigate();
  const workspaceId = useSession()?.workspace.id ?? "";
  const members = api.useQuery("get", "/v1/workspaces/{workspace_id}/members", {
    params: { path: { workspace_id: workspaceId } },
  });
  const projects = api.useQuery("get", "/v1/projects", { params: { query: { page_size: 200 } } });
  const set = (changed: Partial<Record<keyof AuditSearch, string>>) => {
    const given = Object.entries({ ...search, ...changed }).filter(([, text]) => text);
    void navigate({ to: "/audit", search: Object.fromEntries(given), replace: true });
  };
  const people = (members.data?.items ?? []).map((one) => [one.user_id, one.email] as const);
  const named = (projects.data?.items ?? []).map((one) => [one.id, one.name] as const);
  const isFiltered = Object.keys(search).length > 0;
  return (
    <search className={style.filters}>
      <Choice
        label={t("what")}
        options={[["all", t("groups.all")], ...GROUP_NAMES.map((name) => [name, t(`groups.${name}`)] as const)]}
        value={isGroup(search.what) ? search.what : "all"}
        onChange={(what) => set({ what: what === "all" ? "" : what })}
      />
      <Choice
        label={t("who")}
        options={[["all", t("everybody")], ...people]}
        value={search.who ?? "all"}
        onChange={(who) => set({ who: who === "all" ? "" : who })}
      />
      <Choice
        label={t("project")}
        options={[["all", t("allProjects")], ...named]}
        value={search.project ?? "all"}
        onChange={(project) => set({ project: project === "all" ? "" : project })}
      />
      <Day label={t("since")} value={search.since} choose={(since) => set({ since })} />
      <Day label={t("until")} value={search.until} choose={(until) => set({ until })} />
      {isFiltered && (
        <Button onPress={() => navigate({ to: "/audit", search: {}, replace: true })}>{t("clear")}</Button>
      )}
    </search>
  );
}

function Day({ label, value, choose }: { label: string; value: string | undefined; choose: (day: string) => void }) {
  return (
    <TextField type="date" value={value ?? ""} onChange={choose}>
      <Label>{label}</Label>
      <Input />
    </TextField>
  );
}

function List() {
  const t = useTranslations("audit");
  const tc = useTranslations("common");
  const search = route.useSearch();
  const entries = api.useInfiniteQuery(
    "get",
    "/v1/audit",
    { params: { query: askedOf(search) } },
    {
      pageParamName: "page_token",
      initialPageParam: "",
      getNextPageParam: (last: { next_page_token: string }) => last.next_page_token || undefined,
    },
  );
  return (
    <Loaded query={entries}>
      {({ pages }) => {
        const items = pages.flatMap((page) => page.items);
        if (items.length === 0) return <p role="status">{t("empty")}</p>;
        return (
          <>
            <Entries entries={items} />
            {entries.hasNextPage && (
              <div>
                <Button onPress={() => entries.fetchNextPage()} isDisabled={entries.isFetchingNextPage}>
                  {tc("more")}
                </Button>
              </div>
            )}
          </>
        );
      }}
    </Loaded>
  );
}
