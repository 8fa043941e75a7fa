"""The part of the API that keeps templates, as methods of client.api.CoderAI."""

from __future__ import annotations

from collections.abc import Iterator

from coderai.client.calls import Calls
from coderai.client.models import AppliedTemplate, Template, TemplatePreview
from coderai.messages.requests import IfNameTaken


class TemplateCalls(Calls):
    """Named copies of schemas: unit, variables, prompts, rules."""

    def save_template(self, name: str, *, project_id: str = "", yaml: str = "", description: str = "") -> Template:
        """Keeps a project's schema, or that of a project file's text, under a name.

        Raises:
            ApiError: template_name_taken, no_variables, project_yaml_invalid ...
        """
        source = {"project_id": project_id} if project_id else {"yaml": yaml}
        body = {"name": name, "description": description, **source}
        return Template.model_validate(self._session.post("templates", body))

    def templates(self) -> Iterator[Template]:
        """Those that ship with CoderAI first, then the workspace's by name; without their schemas."""
        return self._items(Template, "templates")

    def template(self, template_id: str) -> Template:
        """One with its schema, and the same as YAML; the id of one that ships is its name ("news-events")."""
        return Template.model_validate(self._session.get(f"templates/{template_id}"))

    def delete_template(self, template_id: str) -> None:
        """Deletes a template; projects keep what they have of it."""
        self._session.request("DELETE", f"templates/{template_id}")

    def preview_template(self, project_id: str, template_id: str) -> TemplatePreview:
        """What applying a template to a project would do: names that clash, what is added, the unit."""
        answer = self._session.get(f"projects/{project_id}/template-preview", template_id=template_id)
        return TemplatePreview.model_validate(answer)

    def apply_template(
        self, project_id: str, template_id: str, *, if_name_taken: IfNameTaken | None = None
    ) -> AppliedTemplate:
        """Gives a project the template's variables, and its unit and context where these are still empty, or nothing.

        `if_name_taken`: what becomes of variables whose names the project has; refused when None.

        Raises:
            ApiError: template_names_taken names them.
        """
        body = {"template_id": template_id} | ({"if_name_taken": if_name_taken} if if_name_taken else {})
        return AppliedTemplate.model_validate(self._session.post(f"projects/{project_id}/apply-template", body))
