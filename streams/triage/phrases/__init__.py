"""What people write when they ask, hurry, warn, sell or deceive: data, one table per cue, one row per language.

`CUES` is the compiled lexicon of all of them; `Cue` names them. The tables are read with `streams.triage.text`'s eyes."""

from __future__ import annotations

from streams.triage.cues import Cue
from streams.triage.lexicon import Lexicon
from streams.triage.phrases import asks, calm, consequence, danger, digests, junk, kinds, pressing, signs, stakes, time
from streams.triage.phrases.languages import languages_of

TABLES = {
    **asks.TABLES,
    **calm.TABLES,
    **time.TABLES,
    **consequence.TABLES,
    **danger.TABLES,
    **stakes.TABLES,
    **pressing.TABLES,
    **signs.TABLES,
    **kinds.TABLES,
    **digests.TABLES,
    **junk.TABLES,
}
CUES = Lexicon(TABLES, {"@day": time.DAYS, "@do": asks.DO})

__all__ = ["CUES", "TABLES", "Cue", "languages_of"]
