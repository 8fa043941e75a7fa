// The text of a document with a field to look for words in it.
import { useQuery } from "@tanstack/react-query";
import { type RefObject, useDeferredValue, useMemo, useState } from "react";
import { Button, Input, Label, SearchField } from "react-aria-components";
import { useTranslations } from "use-intl";
import type { Schema } from "~/api/types.ts";
import { Loaded } from "../Loaded.tsx";
import { textQuery } from "./asked.ts";
import { DocumentText, type Marked } from "./DocumentText.tsx";
import style from "./DocumentView.module.css";
import { Offsets } from "./offsets.ts";
import { sectionsOf } from "./paragraphs.ts";
import type { Passage } from "./passage.ts";
import { find, MOST_FOUND } from "./search.ts";

interface Shown {
  document: Schema<"Document">;
  passages: readonly Passage[];
  focus: number;
  scroller: RefObject<HTMLElement | null>;
  onPage: (page: number) => void;
}

export function SearchedText({ document, ...shown }: Shown) {
  const t = useTranslations("documents.view");
  const text = useQuery(textQuery(document.id));
  return (
    <Loaded query={text} what={t("opening")}>
      {(read) => <ReadText read={read} {...shown} />}
    </Loaded>
  );
}

function ReadText({
  read,
  passages,
  focus,
  scroller,
  onPage,
}: Omit<Shown, "document"> & { read: Schema<"GetDocumentTextResponse"> }) {
  const { text, pages, name, language } = read;
  const offsets = useMemo(() => new Offsets(text), [text]);
  const sections = useMemo(() => sectionsOf(text, pages, offsets), [text, pages, offsets]);
  const [sought, setSought] = useState("");
  const [foundAt, setFoundAt] = useState(0);
  const soughtLater = useDeferredValue(sought);
  const found = useMemo(() => find(text, soughtLater), [text, soughtLater]);
  const marked = useMemo(
    () => [
      ...passages.map(
        ({ start, end, tone }): Marked => ({ start: offsets.toUnits(start), end: offsets.toUnits(end), mark: tone }),
      ),
      ...found.map((span): Marked => ({ ...span, mark: "found" })),
    ],
    [passages, found, offsets],
  );
  return (
    <>
      <Search
        sought={sought}
        seek={(words) => {
          setSought(words);
          setFoundAt(0);
        }}
        at={foundAt}
        count={found.length}
        go={setFoundAt}
      />
      <DocumentText
        name={name}
        language={language}
        text={text}
        sections={sections}
        marked={marked}
        focus={found.length ? marked[passages.length + foundAt] : marked[focus]}
        scroller={scroller}
        onPage={onPage}
      />
    </>
  );
}

interface Sought {
  sought: string;
  seek: (words: string) => void;
  at: number;
  count: number;
  go: (at: number) => void;
}

function Search({ sought, seek, at, count, go }: Sought) {
  const t = useTranslations("documents.view");
  const common = useTranslations("common");
  const next = (by: number) => count && go((at + by + count) % count);
  return (
    <div className={style.search}>
      <SearchField value={sought} onChange={seek} onSubmit={() => next(1)}>
        <Label className="react-aria-Label spoken">{t("find")}</Label>
        <Input dir="auto" placeholder={t("find")} />
      </SearchField>
      {sought.trim() !== "" && (
        <>
          <span role="status">
            {count
              ? t("found", { at: at + 1, count: count === MOST_FOUND ? `${count}+` : `${count}` })
              : common("none")}
          </span>
          <Button isDisabled={!count} aria-label={t("previousFound")} onPress={() => next(-1)}>
            <span aria-hidden="true">↑</span>
          </Button>
          <Button isDisabled={!count} aria-label={t("nextFound")} onPress={() => next(1)}>
            <span aria-hidden="true">↓</span>
          </Button>
        </>
      )}
    </div>
  );
}
