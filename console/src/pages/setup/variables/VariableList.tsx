// A project's variables in the order of the columns: moved by dragging or by keyboard, opened, copied, deleted.
import { Button, GridList, GridListItem, useDragAndDrop } from "react-aria-components";
import { useTranslations } from "use-intl";
import { useRights } from "~/api/session.ts";
import { Confirm } from "~/parts/Confirm.tsx";
import { Mark } from "~/parts/marks.tsx";
import { Names } from "~/parts/Names.tsx";
import { ProblemNotice } from "~/parts/ProblemNotice.tsx";
import { tell } from "~/parts/toasts.tsx";
import { useDeleteVariable, useDuplicateVariable, useReorder, type Variable } from "../queries.ts";
import { moved } from "./order.ts";
import style from "./Variables.module.css";

export function VariableList({
  projectId,
  variables,
  open,
}: {
  projectId: string;
  variables: readonly Variable[];
  open: (variableId: string) => void;
}) {
  const t = useTranslations("setup.variables");
  const { mayEdit } = useRights();
  const reorder = useReorder(projectId);
  const { dragAndDropHooks } = useDragAndDrop({
    getItems: (keys) => [...keys].map((key) => ({ "text/plain": String(key) })),
    onReorder: ({ keys, target }) => {
      const position = target.dropPosition === "before" ? "before" : "after";
      reorder.mutate(moved(variables, keys as Set<string>, String(target.key), position));
    },
    isDisabled: !mayEdit,
  });
  return (
    <>
      {reorder.error !== null && <ProblemNotice error={reorder.error} />}
      <GridList
        aria-label={t("list")}
        items={variables}
        dragAndDropHooks={dragAndDropHooks}
        onAction={(key) => open(String(key))}
        className={style.list ?? ""}
        renderEmptyState={() => <p className="quiet">{t("none")}</p>}
      >
        {(variable) => (
          <GridListItem id={variable.id} textValue={variable.display_name} className={style.item ?? ""}>
            {mayEdit && (
              <Button slot="drag" className={`react-aria-Button plain ${style.handle}`}>
                <span aria-hidden="true">⠿</span>
              </Button>
            )}
            <VariableSummary variable={variable} />
            {mayEdit && <Acts variable={variable} open={open} />}
          </GridListItem>
        )}
      </GridList>
    </>
  );
}

function VariableSummary({ variable }: { variable: Variable }) {
  const t = useTranslations("setup.variables");
  const types = useTranslations("words.type");
  const { display_name, name, type, categories, instructions, required, depends_on, warnings } = variable;
  return (
    <div className={style.summary}>
      <div className={style.names}>
        <strong>
          <bdi>{display_name}</bdi>
        </strong>
        <code dir="ltr">{name}</code>
        <span className="quiet">{types(type)}</span>
        {required && <span className={style.tag}>{t("required")}</span>}
        {depends_on.length > 0 && <span className={style.tag}>{t("conditions", { count: depends_on.length })}</span>}
        {warnings.length > 0 && <Mark shape="⚠" text={warnings.join(" ")} tone="doubt" isShort />}
      </div>
      {instructions && (
        <span className={style.clamped} dir="auto">
          {instructions}
        </span>
      )}
      {categories.length > 0 && (
        <span className={`quiet ${style.clamped}`}>
          <Names of={categories.map(({ value }) => value)} />
        </span>
      )}
    </div>
  );
}

function Acts({ variable, open }: { variable: Variable; open: (variableId: string) => void }) {
  const t = useTranslations("setup.variables");
  const common = useTranslations("common");
  const remove = useDeleteVariable();
  const duplicate = useDuplicateVariable();
  const name = variable.display_name;
  return (
    <div className={style.itemActs}>
      <Button aria-label={t("editThis", { name })} onPress={() => open(variable.id)}>
        {common("edit")}
      </Button>
      <Button
        className="react-aria-Button plain"
        aria-label={t("duplicateThis", { name })}
        isDisabled={duplicate.isPending}
        onPress={() =>
          duplicate.mutate(variable, { onSuccess: () => tell({ text: t("duplicated", { name }), tone: "good" }) })
        }
      >
        {t("duplicate")}
      </Button>
      <Confirm
        trigger={
          <Button className="react-aria-Button plain" aria-label={t("deleteThis", { name })}>
            {common("delete")}
          </Button>
        }
        title={t("deleteTitle", { name })}
        label={common("delete")}
        act={() => remove.mutate(variable)}
      >
        {t("deleteAbout")}
      </Confirm>
      {(remove.error ?? duplicate.error) !== null && <ProblemNotice error={remove.error ?? duplicate.error} />}
    </div>
  );
}
