// A field of a variable's definition as a text, for whoever compares two.
import type { Value } from "~/parts/values.ts";
import type { Definition, Field } from "./draft.ts";

/**
 * `word`: what a setting's value is called, such as "if_uncertain.FLAG"; the value itself where it has no word.
 *
 * `text`: a value as people read it.
 */
export function shownField(
  definition: Definition,
  field: Field,
  word: (field: Field, value: string) => string,
  text: (value: Value) => string,
): string {
  switch (field) {
    case "categories":
      return definition.categories
        .map(({ value, description }) => (description ? `${value}: ${description}` : value))
        .join("\n");
    case "depends_on":
      return definition.depends_on
        .map(({ variable, operator, value }) => `${variable} ${word(field, operator)} ${text(value)}`.trim())
        .join("\n");
    case "golden_examples":
      return definition.golden_examples
        .map((one) => [one.text, text(one.value), one.note].filter(Boolean).join(" · "))
        .join("\n");
    case "validation_rules": {
      const { min, max, pattern, allowed_values } = definition.validation_rules;
      const parts = [
        min !== null && `≥ ${text(min)}`,
        max !== null && `≤ ${text(max)}`,
        pattern,
        text(allowed_values as Value),
      ];
      return parts.filter(Boolean).join("\n");
    }
    case "default_value":
      return text(definition.default_value);
    case "reading":
      return definition.reading ? word(field, definition.reading) : "";
    default:
      return word(field, String(definition[field] ?? ""));
  }
}
