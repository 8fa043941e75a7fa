"""The client keeps what it promises when the network and the API do not."""

from pathlib import Path

import pytest
from scripted_api import Cut, ScriptedApi, job, problem, update
from starlette.responses import HTMLResponse

import coderai.client.event_stream
import coderai.client.session
from coderai.client.api import CoderAI
from coderai.client.errors import ApiError, ConnectionFailed, ExportFailed, WaitedTooLong


@pytest.fixture(autouse=True)
def _retry_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coderai.client.session, "_RETRY_DELAYS", (0.0, 0.0))
    monkeypatch.setattr(coderai.client.event_stream, "_RECONNECT_DELAYS", (0.0, 0.0, 0.0))


def watched(api: CoderAI, job_id: str, after: int | None = None) -> list[int]:
    return [u.sequence for u in api.watch_job(job_id, after=after)]


def a_job(server: ScriptedApi, documents: int = 4) -> str:
    server.jobs["j1"] = job("j1", documents_total=documents)
    over = job("j1", status="COMPLETE", documents_processed=documents)
    events = [update(n, "DOC_COMPLETED", job("j1", documents_processed=n)) for n in range(1, documents + 1)]
    server.updates["j1"] = [update(0, None, job("j1")), *events, update(documents + 1, "JOB_COMPLETED", over)]
    return "j1"


# Refusals


def test_a_refusal_says_what_is_wrong_with_which_field_and_how_to_find_it(server: ScriptedApi, api: CoderAI) -> None:
    refusal = problem(
        422, "variable_invalid", "the variable cannot be made", {"categories": "needs at least one value"}
    )
    server.refusals.append(("POST", "/variables", refusal))

    with pytest.raises(ApiError) as caught:
        api.create_variable("p1", name="form", type="CATEGORY")

    error = caught.value
    assert (error.status, error.code, error.correlation_id) == (422, "variable_invalid", "corr-1")
    assert error.errors == {"categories": "needs at least one value"}
    assert str(error) == "the variable cannot be made\n  categories: needs at least one value"


def test_a_proxys_page_is_told_in_its_first_line(server: ScriptedApi, api: CoderAI) -> None:
    server.refusals.append(("GET", "/projects", HTMLResponse("<h1>Forbidden</h1>\n<p>by the proxy", 403)))
    with pytest.raises(ApiError, match="<h1>Forbidden</h1>") as caught:
        list(api.projects())
    assert (caught.value.status, caught.value.code, caught.value.errors) == (403, "", {})


def test_what_was_seen_is_named_where_the_caller_says_so(server: ScriptedApi, api: CoderAI) -> None:
    changed = problem(412, "project_changed", "the project has changed since you read it")
    server.refusals.append(("PATCH", "/projects/p1", changed))
    with pytest.raises(ApiError) as caught:
        api.update_project("p1", if_match='"1"', name="Strikes")
    assert (caught.value.status, caught.value.code) == (412, "project_changed")
    assert server.conditions == [None, '"1"'], "signing in, then the change"


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_passing_fault_is_retried_under_the_same_idempotency_key(
    server: ScriptedApi, api: CoderAI, status: int
) -> None:
    server.refusals += [("POST", "/projects", problem(status, "busy", "later", retry_after="0"))] * 2

    assert api.create_project(name="P").name == "P"

    *_, first, second, third = server.keys
    assert first == second == third != ""


def test_another_request_has_another_idempotency_key(server: ScriptedApi, api: CoderAI) -> None:
    api.create_project(name="P")
    api.create_project(name="Q")
    assert len(set(server.keys)) == len(server.keys)


def test_a_fault_that_does_not_pass_is_raised(server: ScriptedApi, api: CoderAI) -> None:
    server.refusals += [("POST", "/projects", problem(503, "unavailable", "the projects service is away"))] * 3
    with pytest.raises(ApiError, match="the projects service is away"):
        api.create_project(name="P")


