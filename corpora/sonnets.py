"""`sonnets`: English sonnets written for this project, the corpus that the app starts with.

Fourteen lines each, the couplet indented by two spaces, one empty line between two sonnets.
"""

from importlib.resources import files

from corpora.corpus import Text, with_newlines
from corpora.errors import CorpusError


def corpus() -> Text:
    """The whole sequence. Raises CorpusError where the installation lacks it."""
    try:
        text = files("corpora").joinpath("data", "sonnets.txt").read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise CorpusError(
            "the sonnets are missing from this installation (corpora/data/sonnets.txt); install "
            "gru-tui again, or choose another corpus"
        ) from error
    return Text(with_newlines(text))
