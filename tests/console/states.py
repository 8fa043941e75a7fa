"""The states in which pages of the console are looked at: each a page, and what a person does there to reach it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from playwright.sync_api import Page, expect

from tests.support.browsing import unique
from tests.support.filled_workspace import BROKEN, FilledWorkspace

Who = Literal["owner", "viewer", "newcomer", "nobody"]
"""`viewer`: one of the workspace; `newcomer`: the same person in their own workspace, in which nothing is."""


@dataclass(frozen=True, slots=True)
class Look:
    """A page that is open, in English, and what there is to see."""

    page: Page
    workspace: FilledWorkspace


Step = Callable[[Look], object]


class State:
    """`path` has fields of FilledWorkspace in braces; the last of `steps` waits until the state is there."""

    def __init__(self, name: str, path: str, *steps: Step, who: Who = "owner") -> None:
        self.name, self.path, self.steps, self.who = name, path, steps, who

    def reach(self, look: Look) -> None:
        for step in self.steps:
            step(look)


def press(name: str, role: Any = "button") -> Step:
    return lambda look: look.page.get_by_role(role, name=name, exact=True).first.click()


def press_like(name: str) -> Step:
    """Presses a button that has this in its name: a select also says there what is chosen."""
    return lambda look: look.page.get_by_role("button", name=name).first.click()


def click(selector: str) -> Step:
    return lambda look: look.page.locator(selector).first.click()


def key(pressed: str) -> Step:
    return lambda look: look.page.keyboard.press(pressed)


def type_in(label: str, text: str) -> Step:
    return lambda look: look.page.get_by_label(label, exact=True).first.fill(text)


def says(text: str) -> Step:
    return lambda look: expect(look.page.get_by_text(text).first).to_be_visible()


def has(role: Any, name: str | None = None) -> Step:
    return lambda look: expect(look.page.get_by_role(role, name=name).first).to_be_visible()


def shows(selector: str) -> Step:
    return lambda look: expect(look.page.locator(selector).first).to_be_visible()


def unfold(look: Look) -> None:
    """Opens all that is folded."""
    look.page.locator("main details > summary").first.wait_for()
    look.page.evaluate("() => document.querySelectorAll('main details').forEach((one) => { one.open = true })")


def have_cells(look: Look) -> None:
    expect(look.page.locator("[data-at='0:1']")).to_have_attribute("aria-label", re.compile(r"\w"))


def choose_broken_document(look: Look) -> None:
    row = look.page.get_by_role("row").filter(has_text=BROKEN)
    row.locator("[role=gridcell]").nth(1).click()
    expect(look.page.get_by_role("complementary").get_by_role("alert")).to_be_visible()


def upload_nothing(look: Look) -> None:
    with look.page.expect_file_chooser() as chooser:
        press("Choose files")(look)
    chooser.value.set_files({"name": "empty.txt", "mimeType": "text/plain", "buffer": b""})


def import_known_answers(look: Look) -> None:
    lines = b"document,people,kind\nr0.txt,120,strike\nnowhere.txt,1,march\n"
    with look.page.expect_file_chooser() as chooser:
        press("Import a CSV …")(look)
    chooser.value.set_files({"name": "gold.csv", "mimeType": "text/csv", "buffer": lines})


def invite_somebody(look: Look) -> None:
    type_in("E-mail address", f"{unique('bo').replace(' ', '-')}@example.org")(look)
    press("Invite")(look)


def others_change_the_variable(look: Look) -> None:
    changed = {"instructions": "Theirs."}
    look.workspace.owner.http.patch(f"/v1/variables/{look.workspace.variable}", json=changed).raise_for_status()


def others_correct_the_cell(look: Look) -> None:
    owner, project = look.workspace.owner, look.workspace.judged
    cell = owner.get(f"projects/{project}/dataset/rows?variables=people")["items"][0]["cells"][0]
    owner.post(f"extractions/{cell['extraction_id']}/feedback", {"corrected_value": 300, "note": "— جلسوا"})


def others_judge_the_next_cell(look: Look) -> None:
    owner, project = look.workspace.owner, look.workspace.filled
    extraction = owner.get(f"projects/{project}/review")["items"][0]["extraction"]
    owner.post(f"extractions/{extraction['id']}/feedback", {"verdict": "INCORRECT", "note": "from elsewhere"})


PROJECT = "/projects/{filled}"
PAGES = {
    "projects": "/",
    "people": "/people",
    "activity": "/audit",
    "keys": "/keys",
    "account": "/account",
    "setup": f"{PROJECT}/setup",
    "variables": f"{PROJECT}/setup?view=schema",
    "proposals": f"{PROJECT}/setup?view=proposals",
    "templates": f"{PROJECT}/setup?view=templates",
    "documents": f"{PROJECT}/documents",
    "document": f"{PROJECT}/documents/{{report}}",
    "run": f"{PROJECT}/run",
    "data": f"{PROJECT}/data",
    "review": f"{PROJECT}/review",
    "prompts": "/projects/{refined}/prompts?variable={variable}",
    "quality": "/projects/{judged}/quality",
    "exports": f"{PROJECT}/exports",
}
"""The pages of somebody who is signed in, with something on each."""

VARIABLE = "/projects/{refined}/setup?view=schema&variable={variable}"
PROMPTS = PAGES["prompts"]

STATES = (
    State("sign in", "/sign-in", says("No account yet? Whoever runs this installation, or an owner"), who="nobody"),
    State(
        "sign in refused",
        "/sign-in",
        type_in("E-mail address", "nobody@example.org"),
        type_in("Password", "not the password"),
        key("Enter"),
        has("alert"),
        who="nobody",
    ),
    State("projects", "/", has("table"), shows("meter, progress")),
    State("projects empty", "/", says("Begin with your documents"), who="newcomer"),
    State("projects delete asked", "/", press("Delete Refined"), has("alertdialog")),
    State("projects viewer", "/", has("table"), who="viewer"),
    State("menu of languages", "/", press_like("Language"), has("menu")),
    State("menu of the person", "/", click("header button:has(bdi)"), has("menu")),
    State("page that is not there", "/projects/{filled}/nowhere", says("There is no such page")),
    State("project that is not there", f"/projects/{'0191a000-0000-7000-8000-000000000001'}/run", has("alert")),
    State("people", "/people", says("Invitations that wait for an answer"), has("table")),
    State("people viewer", "/people", has("table"), who="viewer"),
    State("people remove asked", "/people", click(".danger"), has("alertdialog")),
    State("people choice of a role", "/people", press_like("Role"), has("listbox")),
    State(
        "people invited",
        "/people",
        invite_somebody,
        says("Link of the invitation"),
    ),
    State("invitation", "/invitation#{invitation}", says("Accept")),
    State("invitation without an account", "/invitation#{invitation}", says("Make the account and join"), who="nobody"),
    State("invitation cut off", "/invitation", has("alert"), who="newcomer"),
    State("activity", "/audit", has("table")),
    State("activity none", "/audit?until=2020-01-01", says("Nothing that was done here matches.")),
    State("activity viewer", "/audit", says("Only owners of a workspace see who did what in it."), who="viewer"),
    State("keys", "/keys", has("table")),
    State("keys empty", "/keys", says("There is no key yet."), who="newcomer"),
    State("keys made", "/keys", type_in("Name", "import"), press("Make the key"), says("The key is shown this once.")),
    State("keys delete asked", "/keys", press("Delete nightly import"), has("alertdialog")),
    State("account", "/account", has("table")),
    State(
        "account passwords differ",
        "/account",
        type_in("Current password", "correct horse battery"),
        type_in("New password", "another long password"),
        type_in("New password, again", "yet another password"),
        press("Change the password"),
        says("This is not the same as above."),
    ),
    State("account sign out asked", "/account", press("Sign out everywhere"), has("alertdialog")),
    State("setup", PAGES["setup"], has("article"), shows("main table")),
    State("setup empty", "/projects/{empty}/setup", says("Nothing can be proposed yet")),
    State("setup viewer", PAGES["setup"], has("article"), who="viewer"),
    State("setup proposed", "/projects/{refined}/setup", press("Propose from the documents"), says("Propose again")),
    State("copilot begin anew asked", PAGES["setup"], press("Begin anew"), has("alertdialog")),
    State("variables", PAGES["variables"], shows("[role=row]")),
    State("variables empty", "/projects/{empty}/setup?view=schema", says("There is no variable yet")),
    State(
        "variables delete asked",
        PAGES["variables"],
        press("Delete Town"),
        has("alertdialog"),
    ),
    State("variable", VARIABLE, shows("main form textarea"), unfold),
    State(
        "variable that cannot be saved so",
        VARIABLE,
        press("Add a category"),
        press("Save"),
        says("Give the category a value."),
    ),
    State(
        "variable in conflict",
        VARIABLE,
        type_in("Instructions", "Mine. لي"),
        others_change_the_variable,
        press("Save"),
        says("Somebody else has changed this meanwhile"),
    ),
    State("proposals none", PAGES["proposals"], says("No proposal waits")),
    State("templates", PAGES["templates"], says("comes with CoderAI")),
    State(
        "template looked at",
        PAGES["templates"],
        press("See what it would do: News events"),
        press("See what it would do: Protests"),
        says("What becomes of these?"),
    ),
    State("documents", PAGES["documents"], shows("[role=grid] [role=row] a")),
    State("documents empty", "/projects/{empty}/documents", says("There are no documents yet")),
    State("documents viewer", PAGES["documents"], shows("[role=grid] [role=row] a"), who="viewer"),
    State("documents one chosen that is not read", PAGES["documents"], choose_broken_document),
    State(
        "documents delete asked",
        PAGES["documents"],
        choose_broken_document,
        press("Delete"),
        has("alertdialog"),
    ),
    State("documents file refused", PAGES["documents"], upload_nothing, has("alert")),
    State("document pages", PAGES["document"], shows("rect"), has("meter")),
    State("document text", f"{PROJECT}/documents/{{arabic}}", shows("p[dir=auto]"), has("meter")),
    State(
        "document searched for what is not there",
        f"{PROJECT}/documents/{{arabic}}",
        lambda look: look.page.get_by_placeholder("Find in the text").fill("no such words"),
        says("None"),
    ),
    State(
        "document that is not read",
        f"{PROJECT}/documents/{{broken}}",
        shows("main span[lang=en]"),
    ),
    State("run planned", PAGES["run"], says("What it takes"), shows("main dl"), unfold),
    State("run without variables", "/projects/{empty}/run", says("Set up variables")),
    State("run viewer", PAGES["run"], says("You may look at runs"), who="viewer"),
    State("run over", PAGES["run"], click("main tbody a"), says("What was found"), unfold, shows("td[lang=en]")),
    State("run paused", "/projects/{paused}/run", says("Why it is paused, and what you can do")),
    State("run cancel asked", "/projects/{paused}/run", press("Cancel the run"), has("alertdialog")),
    State("data", PAGES["data"], have_cells),
    State("data without columns", "/projects/{empty}/data", says("There are no columns yet")),
    State("data not coded yet", "/projects/{paused}/data", says("There are no rows yet")),
    State("data in percent", PAGES["data"], press("Confidence in %"), have_cells),
    State("data menu of a column", PAGES["data"], have_cells, click("[data-at='-1:3']"), has("dialog")),
    State(
        "data no row matches",
        f"{PAGES['data']}?filter=%5B%22participants%3E1000000%22%5D",
        says("No row matches"),
    ),
    State("data views", PAGES["data"], have_cells, press("Views"), has("dialog")),
    State("data columns", PAGES["data"], have_cells, press("Columns (8 of 8)"), has("dialog")),
    State("cell", PAGES["data"], have_cells, click("[data-at='0:1']"), says("Your verdict")),
    State("cell viewer", PAGES["data"], have_cells, click("[data-at='0:1']"), says("What people have"), who="viewer"),
    State(
        "cell corrected",
        PAGES["data"],
        have_cells,
        click("[data-at='1:3']"),
        press("Correct …"),
        says("Note for others (optional)"),
    ),
    State(
        "cell in conflict",
        "/projects/{judged}/data",
        have_cells,
        click("[data-at='0:1']"),
        press("Correct …"),
        type_in("Right value", "7"),
        others_correct_the_cell,
        press("Save"),
        says("Somebody else has changed this cell meanwhile."),
    ),
    State("review", PAGES["review"], shows("#cell"), has("table")),
    State("review viewer", PAGES["review"], shows("main h2"), has("status"), who="viewer"),
    State("review edit", PAGES["review"], shows("#cell"), key("e"), says("Save and go on")),
    State("review missing", PAGES["review"], shows("#cell"), key("m"), says("Why is there no value?")),
    State("review keys", PAGES["review"], shows("#cell"), key("?"), has("dialog")),
    State(
        "review done",
        "/projects/{judged}/review?queue=measure",
        says("What is known of the whole dataset"),
    ),
    State("review nothing coded", "/projects/{empty}/review", says("There are no rows yet")),
    State("review no sample", f"{PAGES['review']}?queue=measure", says("Measure how good the dataset is")),
    State(
        "review in conflict",
        PAGES["review"],
        shows("#cell"),
        others_judge_the_next_cell,
        key("a"),
        says("Keep mine all the same"),
    ),
    State("prompts", PROMPTS, says("active")),
    State("prompts none", "/projects/{empty}/prompts", says("There is no variable yet, and so no prompt.")),
    State("prompts viewer", PROMPTS, says("active"), who="viewer"),
    State(
        "prompts edited",
        PROMPTS,
        press("Edit as a new version: version 1"),
        says("Saving makes a new version, which is asked from then on;"),
    ),
    State("prompts sent", PROMPTS, press("What is sent", "tab"), says("The form that the reply must have"), unfold),
    State(
        "prompts options and a trial",
        PROMPTS,
        press("Make it better", "tab"),
        has("region", "What the trial shows"),
        unfold,
    ),
    State(
        "prompts choice asked",
        PROMPTS,
        press("Make it better", "tab"),
        click("main article .primary"),
        has("alertdialog"),
    ),
    State("quality", PAGES["quality"], says("Does confidence mean what it says?"), says("Known answers")),
    State("quality not measured", f"{PROJECT}/quality", says("not measured yet")),
    State("quality nothing coded", "/projects/{empty}/quality", says("There are no rows yet")),
    State("quality viewer", PAGES["quality"], says("Does confidence mean what it says?"), who="viewer"),
    State("quality known answers", PAGES["quality"], import_known_answers, says("What is wrong")),
    State("exports", PAGES["exports"], has("article"), unfold),
    State("exports empty", "/projects/{empty}/exports", says("Nothing was exported yet")),
    State("exports viewer", PAGES["exports"], has("article"), who="viewer"),
    State("exports delete asked", PAGES["exports"], has("article"), press("Delete"), has("alertdialog")),
)