def test_a_long_wait_that_the_api_asks_for_is_the_callers_to_decide(server: ScriptedApi) -> None:
    refusal = problem(429, "too_many_attempts", "too many failed logins", retry_after="600")
    server.refusals.append(("POST", "/login", refusal))
    with CoderAI(server.url) as client, pytest.raises(ApiError, match="too many failed logins"):
        client.login("ada@example.org", "guess")
    assert server.count("POST", "/login") == 1


def test_nobody_at_the_url_is_said(server: ScriptedApi) -> None:
    with CoderAI("http://127.0.0.1:1") as client, pytest.raises(ConnectionFailed, match="no answer from http://127"):
        client.login("ada@example.org", "secret")


# Signing in


def test_an_expired_token_is_refreshed_and_the_request_done(server: ScriptedApi, api: CoderAI) -> None:
    server.expired.add("access-1")
    assert api.create_project(name="P").id == "p1"
    assert server.count("POST", "/refresh") == 1
    assert api.create_project(name="Q").id == "p2"
    assert server.count("POST", "/refresh") == 1


def test_when_the_refresh_token_is_over_too_the_password_signs_in_again(server: ScriptedApi, api: CoderAI) -> None:
    server.expired.add("access-1")
    server.refresh_works = False
    assert api.create_project(name="P").id == "p1"
    assert server.count("POST", "/login") == 1


def test_an_expired_token_does_not_lose_an_upload(server: ScriptedApi, api: CoderAI, tmp_path: Path) -> None:
    server.expired.add("access-1")
    (tmp_path / "a.txt").write_text("the whole text")
    (upload,) = api.upload("p1", [tmp_path / "a.txt"])
    assert upload.created
    assert server.documents[0]["text"] == "the whole text"


def test_a_given_token_that_has_expired_is_refused(server: ScriptedApi) -> None:
    server.expired.add("given")
    with CoderAI(server.url, token="given") as client, pytest.raises(ApiError) as caught:
        client.create_project(name="P")
    assert caught.value.status == 401


def test_a_wrong_password_is_refused_and_not_tried_again(server: ScriptedApi) -> None:
    server.passwords["ada@example.org"] = "right"
    with CoderAI(server.url) as client, pytest.raises(ApiError, match="password is wrong"):
        client.login("ada@example.org", "wrong")
    assert server.count("POST", "/login") == 1


# Lists and documents


def test_lists_are_read_page_by_page_to_their_end(server: ScriptedApi, api: CoderAI, tmp_path: Path) -> None:
    paths = [tmp_path / f"{n:02}.txt" for n in range(10)]
    for path in paths:
        path.write_text(path.name)
    api.upload("p1", paths)
    assert [document.name for document in api.documents("p1")] == [path.name for path in paths]


def test_each_file_has_its_outcome_and_none_stops_the_others(server: ScriptedApi, api: CoderAI, tmp_path: Path) -> None:
    names = ["a.txt", "refused.txt", "same-as-a.txt", "b.txt"]
    for name in names:
        (tmp_path / name).write_text("text of a" if "a.txt" in name else name)
    told = []

    uploads = api.upload("p1", [tmp_path / name for name in [*names, "absent.txt"]], on_upload=told.append)

    assert told == uploads
    assert [(u.path.name, u.document and u.document.name, u.created) for u in uploads] == [
        ("a.txt", "a.txt", True),
        ("refused.txt", None, False),
        ("same-as-a.txt", "a.txt", False),
        ("b.txt", "b.txt", True),
        ("absent.txt", None, False),
    ]
    assert uploads[1].error == "refused.txt is too large"
    assert "absent.txt" in uploads[4].error


def test_more_files_than_a_request_takes_are_all_uploaded(server: ScriptedApi, api: CoderAI, tmp_path: Path) -> None:
    paths = [tmp_path / f"{n}.txt" for n in range(450)]
    for path in paths:
        path.write_text(path.name)
    uploads = api.upload("p1", paths)
    assert [u.document.name for u in uploads if u.document] == [path.name for path in paths]
    assert 1 < server.count("POST", "/documents") < 10


