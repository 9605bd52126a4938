"""Where the signature of a newly written text begins: its separator, a phone's boast, a closing and a name."""

import re
from typing import Final

_SEPARATOR: Final = frozenset({"--", "-- ", "\u2013\u2013", "-–"})  # RFC 3676 §4.3, trailing blank often lost
_FOOTER_RULE: Final = re.compile(r"_{2,}|[-=*_\u2013\u2014]{5,}")
_CONTACT: Final = re.compile(r"\S@\S|https?://|www\.|\+?\d[\d .()/-]{6,}\d|mailing list", re.IGNORECASE)
_MOBILE: Final = re.compile(
    r"(?:Sent (?:from|with|via|using) (?:my |the )?|Get Outlook for |Sent by "
    r"|Von meinem |Gesendet (?:von|mit|aus) |Diese Nachricht wurde von meinem "
    r"|Envoyé (?:de|depuis|à partir de|avec) |Obtenez Outlook pour "
    r"|Enviado (?:desde|do|da|de|com) |Obtener Outlook para |Inviato (?:da|dal|con) "
    r"|Verzonden (?:vanaf|met|vanuit|via) |Wysłan[eoya] (?:z|ze|przez) |Skickat från |Sendt fra |Lähetetty "
    r"|Отправлено (?:с|из) )"
    r"[^\s,.;?!][^,;?!\n]{0,60}(?:<?https?://\S*)?[^,;?!\n]{0,10}",
    re.IGNORECASE,
)
_BOASTS: Final = frozenset("sen get von ges die env obt inv ver wys ski läh отп".split())
_CLOSING: Final = re.compile(
    r"(?:(?:with )?(?:best|kind|kindest|warm|warmest|many)?\s?(?:regards|wishes)|best"
    r"|yours(?: sincerely| truly| faithfully)?"
    r"|sincerely(?: yours)?|cheers|all the best|thanks(?: again| a lot| so much| in advance)?|many thanks|thank you"
    r"|thanks (?:and|&) (?:best |kind )?regards|respectfully|take care"
    r"|mit (?:freundlichen|besten|herzlichen) gr(?:ü|ue)(?:ß|ss)en"
    r"|(?:viele|beste|liebe|herzliche|schöne) gr(?:ü|ue)(?:ß|ss)e"
    r"|gru(?:ß|ss)|mfg|lg|vg|danke|vielen dank|hochachtungsvoll"
    r"|(?:bien )?cordialement|bien à (?:vous|toi)|salutations|sincères salutations|merci(?: d'avance)?|amicalement"
    r"|(?:un )?(?:cordial )?saludos?(?: cordiales?)?|atentamente|gracias|un abrazo"
    r"|atenciosamente|cumprimentos|com os melhores cumprimentos|abraços?|obrigad[oa]|att"
    r"|cordiali saluti|distinti saluti|(?:un )?(?:cari )?saluti|grazie|a presto"
    r"|(?:met )?(?:vriendelijke|hartelijke) groet(?:en)?|groet(?:en|jes)?|mvg|bedankt"
    r"|(?:serdecznie |z poważaniem,? ?)?pozdrawiam|z poważaniem|pozdrowienia|dziękuję|с уважением)[^\w\n]{0,4}",
    re.IGNORECASE,
)
_CLOSINGS: Final = frozenset(
    "a |ab|al|am|at|be|bi|ca|ch|co|cu|da|di|dz|gr|ha|he|ho|ki|lg|li|ma|me|mf|mi|mv|ob|po|re|sa|sc|se|si|ta|th|un|"
    "vg|vi|vr|wa|wi|yo|z |с ".split("|")
)
"""How they begin."""
_RULES: Final = frozenset("_-=*\u2013\u2014")
_INITIALS: Final = frozenset("SGVMEOIWLDsgО")
"""Of a phone's boast: it is rarely in small letters."""
_FIRST: Final = _RULES | _INITIALS
_MOST_LINES: Final = 25
_MOST_CLOSING_CHARS: Final = 40
_MOST_CHARS: Final = 120
_MOST_CLOSING_LINES: Final = 9
_MOST_NAME_CHARS: Final = 40
_MOST_FOOTER_LINES: Final = 12


def without_signature(lines: list[str]) -> list[str]:
    """The lines above the signature; all of them when there is none."""
    tail, texts = _written(lines)
    first_closing = len(texts) - 1 - _MOST_CLOSING_LINES
    for position, text in [
        (position, text)
        for position, text in enumerate(texts)
        if text[0] in _FIRST
        or (len(text) <= _MOST_CLOSING_CHARS and position >= first_closing and text[:2].lower() in _CLOSINGS)
    ]:
        ruled = text[0] in _RULES
        if text in _SEPARATOR if ruled else _boasts(text):
            return lines[: tail[position]]
        if _rules_off(texts, position) if ruled else position >= first_closing and _closes(texts, position):
            above = lines[: tail[position]]
            if any(line.strip() for line in above):  # "Thanks!" and a name alone: that is the message
                return above
    return lines


def _written(lines: list[str]) -> tuple[list[int], list[str]]:
    """The numbers of the last lines that hold a word, in order, and what they hold."""
    numbers: list[int] = []
    texts: list[str] = []
    for number in range(len(lines) - 1, -1, -1):
        if text := lines[number].strip():
            numbers.append(number)
            texts.append(text)
            if len(texts) > _MOST_LINES:
                break
    numbers.reverse()
    texts.reverse()
    return numbers, texts


def _boasts(text: str) -> bool:
    """Which phone or program sent it."""
    return text[:3].lower() in _BOASTS and len(text) <= _MOST_CHARS and _MOBILE.fullmatch(text) is not None


def _rules_off(texts: list[str], position: int) -> bool:
    """A rule above contact lines or the footer of a mailing list, rather than one in the text."""
    below = texts[position + 1 :]
    if not 0 < len(below) <= _MOST_FOOTER_LINES or len(texts[position]) > _MOST_CHARS:
        return False
    return _FOOTER_RULE.fullmatch(texts[position]) is not None and any(_CONTACT.search(line[:200]) for line in below)


def _closes(texts: list[str], position: int) -> bool:
    """A closing with a name below it: "Best regards,", "Alice"."""
    below = texts[position + 1 :]
    if len(texts[position]) > _MOST_CLOSING_CHARS or not below or len(below[0]) > _MOST_NAME_CHARS:
        return False
    name = below[0]
    return (
        _CLOSING.fullmatch(texts[position]) is not None
        and len(name.split()) <= 5
        and name[-1] not in "?!:"
        and all(len(line) <= 90 for line in below)
    )
