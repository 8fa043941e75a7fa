// What the workspace spends on models this month, and what its owners let it spend.

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Button, Form, Input, Label, NumberField, Text } from "react-aria-components";
import { useFormatter, useLocale, useTranslations } from "use-intl";
import { api, client } from "~/api/client.ts";
import { useRights } from "~/api/session.ts";
import type { Schema } from "~/api/types.ts";
import { moneyOf } from "~/pages/run/amounts.ts";
import { Loaded } from "~/parts/Loaded.tsx";
import { ProblemNotice } from "~/parts/ProblemNotice.tsx";
import { Scroll } from "~/parts/Scroll.tsx";
import { tell } from "~/parts/toasts.tsx";
import { useList } from "~/parts/useList.ts";
import style from "./AccountPage.module.css";

type Usage = Schema<"GetModelUsageResponse">;

export function Spending() {
  const t = useTranslations("account.spending");
  const { isOwner } = useRights();
  const usage = api.useQuery("get", "/v1/model-usage");
  return (
    <section className="card stack" aria-labelledby="spending">
      <h2 id="spending">{t("title")}</h2>
      <Loaded query={usage}>
        {(known) => (
          <>
            <Sums usage={known} />
            <Lines items={known.items} />
            {isOwner && <Budget key={known.tokens_a_month} tokens={known.tokens_a_month} />}
          </>
        )}
      </Loaded>
    </section>
  );
}

function Sums({ usage }: { usage: Usage }) {
  const t = useTranslations("account.spending");
  const locale = useLocale();
  const list = useList();
  const cost = usage.items.reduce((sum, one) => sum + one.cost, 0);
  const budget = usage.tokens_a_month;
  return (
    <>
      <dl className={style.facts}>
        <dt>{t("month")}</dt>
        <dd>{list([t("tokens", { count: usage.tokens_of_month }), moneyOf(cost, "USD", locale)])}</dd>
        <dt>{t("day")}</dt>
        <dd>{list([t("tokens", { count: usage.tokens_of_day }), moneyOf(usage.dollars_of_day, "USD", locale)])}</dd>
        <dt>{t("budget")}</dt>
        <dd>{budget ? t("tokens", { count: budget }) : t("noBudget")}</dd>
        {usage.tokens_a_day > 0 && (
          <>
            <dt>{t("dayLimit")}</dt>
            <dd>{t("tokens", { count: usage.tokens_a_day })}</dd>
          </>
        )}
        {usage.dollars_a_day > 0 && (
          <>
            <dt>{t("dayLimit")}</dt>
            <dd>{moneyOf(usage.dollars_a_day, "USD", locale)}</dd>
          </>
        )}
      </dl>
      {budget > 0 && (
        <meter
          className={style.meter}
          min={0}
          max={budget}
          high={budget * 0.9}
          value={usage.tokens_of_month}
          aria-label={t("share")}
        />
      )}
    </>
  );
}

function Lines({ items }: { items: readonly Schema<"ModelUsage">[] }) {
  const t = useTranslations("account.spending");
  const format = useFormatter();
  const locale = useLocale();
  const projects = api.useQuery("get", "/v1/projects", { params: { query: { page_size: 200 } } });
  const names = new Map(projects.data?.items.map((project) => [project.id, project.name]));
  if (!items.length) return <p className="quiet">{t("nothing")}</p>;
  return (
    <Scroll label={t("title")}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t("project")}</th>
            <th scope="col">{t("purpose")}</th>
            <th scope="col">{t("model")}</th>
            <th scope="col" className="number">
              {t("calls")}
            </th>
            <th scope="col" className="number">
              {t("tokensName")}
            </th>
            <th scope="col" className="number">
              {t("cost")}
            </th>
          </tr>
        </thead>
        <tbody>
          {items.map((one) => (
            <tr key={`${one.project_id} ${one.purpose} ${one.model}`}>
              <th scope="row">
                <bdi>{names.get(one.project_id) ?? t("otherProject")}</bdi>
              </th>
              <td>{t(`purposes.${one.purpose}`)}</td>
              <td>
                <bdi>{one.model}</bdi>
              </td>
              <td className="number">{format.number(one.calls)}</td>
              <td className="number">{format.number(one.tokens_in + one.tokens_out)}</td>
              <td className="number">{moneyOf(one.cost, "USD", locale)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

function Budget({ tokens }: { tokens: number }) {
  const t = useTranslations("account.spending");
  const common = useTranslations("common");
  const [wanted, setWanted] = useState(tokens);
  const cache = useQueryClient();
  const set = useMutation({
    mutationFn: () => client.PUT("/v1/model-usage/budget", { body: { tokens_a_month: wanted } }),
    onSuccess: async () => {
      tell({ text: t("saved"), tone: "good" });
      await cache.invalidateQueries({ queryKey: ["get", "/v1/model-usage"] });
    },
  });
  return (
    <Form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        set.mutate();
      }}
    >
      <NumberField value={wanted} onChange={(value) => setWanted(Number.isNaN(value) ? 0 : value)} minValue={0}>
        <Label>{t("setBudget")}</Label>
        <Input className={`react-aria-Input ${style.budget}`} />
        <Text slot="description">{t("budgetWhy")}</Text>
      </NumberField>
      {set.error !== null && <ProblemNotice error={set.error} />}
      <div>
        <Button type="submit" isDisabled={wanted === tokens} isPending={set.isPending}>
          {common("save")}
        </Button>
      </div>
    </Form>
  );
}