def test_an_upload_to_a_project_that_is_not_there_is_raised(server: ScriptedApi, api: CoderAI, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a")
    server.refusals.append(("POST", "/documents", problem(404, "project_not_found", "there is no project p9")))
    with pytest.raises(ApiError, match="there is no project p9"):
        api.upload("p9", [tmp_path / "a.txt"])


def test_waiting_for_documents_ends_when_all_are_read_or_failed(
    server: ScriptedApi, api: CoderAI, tmp_path: Path
) -> None:
    for name in ("a.txt", "broken.pdf"):
        (tmp_path / name).write_text(name)
    api.upload("p1", sorted(tmp_path.iterdir()))
    server.looks_until_read = 2
    seen: list[dict[str, int]] = []

    assert api.wait_until_read("p1", on_counts=seen.append) == {"READY": 1, "FAILED": 1}

    assert seen == [{"UPLOADED": 2}, {"UPLOADED": 2}, {"READY": 1, "FAILED": 1}]


def test_waiting_for_documents_can_be_limited(server: ScriptedApi, api: CoderAI) -> None:
    server.documents.append({"id": "d0", "name": "a.txt", "status": "PARSED"})
    with pytest.raises(WaitedTooLong, match="the documents to be read"):
        api.wait_until_read("p1", timeout=0.0)


# Accounts


def test_a_script_that_runs_again_signs_in_where_it_registered_before(server: ScriptedApi) -> None:
    for _ in range(2):
        with CoderAI(server.url) as client:
            assert client.register_or_login("bob@example.org", "correct horse").email == "bob@example.org"
    assert server.count("POST", "/register") == 1


def test_another_password_is_refused_as_the_login_refuses_it(server: ScriptedApi) -> None:
    server.passwords["bob@example.org"] = "his own"
    server.refusals.append(("POST", "/register", problem(409, "email_taken", "this address has an account")))
    with CoderAI(server.url) as client, pytest.raises(ApiError, match="the password is wrong"):
        client.register_or_login("bob@example.org", "a guess")


# The event stream


@pytest.mark.parametrize("torn", [True, False])
@pytest.mark.parametrize("first", [1, 2, 3, 4, 5])
def test_a_stream_that_breaks_is_resumed_with_nothing_missed_or_doubled(
    server: ScriptedApi, api: CoderAI, first: int, torn: bool
) -> None:
    job_id = a_job(server)
    server.cuts = [Cut(first, torn), Cut(0, torn)]
    server.resent = 2

    assert watched(api, job_id) == [0, 1, 2, 3, 4, 5]

    assert server.resumed_after == [None, str(first - 1), str(first - 1)]


def test_a_stream_that_breaks_before_its_first_event_begins_with_the_snapshot(
    server: ScriptedApi, api: CoderAI
) -> None:
    job_id = a_job(server)
    server.cuts = [Cut(0), Cut(0, torn=False)]
    assert watched(api, job_id) == [0, 1, 2, 3, 4, 5]
    assert server.resumed_after == [None, None, None]


def test_a_stream_can_be_taken_up_where_it_was_left(server: ScriptedApi, api: CoderAI) -> None:
    assert watched(api, a_job(server), after=3) == [4, 5]


def test_after_a_jobs_last_event_there_is_nothing_to_wait_for(server: ScriptedApi, api: CoderAI) -> None:
    job_id = a_job(server)
    assert watched(api, job_id)[-1] == 5
    assert watched(api, job_id, after=5) == []


def test_events_hold_any_text(server: ScriptedApi, api: CoderAI) -> None:
    a_job(server, 1)
    strange = "one\u2028two\u0085three\r\n: data: fünf 六"
    server.updates["j1"][1]["event"]["message"] = strange
    assert [u.event.message for u in api.watch_job("j1") if u.event] == [strange, ""]


def test_the_stream_of_a_job_that_pauses_ends(server: ScriptedApi, api: CoderAI) -> None:
    server.jobs["j1"] = job("j1")
    paused = job("j1", status="PAUSED", status_reason="the token budget is reached")
    server.updates["j1"] = [update(0, None, job("j1")), update(1, "JOB_PAUSED", paused)]
    assert [u.job.status for u in api.watch_job("j1")] == ["PROCESSING", "PAUSED"]


def test_a_stream_that_stays_away_is_given_up(server: ScriptedApi, api: CoderAI) -> None:
    job_id = a_job(server)
    server.cuts = [Cut(2), *[Cut(0)] * 4]
    seen = []
    with pytest.raises(ConnectionFailed, match="lost the event stream of job j1"):
        for each in api.watch_job(job_id):
            seen.append(each.sequence)
    assert seen == [0, 1]


def test_an_expired_token_does_not_break_the_stream(server: ScriptedApi, api: CoderAI) -> None:
    job_id = a_job(server)
    server.expired.add("access-1")
    assert watched(api, job_id) == [0, 1, 2, 3, 4, 5]


def test_a_job_that_is_not_there_is_raised_at_once(server: ScriptedApi, api: CoderAI) -> None:
    server.refusals.append(("GET", "/events", problem(404, "job_not_found", "there is no job j9")))
    with pytest.raises(ApiError, match="there is no job j9"):
        watched(api, "j9")
    assert server.count("GET", "/events") == 1


# Values and exports


def test_absent_values_are_none_and_absent_enums_empty(server: ScriptedApi, api: CoderAI) -> None:
    server.extractions = [
        {"id": "x1", "document_id": "d1", "variable": "size", "value": None, "evidence": None,
         "missing_reason": "NOT_STATED", "status": None, "confidence": 0.0, "unheard_of": 1},
        {"id": "x2", "document_id": "d1", "variable": "size", "value": 24, "missing_reason": None,
         "status": "EXTRACTED",
         "evidence": {"quote": "two dozen", "start": 3, "end": 12, "page": 1, "match": "EXACT"}},
    ]  # fmt: skip
    missing, found = api.extractions("p1")
    assert (missing.value, missing.missing_reason, missing.status, missing.evidence.quote) == (
        None,
        "NOT_STATED",
        "",
        "",
    )
    assert (found.value, found.missing_reason, found.evidence.quote) == (24, "", "two dozen")


def test_an_export_is_waited_for_and_downloaded_whole(server: ScriptedApi, api: CoderAI, tmp_path: Path) -> None:
    export = api.wait_for_export(api.create_export("p1", "CSV", confidence=True).id)
    api.download_export(export.id, tmp_path / "new" / "dataset.csv")
    api.download_export(export.id, tmp_path / "new" / "codebook.csv", codebook=True)
    assert (tmp_path / "new" / "dataset.csv").read_text() == "what Protests-dataset-2026-11-22.csv holds"
    assert (tmp_path / "new" / "codebook.csv").read_text() == "what Protests-dataset-2026-11-22-codebook.md holds"
    assert sorted(p.name for p in (tmp_path / "new").iterdir()) == ["codebook.csv", "dataset.csv"]


def test_a_download_that_is_refused_leaves_the_old_file(server: ScriptedApi, api: CoderAI, tmp_path: Path) -> None:
    (tmp_path / "dataset.csv").write_text("of the last run")
    server.refusals.append(("GET", "/download", problem(409, "export_not_complete", "not yet")))
    with pytest.raises(ApiError, match="not yet"):
        api.download_export(api.create_export("p1", "CSV").id, tmp_path / "dataset.csv")
    assert [p.read_text() for p in tmp_path.iterdir()] == ["of the last run"]


def test_an_export_that_fails_says_why(server: ScriptedApi, api: CoderAI) -> None:
    export = api.create_export("p1", "XLSX")
    server.exports[export.id] |= {"status": "FAILED", "error": "more columns than a sheet holds"}
    with pytest.raises(ExportFailed, match="more columns than a sheet holds"):
        api.wait_for_export(export.id)
