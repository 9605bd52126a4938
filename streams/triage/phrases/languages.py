"""Which languages a text is in, by its commonest words: enough to keep one language's words out of another's text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from sys import intern

from streams.triage.text import fold

FUNCTION_WORDS = {
    "en": "the and of to is that for you it with this are have be from not will your we can was our has if they at what there would been",
    "de": "der die das und ist nicht ein eine ich wir sie es mit für auf dem den von zu im sich auch bei wird haben noch nur oder aus als wenn bitte",
    "fr": "le la les des et est une pour que vous nous dans pas sur avec ce qui je au par plus ne sont votre mais ont ou bien du elle il",
    "es": "el la los las de que y en un una por con para es no se del su al lo como más pero ha me le está ya si te nos hay son",
    "pt": "o os as de que e em um uma por com para não se do da ao no na mais como mas foi está já seu sua nos ou é dos das às à",
    "it": "il lo gli di che e è un una per con non si del della al nel sono ha come più ma mi ci le alla anche dei delle questo",
    "nl": "de het een en van is dat niet ik op te zijn voor met je u we er aan ook maar naar om nog wel bij dit deze wordt heeft hebben uw",
    "pl": "i w na z się nie jest to że do o jak po ale tak czy już od za przez są dla był tylko może bo ma go jej być mnie",
    "tr": "ve bir bu için ile de da çok var ama mi olarak olan gibi daha ne kadar sonra en şu biz ben sizin değil var yok",
}

SHARE = 0.5
"""A further language counts when it has at least this share of the first one's words."""

_LANGUAGES: dict[str, tuple[str, ...]] = {}
"""Word → its languages."""
for _language, _words in FUNCTION_WORDS.items():
    for _word in {intern(fold(_each)) for _each in _words.split()}:
        _LANGUAGES[_word] = (*_LANGUAGES.get(_word, ()), _language)


def languages_of(words: Sequence[str]) -> tuple[str, ...]:
    """The likeliest languages first, English always among them; every one when the text is too short to tell."""
    seen: dict[str, int] = {}
    for languages, count in Counter(filter(None, map(_LANGUAGES.get, words))).items():
        for language in languages:
            seen[language] = seen.get(language, 0) + count
    most = max(seen.values(), default=0)
    if most < 2:
        return tuple(FUNCTION_WORDS)
    likely = [each for each in sorted(seen, key=seen.__getitem__, reverse=True) if seen[each] >= SHARE * most]
    return tuple(dict.fromkeys([*likely, "en"]))
