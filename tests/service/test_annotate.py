import gzip
import io
import json

import pytest

import bioweave
from bioweave.formats import document_to_json, read_documents

TEXT = "Aspirin may cause gastric ulcers in the rat."
BIOC = (
    "<collection><source/><date/><key/><document><id>7</id><passage><offset>0</offset>"
    f"<text>{TEXT}</text></passage></document></collection>"
)
PUBTATOR = f"7|t|{TEXT}\n7|a|\n\n"
# A small file whose text would be long; what contradicts itself; half a character.
GAPS = BIOC.replace(
    "</passage>",
    "</passage>"
    + "".join(
        f"<passage><offset>{place * 900_000}</offset><text>x</text></passage>"
        for place in range(1, 4)
    ),
)
CONFIDENCE = json.dumps(
    {"text": "Gout", "mentions": [{"start": 0, "end": 4, "label": "Disease", "confidence": 7}]}
)
SURROGATE = json.dumps(
    {
        "documents": [
            {"id": "\ud800", "text": "a", "mentions": [{"start": 5, "end": 9, "label": "x"}]}
        ]
    }
)


@pytest.fixture(scope="module")
def expected():
    return document_to_json(bioweave.load()(bioweave.Document("7", TEXT)))


def post(client, content, media_type="application/json", **more):
    body = json.dumps(content) if isinstance(content, dict) else content
    headers = {"Content-Type": media_type, **more.pop("headers", {})}
    return client.post("/v1/annotate", content=body, headers=headers, **more)


def test_a_text_is_answered_with_one_document(client, expected) -> None:
    answer = post(client, {"id": "7", "text": TEXT})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == expected
    assert {mention["label"] for mention in expected["mentions"]} == {
        "Chemical",
        "Disease",
        "Species",
    }


def test_many_documents_come_back_in_order(client) -> None:
    texts = [TEXT if number % 3 else "" for number in range(50)]
    documents = [{"id": f"d{number}", "text": text} for number, text in enumerate(texts)]
    answer = post(client, {"documents": documents}).json()
    assert [one["id"] for one in answer["documents"]] == [one["id"] for one in documents]
    assert [len(one["mentions"]) for one in answer["documents"]] == [
        3 if text else 0 for text in texts
    ]
    assert answer["failed"] == []


@pytest.mark.parametrize(
    ("media_type", "format", "body"),
    [
        ("application/xml", "bioc-xml", BIOC),
        ("application/vnd.bioc+xml", "bioc-xml", BIOC),
        ("text/x-pubtator", "pubtator", PUBTATOR),
        (
            "application/vnd.bioc+json",
            "bioc-json",
            json.dumps({"documents": [{"id": "7", "passages": [{"offset": 0, "text": TEXT}]}]}),
        ),
    ],
)
def test_a_format_is_answered_in_the_same(client, expected, media_type, format, body) -> None:
    answer = post(client, body, media_type)
    assert answer.headers["content-type"].partition(";")[0] == media_type
    [document] = read_documents(io.BytesIO(answer.content), format)
    found = [(mention.start, mention.end, mention.label) for mention in document.mentions]
    assert found == [(one["start"], one["end"], one["label"]) for one in expected["mentions"]]


def test_accept_asks_for_another_form(client, expected) -> None:
    answer = post(client, PUBTATOR, "text/x-pubtator", headers={"Accept": "application/json"})
    assert answer.json()["documents"][0]["mentions"] == expected["mentions"]


def test_plain_text_and_gzip(client, expected) -> None:
    packed = gzip.compress(TEXT[:20].encode()) + gzip.compress(TEXT[20:].encode())
    for body, headers in ((TEXT, {}), (packed, {"Content-Encoding": "gzip"})):
        answer = post(client, body, "text/plain", headers=headers)
        assert answer.json()["mentions"] == expected["mentions"]


def test_options_are_those_of_the_annotator(client) -> None:
    query = {"labels": "Chemical", "mode": "recall", "link": "true"}
    found = post(client, {"text": TEXT}, params=query).json()["mentions"]
    annotator = bioweave.Annotator(
        bioweave.load().bundle,
        labels=["Chemical"],
        mode="recall",
        linker=bioweave.load(link=True).linker,
    )
    assert found == document_to_json(annotator(TEXT))["mentions"]
    assert found[0]["concepts"][0]["id"] == "MESH:D001241"


def test_a_stream_is_answered_line_by_line(client, expected) -> None:
    lines = [{"id": str(number), "text": TEXT} for number in range(200)]
    body = "".join(json.dumps(line) + "\n" for line in lines).encode()
    body += b'\n{"id": "x"}\nno json\n{"text": "no end of line"}'
    answer = post(client, body, "application/x-ndjson")
    assert answer.headers["content-type"].startswith("application/x-ndjson")
    found = [json.loads(line) for line in answer.iter_lines()]
    assert [one["id"] for one in found[:200]] == [str(number) for number in range(200)]
    assert all(one["mentions"] == expected["mentions"] for one in found[:200])
    assert "text" in found[200]["failed"]["reason"] and found[200]["failed"]["id"] == "x"
    assert found[201]["failed"]["reason"].startswith("line 202: the body is not valid JSON")
    assert found[202]["id"] == "203"


