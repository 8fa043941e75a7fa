// One of several, chosen from a list that opens.
import { Button, Label, ListBox, ListBoxItem, Popover, Select, SelectValue } from "react-aria-components";

/** `options`: texts by what they stand for. */
export function Choice<Key extends string>({
  label,
  options,
  value,
  onChange,
  isDisabled = false,
  isLabelSpoken = false,
}: {
  label: string;
  options: readonly (readonly [Key, string])[];
  value: Key | null;
  onChange: (key: Key) => void;
  isDisabled?: boolean;
  /** Where the place says already what is chosen, the label is for screen readers alone. */
  isLabelSpoken?: boolean;
}) {
  return (
    <Select
      value={value}
      onChange={(key) => key !== null && onChange(key as Key)}
      isDisabled={isDisabled}
      {...(isLabelSpoken && { "aria-label": label })}
    >
      {!isLabelSpoken && <Label>{label}</Label>}
      <Button>
        <SelectValue />
        <span aria-hidden="true">▾</span>
      </Button>
      <Popover>
        <ListBox>
          {options.map(([key, text]) => (
            <ListBoxItem key={key} id={key} textValue={text}>
              <bdi>{text}</bdi>
            </ListBoxItem>
          ))}
        </ListBox>
      </Popover>
    </Select>
  );
}
