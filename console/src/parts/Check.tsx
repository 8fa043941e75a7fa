// A box to tick, with its text and, where that is not enough, what it does.
import type { ReactNode } from "react";
import { Checkbox } from "react-aria-components";
import style from "./Check.module.css";

export function Check({
  children,
  about,
  isSelected,
  onChange,
  isDisabled = false,
}: {
  children: ReactNode;
  about?: ReactNode;
  isSelected: boolean;
  onChange: (isSelected: boolean) => void;
  isDisabled?: boolean;
}) {
  return (
    <Checkbox
      className={`react-aria-Checkbox ${style.check}`}
      isSelected={isSelected}
      onChange={onChange}
      isDisabled={isDisabled}
    >
      {(state) => (
        <>
          <span className="box" aria-hidden="true">
            {state.isSelected && "✓"}
          </span>
          <span className={style.text}>
            <span>{children}</span>
            {about !== undefined && <span className={style.about}>{about}</span>}
          </span>
        </>
      )}
    </Checkbox>
  );
}
