// A field of a variable's definition as a text, for whoever compares two.
import { type Definition, type Field, typed } from "./draft.ts";

/** `word`: what a setting's value is called, such as "if_uncertain.FLAG"; the value itself where it has no word. */
export function shownField(
  definition: Definition,
  field: Field,
  word: (field: Field, value: string) => string,
): string {
  switch (field) {
    case "categories":
      return definition.categories
        .map(({ value, description }) => (description ? `${value}: ${description}` : value))
        .join("\n");
    case "depends_on":
      return definition.depends_on
        .map(({ variable, operator, value }) =>
          `${variable} ${word(field, operator)} ${typed(value).replaceAll("\n", ", ")}`.trim(),
        )
        .join("\n");
    case "golden_examples":
      return definition.golden_examples
        .map(({ text, value, note }) => [text, typed(value), note].filter(Boolean).join(" · "))
        .join("\n");
    case "validation_rules": {
      const { min, max, pattern, allowed_values } = definition.validation_rules;
      const parts = [
        min !== null && `≥ ${typed(min)}`,
        max !== null && `≤ ${typed(max)}`,
        pattern,
        typed(allowed_values).replaceAll("\n", ", "),
      ];
      return parts.filter(Boolean).join("\n");
    }
    case "default_value":
      return typed(definition.default_value);
    default:
      return word(field, String(definition[field] ?? ""));
  }
}
