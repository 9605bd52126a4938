"""How mail programs announce a quoted or forwarded mail, in the languages they speak. Data, not logic."""

import re
from typing import Final


def _any(words: str) -> str:
    """One of them; a look at the first letter spares most attempts."""
    escaped = [re.escape(word.strip()) for word in words.split("|")]
    return f"(?=[{''.join(sorted({word[0] for word in escaped}))}])(?:{'|'.join(escaped)})"


_WROTE: Final = _any(
    "wrote|writes|said|schrieb|a écrit|escribió|escribio|escreveu|ha scritto|scrisse|schreef|geschreven"
    "|napisał|napisał(a)|napisała|napisal|pisze|skrev|kirjoitti|írta|написал|написала|пишет|napsal|napsal(a)|yazdı"
)
_NAMED_DAY: Final = _any("On|Am|Le|El|Em|Il|In data|Op|W dniu|Dnia|Den|Dne|På|Pe|Vào|Il giorno|Den|Od")

ATTRIBUTION_ENDS: Final = (":", "wrote", "wrote -", "----", "schrieb", "écrit", "escribió", "escreveu", "scritto")
"""How the last line of an attribution ends: a cheap first look."""
ATTRIBUTION_LAST: Final = frozenset(end[-1] for end in ATTRIBUTION_ENDS)
"""And a cheaper one."""

DIGIT: Final = re.compile(r"\d")
"""No attribution is without one."""
ATTRIBUTION: Final = re.compile(
    # "On 1 May 2024 at 10:00, Alice <alice@example.org> wrote:", in any language above
    rf"[-*_ ]*{_NAMED_DAY}\b(?=.{{0,250}}\d)(?=.*[:@]).{{3,280}}?\b{_WROTE}(?!\w)[^:\n]{{0,160}}:?[-*_ \d:]*",
    re.IGNORECASE,
)
"""A whole attribution, its lines joined: what follows is quoted, marked or not."""

YEAR: Final = re.compile(r"(?:19|20)\d\d")
DATED: Final = re.compile(
    # "Am 13.12.2017 21:11 schrieb Alice <alice@example.org>:", "tir. 18. apr. 2017 kl. 13:09 skrev Alice <...>:"
    rf"(?=.{{0,80}}\b(?:19|20)\d\d\b)(?=.{{0,80}}\d[:.]\d\d).{{6,120}}\b{_WROTE}(?!\w)[^:]{{0,160}}:\s?"
    # "30.09.2017, 18.30, "Alice" <alice@example.org>:" and other dates with no verb
    r"|(?=.{0,80}\b20\d\d\b)(?=.{0,80}\b\d{1,2}[:.]\d\d\b).{8,120}<[^<>\s]{1,120}@[^<>\s]{1,120}>\s?:",
    re.IGNORECASE,
)
"""One that begins in another way and has a `YEAR`."""

LOOSE_ATTRIBUTION: Final = re.compile(rf".{{0,250}}[\d@>\"].{{0,100}}\b{_WROTE}(?!\w).{{0,80}}:\s?", re.IGNORECASE)
"""May announce a quotation: only when lines marked with ">" follow."""

_ORIGINAL: Final = _any(
    "Original Message|Original-Nachricht|Originalnachricht|Ursprüngliche Nachricht|Message d'origine|"
    "Message d’origine|Message original|Mensaje original|Mensagem original|Messaggio originale|"
    "Original Appointment|"
    "Oorspronkelijk bericht|Oorspronkelijke bericht|Wiadomość oryginalna|Oryginalna wiadomość|Oprindelig besked|"
    "Ursprungligt meddelande|Opprinnelig melding|Alkuperäinen viesti|Reply message|Исходное сообщение"
)
_FORWARDED: Final = _any(
    "Forwarded message|Forwarded by|Weitergeleitete Nachricht|Message transféré|Message transmis|Mensaje reenviado|"
    "Mensagem encaminhada|Mensagem reencaminhada|Messaggio inoltrato|Doorgestuurd bericht|Wiadomość przekazana|"
    "Przekazana wiadomość|Vidarebefordrat meddelande|Пересылаемое сообщение"
)
_BEGIN_FORWARDED: Final = _any(
    "Begin forwarded message|Anfang der weitergeleiteten Nachricht|Début du message réexpédié|"
    "Début du message transféré|Inicio del mensaje reenviado|Início da mensagem reencaminhada|"
    "Início da mensagem encaminhada|Inizio messaggio inoltrato|Inizio del messaggio inoltrato|"
    "Begin doorgestuurd bericht|Początek przekazywanej wiadomości"
)
ORIGINAL: Final = re.compile(rf"[ \t>]*[-_=*]{{2,}}[ \t]*+{_ORIGINAL}.{{0,40}}$", re.IGNORECASE)
FORWARDED: Final = re.compile(
    rf"[ \t]*(?:[-_=]{{2,}}[ \t]*+{_FORWARDED}.{{0,120}}|{_BEGIN_FORWARDED}[ \t\xa0]?:[ \t]*)$", re.IGNORECASE
)

_SENDER: Final = "From|Von|De|Da|Van|Od|Fra|Från|Lähettäjä|От"
LABEL: Final = re.compile(
    r"[ \t]*\*?(?:"
    rf"(?P<sender>{_SENDER})"
    r"|(?P<date>Sent|Date|Gesendet|Datum|Envoyé(?: le)?|Message du|Enviado(?: el| em)?|Fecha|Data|Inviato|Verzonden"
    r"|Wysłano|Wysłane|Dato|Sendt|Skickat|Lähetetty|Дата|Отправлено)"
    r"|(?P<to>To|An|À|A|Para|Aan|Do|Til|Till|Cc|Kopie|Copie à|Kopia|Vastaanottaja|Кому)"
    r"|(?P<subject>Subject|Betreff|Objet|Sujet|Asunto|Assunto|Oggetto|Onderwerp|Temat|Emne|Ämne|Aihe|Тема)"
    r")\*?[ \t\xa0]{0,3}:",
    re.IGNORECASE,
)
"""A line of the header block that Outlook and others put above a quoted mail."""

ANNOUNCED: Final = re.compile(
    rf"\n[ \t>]*+(?:[-_=*]{{2,}}+[ \t]*+(?:{_ORIGINAL}|{_FORWARDED})"
    rf"|\*?+(?=[fvdolо])(?:{_SENDER})\*?[ \t\xa0]{{0,3}}:|{_BEGIN_FORWARDED})",
    re.IGNORECASE,
)
"""Without it, in a text after a line feed, there is neither separator nor header block: one look at each line."""

_MARK: Final = r"[ \t]{0,7}+(?:>|\|>|--\]|[A-Z]{1,3}>[ >])"
MARKED: Final = re.compile(_MARK)
"""A line that is marked as quoted: "> text", "|> text", "AB> text" and the mark of one old program, "--]text"."""
MARKED_BLOCK: Final = re.compile(rf"\n(?={_MARK})[^\n]*+(?:\n(?={_MARK})[^\n]*+)*+")
"""Such lines in a row, each after its line feed."""

RULE: Final = re.compile(r"[ \t]*[-_=*]{2,}[ \t]*")
"""A line of dashes: goes with the block below it."""
