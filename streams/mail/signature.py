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
_MOBILE_INITIALS: Final = frozenset("SGVMEOIWLDOsgО")
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
_MOST_LINES: Final = 25
_MOST_CLOSING_CHARS: Final = 40
_MOST_CHARS: Final = 120
_MOST_CLOSING_LINES: Final = 9


def without_signature(lines: list[str]) -> list[str]:
    """The lines above the signature; all of them when there is none."""
    written = [number for number, line in enumerate(lines) if line and not line.isspace()]
    tail = written[-_MOST_LINES - 1 :]
    for position, number in enumerate(tail):
        text = lines[number].strip()
        if len(text) <= _MOST_CHARS and _begins(text, lines, number, len(tail) - position - 1):
            return lines[:number]
    return lines


def _begins(text: str, lines: list[str], number: int, below: int) -> bool:
    if text in _SEPARATOR:
        return True
    if text[0] in "_-=*\u2013\u2014" and _FOOTER_RULE.fullmatch(text):
        return below <= 12 and _is_footer(lines, number) and _written_above(lines, number)
    if text[0] in _MOBILE_INITIALS and _MOBILE.fullmatch(text):
        return True
    if not 0 < below <= _MOST_CLOSING_LINES or len(text) > _MOST_CLOSING_CHARS or not _closes(text, lines, number):
        return False
    return _written_above(lines, number)  # "Thanks!" and a name alone: that is the message


def _written_above(lines: list[str], number: int) -> bool:
    return any(line.strip() for line in lines[:number])


def _is_footer(lines: list[str], number: int) -> bool:
    """Contact lines or the footer of a mailing list below a rule, rather than a rule in the text."""
    rest = [line for line in lines[number + 1 :] if line.strip()]
    return bool(rest) and any(_CONTACT.search(line[:200]) for line in rest)


def _closes(text: str, lines: list[str], number: int) -> bool:
    """A closing with a name below it: "Best regards,", "Alice"."""
    if not _CLOSING.fullmatch(text):
        return False
    rest = [line.strip() for line in lines[number + 1 :] if line.strip()]
    name = rest[0]
    return (
        len(name) <= 40 and len(name.split()) <= 5 and name[-1] not in "?!:" and all(len(line) <= 90 for line in rest)
    )
