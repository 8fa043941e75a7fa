// A document as people see it: pictures of its pages with rectangles where passages stand, or its text with them marked.
import { useMemo, useState } from "react";
import { useTranslations } from "use-intl";
import { api } from "~/api/client.ts";
import style from "./DocumentView/DocumentView.module.css";
import { OpenedDocument } from "./DocumentView/OpenedDocument.tsx";
import type { Passage } from "./DocumentView/passage.ts";
import type { Mode } from "./DocumentView/Toolbar.tsx";
import { Loaded } from "./Loaded.tsx";

export { loadAhead } from "./DocumentView/loadAhead.ts";

/**
 * Fills the height that it is given; where it is given none, most of the window's.
 *
 * `focus`: which of the passages is brought into view, by its place in the list.
 */
export function DocumentView({
  documentId,
  passages,
  focus = 0,
}: {
  documentId: string;
  passages: readonly Passage[];
  focus?: number;
}) {
  const t = useTranslations("documents.view");
  const [mode, setMode] = useState<Mode | null>(null);
  const [zoom, setZoom] = useState(1);
  const path = { document_id: documentId };
  const document = api.useQuery("get", "/v1/documents/{document_id}", { params: { path } });
  const same = useSame(passages);
  return (
    <div className={style.view}>
      <Loaded query={document} what={t("opening")}>
        {(opened) => (
          <OpenedDocument
            key={documentId}
            document={opened}
            passages={same}
            focus={focus}
            mode={mode}
            setMode={setMode}
            zoom={zoom}
            setZoom={setZoom}
          />
        )}
      </Loaded>
    </div>
  );
}

/** The same list for as long as it holds the same passages. */
function useSame(passages: readonly Passage[]): readonly Passage[] {
  const key = passages.map(({ start, end, tone }) => `${start} ${end} ${tone}`).join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key says what is in the list
  return useMemo(() => passages, [key]);
}
