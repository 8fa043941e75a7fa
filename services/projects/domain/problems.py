"""What can be wrong with projects, their variables and prompts."""

from __future__ import annotations

from coderai.codebook.problems import ProjectInvalid as ProjectInvalid
from coderai.codebook.problems import VariableInUse as VariableInUse
from coderai.codebook.problems import VariableNameTaken as VariableNameTaken
from coderai.kit.errors import AlreadyExists, Changed, Conflict, InvalidInput, NotFound


class ProjectNotFound(NotFound):
    """There is no such project in this workspace."""


class ProjectChanged(Changed):
    """The project has changed since you read it: read it again, and decide anew."""


class VariableNotFound(NotFound):
    """There is no such variable in this workspace."""


class VariableChanged(Changed):
    """The variable has changed since you read it: read it again, and decide anew."""


class PromptNotFound(NotFound):
    """There is no such prompt version in this workspace."""


class NoVariables(Conflict):
    """The project has no variables yet: define at least one."""


class PromptReplaced(Conflict):
    """The variable has another active prompt than the refinement began with: have a new refinement made."""


class RefinementUsed(Conflict):
    """Another prompt of this refinement has been applied already."""


class PromptOutdated(Conflict):
    """The prompt version was written for another type or other categories than the variable has now."""


class ChangeUsed(Conflict):
    """The change has been done to another project."""


class TemplateNotFound(NotFound):
    """There is no such template in this workspace."""


class TemplateNameTaken(AlreadyExists):
    """The workspace has a template of this name already, or one of this name ships."""


class TemplateShips(Conflict):
    """A template that ships with CoderAI cannot be deleted."""


class TemplateSourceUnclear(InvalidInput):
    """A template is made either of a project or of YAML: name one of them."""


class TemplateNameInvalid(InvalidInput):
    """A template's name must have 1 to 200 characters."""


class TemplateNamesTaken(AlreadyExists):
    """The project has variables of the same names already."""


class ViewNotFound(NotFound):
    """You have no such view in this workspace."""


class ViewNameTaken(AlreadyExists):
    """You have a view of this name in the project already."""


class ViewInvalid(InvalidInput):
    """The view cannot be saved as it is."""


class TooManyViews(Conflict):
    """You have 50 views of this project: delete one that you do not need."""
