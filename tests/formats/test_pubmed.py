from __future__ import annotations

import gzip
import io

from bioweave.document import Document, Passage
from bioweave.formats import Failure, read_documents
from bioweave.formats.pubmed.citations import read_citations

ARTICLES = """<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January 2019//EN"
 "https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_190101.dtd">
<PubmedArticleSet>
<PubmedArticle><MedlineCitation Status="MEDLINE"><PMID Version="1">101</PMID><Article>
 <ArticleTitle>The <i>TP53</i> gene,
   CO<sub>2</sub> &amp; &#945;<!-- a comment -->-synuclein.</ArticleTitle>
 <Abstract>
  <AbstractText Label="BACKGROUND" NlmCategory="BACKGROUND">It is <b>old</b>.</AbstractText>
  <AbstractText Label="EMPTY"/>
  <AbstractText Label="RESULTS">It <sup>was</sup> new.</AbstractText>
  <CopyrightInformation>Copyright someone.</CopyrightInformation>
 </Abstract></Article>
 <CommentsCorrectionsList><CommentsCorrections><PMID>999</PMID></CommentsCorrections>
 </CommentsCorrectionsList></MedlineCitation>
 <PubmedData><ArticleIdList><ArticleId IdType="doi">10.1/x</ArticleId></ArticleIdList></PubmedData>
</PubmedArticle>
<PubmedArticle><MedlineCitation><PMID>102</PMID><Article>
 <ArticleTitle>[A translated title.]</ArticleTitle>
 <VernacularTitle>Ein Titel.</VernacularTitle></Article></MedlineCitation></PubmedArticle>
<PubmedArticle><MedlineCitation><PMID>103</PMID><Article><ArticleTitle/>
 <Abstract><AbstractText>Only this.</AbstractText></Abstract></Article>
</MedlineCitation></PubmedArticle>
<PubmedArticle><MedlineCitation><Article><ArticleTitle>No number.</ArticleTitle></Article>
</MedlineCitation></PubmedArticle>
<PubmedBookArticle><BookDocument><PMID>104</PMID><ArticleTitle>A chapter.</ArticleTitle>
 <Abstract><AbstractText>Its text.</AbstractText></Abstract></BookDocument></PubmedBookArticle>
<DeleteCitation><PMID>105</PMID></DeleteCitation>
</PubmedArticleSet>
"""


def test_articles_become_title_and_abstract() -> None:
    failures: list[Failure] = []
    stream = io.BytesIO(gzip.compress(ARTICLES.encode()))
    found = list(read_documents(stream, on_failure=failures.append))
    title, first, second = (
        "The TP53 gene, CO2 & α-synuclein.", "BACKGROUND: It is old.", "RESULTS: It was new.",
    )  # fmt: skip
    edge = len(title) + len(first) + 2
    assert found == [
        Document(
            "PMID:101",
            f"{title} {first} {second}",
            passages=(
                Passage(0, len(title), "title"),
                Passage(len(title) + 1, edge - 1, "abstract"),
                Passage(edge, edge + len(second), "abstract"),
            ),
            metadata={"pmid": "101"},
        ),
        Document(
            "PMID:102", "[A translated title.]", passages=(Passage(0, 21, "title"),),
            metadata={"pmid": "102", "vernacular_title": "Ein Titel."},
        ),
        Document(
            "PMID:103", "Only this.", passages=(Passage(0, 10, "abstract"),),
            metadata={"pmid": "103"},
        ),
        Document(
            "PMID:104", "A chapter. Its text.",
            passages=(Passage(0, 10, "title"), Passage(11, 20, "abstract")),
            metadata={"pmid": "104"},
        ),
    ]  # fmt: skip
    assert [(f.line, f.reason.partition(";")[0]) for f in failures] == [
        (24, "an article without a PMID")
    ]


def test_year_is_that_of_the_issue_and_else_of_the_first_date_there_is():
    journal = "<Journal><JournalIssue><PubDate>{}</PubDate></JournalIssue></Journal>"
    online = "<ArticleDate><Year>2007</Year></ArticleDate>"
    dates = {
        journal.format("<Year>2003</Year>") + online: 2003,
        journal.format("<MedlineDate>1998 Dec-1999 Jan</MedlineDate>"): 1998,
        journal.format("<Season>Spring</Season>") + online: 2007,
        journal.format("<MedlineDate>Spring 12345</MedlineDate>"): None,
        "": None,
    }
    articles = "".join(
        f"<PubmedArticle><MedlineCitation><PMID>{number}</PMID><Article>{date}"
        f"<ArticleTitle>Gout.</ArticleTitle></Article></MedlineCitation></PubmedArticle>"
        for number, date in enumerate(dates, start=1)
    )
    stream = io.BytesIO(f"<PubmedArticleSet>{articles}</PubmedArticleSet>".encode())
    years = [document.metadata.get("year") for document in read_documents(stream, "pubmed-xml")]
    assert years == list(dates.values())


def test_citations_are_the_documents_with_their_versions_and_the_deletions():
    second = ARTICLES.replace('<PMID Version="1">101', '<PMID Version="3">101')
    found = list(read_citations(io.BytesIO(second.encode())))
    assert [one.id for one in found if not one.is_deletion] == [
        document.id for document in read_documents(io.BytesIO(second.encode()), on_failure=print)
    ]
    assert [one.id for one in found if one.is_deletion] == ["PMID:105"]
    assert [one.version for one in found[:2]] == [3, 1]


def test_citations_of_a_truncated_file_are_those_that_are_whole():
    packed = gzip.compress(ARTICLES.encode())[:-200]
    failures: list[Failure] = []
    documents = list(read_documents(io.BytesIO(packed), on_failure=failures.append))
    assert [one.ends_source for one in failures] == [True]
    assert [one.id for one in read_citations(io.BytesIO(packed))] == [one.id for one in documents]
