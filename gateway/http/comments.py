"""What the fields of the API mean, for the OpenAPI document: by the protos, or by names that many messages have."""

from __future__ import annotations

from typing import Any

from coderai.kit.comments import comment_on

_USUAL = {
    "id": "Its id.",
    "project_id": "The project's id.",
    "document_id": "The document's id.",
    "document_name": "The document's name.",
    "variable_id": "The variable's id.",
    "variable": "The variable's name.",
    "job_id": "The job's id.",
    "unit_id": "The id of the row's unit.",
    "entity_text": "What the document calls the entity; empty for the document itself.",
    "change_id": "The change's id.",
    "extraction_id": "The extraction's id.",
    "feedback_id": "The feedback's id.",
    "sample_id": "The drawn sample's id.",
    "prompt_id": "The prompt version's id.",
    "refinement_id": "The refinement's id.",
    "proposal_id": "The proposal's id.",
    "template_id": "The template's id; of one that ships its name in lower case.",
    "message_id": "The message's id.",
    "export_id": "The export's id.",
    "upload_id": "The upload's id.",
    "items": "What is listed.",
    "page_size": "Most items to return, 1..200; 50 when absent.",
    "page_token": "Where to go on: the next_page_token of the page before; from the beginning when absent.",
    "next_page_token": "Where the next page begins, to be sent as page_token; empty after the last page.",
    "created_at": "When it was made; RFC 3339, UTC.",
    "author": "The id of the user who made it.",
    "note": "What its author noted.",
    "view_id": "The view's id.",
    "workspace_id": "The workspace's id.",
    "user_id": "The user's id.",
    "api_key_id": "The API key's id.",
    "session_id": "The session's id.",
    "invitation_id": "The invitation's id.",
}
"""What fields that many messages have mean, where the contract has no more to say of one."""


def field_comment(field: Any) -> str:
    """What a field means."""
    return comment_on(field.full_name) or usual_comment(field.name)


def usual_comment(name: str) -> str:
    """What a field or parameter of that name means, whatever has it; empty when the name does not tell."""
    return _USUAL.get(name, "")
