"""PubMed XML: the article sets that NLM distributes."""
