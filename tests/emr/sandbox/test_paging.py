"""Pages: whole, stable and consistent while others write."""

import httpx

from bcma.emr.sandbox import Sandbox


def fill(sandbox: Sandbox, count: int, prefix: str = "p") -> None:
    resources = [{"resourceType": "Patient", "id": f"{prefix}{n:04}"} for n in range(count)]
    entries = [{"resource": resource} for resource in resources]
    sandbox.load({"resourceType": "Bundle", "type": "collection", "entry": entries})


def next_link(page: dict[str, list[dict[str, str]]]) -> str:
    return next((link["url"] for link in page["link"] if link["relation"] == "next"), "")


def test_pages_hold_everything_once(sandbox: Sandbox, client: httpx.Client) -> None:
    fill(sandbox, 120)
    page = client.get("/Patient").json()
    sizes, seen = [], []
    while True:
        sizes.append(len(page["entry"]))
        seen += [entry["resource"]["id"] for entry in page["entry"]]
        assert page["total"] == 120
        url = next_link(page)
        if not url:
            break
        page = client.get(url).json()
    assert sizes == [50, 50, 20]
    assert len(set(seen)) == 120


def test_pages_do_not_move_while_others_write(sandbox: Sandbox, client: httpx.Client) -> None:
    fill(sandbox, 30)
    page = client.get("/Patient?_count=10&_sort=-_lastUpdated,_id").json()
    seen = [entry["resource"] for entry in page["entry"]]
    for turn in range(2):
        fill(sandbox, 5, prefix=f"new{turn}-")
        client.delete(f"/Patient/p001{turn}")
        client.put(
            "/Patient/p0025", json={"resourceType": "Patient", "id": "p0025", "active": True}
        )
        page = client.get(next_link(page)).json()
        seen += [entry["resource"] for entry in page["entry"]]
    assert [resource["id"] for resource in seen] == [f"p{n:04}" for n in range(30)]
    assert {resource["meta"]["versionId"] for resource in seen} == {"1"}
    assert next_link(page) == ""


def test_includes_are_those_of_the_first_pages_moment(
    sandbox: Sandbox, client: httpx.Client
) -> None:
    fill(sandbox, 1)
    flags = [
        {"resourceType": "Flag", "id": f"f{n}", "subject": {"reference": "Patient/p0000"}}
        for n in range(4)
    ]
    entries = [{"resource": flag} for flag in flags]
    sandbox.load({"resourceType": "Bundle", "type": "collection", "entry": entries})
    first = client.get("/Flag?_count=2&_include=Flag:patient").json()
    client.put("/Patient/p0000", json={"resourceType": "Patient", "id": "p0000", "active": True})
    second = client.get(next_link(first)).json()
    assert [e["search"]["mode"] for e in second["entry"]] == ["match", "match", "include"]
    assert second["entry"][2]["resource"]["meta"]["versionId"] == "1"


def test_more_than_the_most_is_the_most(sandbox: Sandbox, client: httpx.Client) -> None:
    fill(sandbox, 1010)
    assert len(client.get("/Patient?_count=5000").json()["entry"]) == 1000


def test_an_answer_that_is_no_longer_kept_is_gone(client: httpx.Client) -> None:
    reply = client.get("?_getpages=00000000-0000-4000-8000-000000000000&_getpagesoffset=50")
    assert reply.status_code == 410


def test_history_has_pages(client: httpx.Client) -> None:
    for n in range(5):
        body = {"resourceType": "Patient", "id": "p", "multipleBirthInteger": n}
        client.put("/Patient/p", json=body)
    first = client.get("/Patient/p/_history?_count=3").json()
    second = client.get(next_link(first)).json()
    versions = [e["resource"]["meta"]["versionId"] for e in first["entry"] + second["entry"]]
    assert versions == ["5", "4", "3", "2", "1"]
    assert second["type"] == "history"
