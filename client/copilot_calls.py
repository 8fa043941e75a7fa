"""The part of the API that suggests what a project could code, as methods of client.api.CoderAI."""

from __future__ import annotations

from coderai.client.calls import Calls
from coderai.client.models import ChangeSuggestion, SchemaReview, UnitSuggestions, VariableSuggestions


class CopilotCalls(Calls):
    """Suggestions, each kept as a proposal with quotes from the documents; nothing of the project is changed."""

    def suggest_variables(self, project_id: str, *, hint: str = "", limit: int = 8) -> VariableSuggestions:
        """Variables to add; `hint`: what you want to know, in words."""
        body = {"hint": hint, "limit": limit}
        answer = self._ask_model(f"projects/{project_id}/copilot/suggest-variables", body)
        return VariableSuggestions.model_validate(answer)

    def suggest_unit(self, project_id: str, *, hint: str = "") -> UnitSuggestions:
        """What a row could stand for; no items where the project's unit fits."""
        answer = self._ask_model(f"projects/{project_id}/copilot/suggest-unit", {"hint": hint})
        return UnitSuggestions.model_validate(answer)

    def suggest_categories(self, project_id: str, variable_id: str, *, hint: str = "") -> ChangeSuggestion:
        """A variable's categories by the values seen in the documents, with counts and quotes."""
        body = {"variable_id": variable_id, "hint": hint}
        answer = self._ask_model(f"projects/{project_id}/copilot/suggest-categories", body)
        return ChangeSuggestion.model_validate(answer)

    def suggest_instructions(self, variable_id: str, *, hint: str = "") -> ChangeSuggestion:
        """Better instructions for a variable."""
        answer = self._ask_model(f"variables/{variable_id}/suggest-instructions", {"hint": hint})
        return ChangeSuggestion.model_validate(answer)

    def review_schema(self, project_id: str) -> SchemaReview:
        """What is wrong or doubtful in the variables and the unit, the gravest first, with what would mend it."""
        return SchemaReview.model_validate(self._ask_model(f"projects/{project_id}/copilot/review-schema", {}))
