"""One door to both kinds of ceremony."""

from blacklist.domain.keygen.ceremony import Outcome, Terms
from blacklist.domain.keygen.generation import judge_generation
from blacklist.domain.keygen.postings import Postings
from blacklist.domain.keygen.resharing import judge_resharing


def judge(terms: Terms, postings: Postings) -> Outcome:
    """Return what follows from the postings of a ceremony whose phases before attesting are closed."""
    if terms.dealers is None:
        return judge_generation(terms, postings)
    return judge_resharing(terms, terms.dealers, postings)