def test_documents_that_fail_are_named_beside_the_others(client) -> None:
    outside = {"start": 5, "end": 99, "text": "y", "label": "Disease"}
    bad = {"id": "bad", "text": "Gout.", "mentions": [outside]}
    answer = post(client, {"documents": [bad, {"id": "good", "text": TEXT}]})
    assert answer.status_code == 200 and answer.headers["bioweave-failed"] == "1"
    [failed] = answer.json()["failed"]
    assert failed["id"] == "bad" and "99" in failed["reason"]
    assert [one["id"] for one in answer.json()["documents"]] == ["good"]
    alone = post(client, {"documents": [bad]})
    assert alone.status_code == 422 and "99" in alone.json()["detail"]


@pytest.mark.parametrize(
    ("body", "media_type", "headers", "status", "told"),
    [
        ("{", "application/json", {}, 400, "not valid JSON"),
        ("[" * 100_000, "application/json", {}, 400, "JSON"),
        ("[]", "application/json", {}, 422, "JSON object"),
        ("{}", "application/json", {}, 422, "text"),
        ('{"text": 1}', "application/json", {}, 422, "string"),
        ('{"text": "a", "documents": []}', "application/json", {}, 422, "either"),
        ('{"documents": []}', "application/json", {}, 422, "at least 1"),
        ('{"documents": [1]}', "application/json", {}, 422, "documents.0"),
        (b"\xff\xfe\x00", "text/plain", {}, 400, "UTF-8"),
        (b"\xff", "application/json", {}, 400, "UTF-8"),
        ('{"text": "a", "x": NaN}', "application/json", {}, 400, "NaN"),
        ('{"text": "a", "x": 1e999}', "application/json", {}, 400, "1e999"),
        (GAPS, "application/xml", {}, 422, "gap"),
        (CONFIDENCE, "application/json", {}, 422, "confidence"),
        (SURROGATE, "application/json", {}, 422, "ud800"),
        ("x", "text/plain", {"Accept": "*/*;q=nan"}, 406, "application/json"),
        ("x", "image/png", {}, 415, "image/png"),
        ("x", "text/plain", {"Content-Encoding": "br"}, 415, "br"),
        ("x", "text/plain", {"Content-Encoding": "gzip"}, 400, "gzip"),
        (gzip.compress(b"x" * 100)[:-8], "text/plain", {"Content-Encoding": "gzip"}, 400, "gzip"),
        (gzip.compress(PUBTATOR.encode()), "text/x-pubtator", {}, 400, "Content-Encoding"),
        ("x", "text/plain", {"Accept": "image/png"}, 406, "application/json"),
        ("", "text/x-pubtator", {}, 422, "empty"),
        ("<a>", "application/xml", {}, 422, "application/xml"),
        ('{"text": "a"}\n', "application/x-ndjson", {"Accept": "text/xml"}, 406, "stream"),
    ],
)
def test_a_wrong_body_is_told_what_is_wrong(
    client, body, media_type, headers, status, told
) -> None:
    answer = post(client, body, media_type, headers=headers)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert told in answer.json()["detail"] and answer.json()["status"] == status


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ({"model": "other"}, "default"),
        ({"labels": "Weather"}, "Disease"),
        ({"labels": ""}, "Disease"),
        ({"mode": "best"}, "balanced"),
        ({"link": "perhaps"}, "link"),
    ],
)
def test_a_wrong_option_is_told_what_there_is(client, query, told) -> None:
    answer = post(client, {"text": TEXT}, params=query)
    assert answer.status_code == 422
    assert told in answer.json()["detail"]


def test_an_entity_in_xml_is_not_expanded(client) -> None:
    body = '<!DOCTYPE collection [<!ENTITY a SYSTEM "file:///etc/hostname">]>' + BIOC.replace(
        TEXT, "&a;"
    )
    answer = post(client, body, "application/xml", headers={"Accept": "application/json"})
    assert answer.status_code == 422 or answer.json()["documents"][0]["text"] == ""


def test_half_a_character_comes_back_as_it_came(client) -> None:
    answer = post(client, json.dumps({"id": "\ud800", "text": "a b"}))
    assert answer.status_code == 200 and answer.json()["id"] == "\ud800"
    refused = post(client, json.dumps({"text": "a \ud800 b"}))
    assert refused.status_code == 422 and "half a surrogate pair" in refused.json()["detail"]


def test_many_documents_that_only_offsets_make_long_are_refused(client) -> None:
    one = "<document><id>{}</id><passage><offset>990000</offset><text>x</text></passage></document>"
    documents = "".join(one.format(number) for number in range(40))
    body = f"<collection><source/><date/><key/>{documents}</collection>"
    assert post(client, body, "application/xml").status_code == 413
