"""What the rules share of one mail, computed once and only when a rule asks for it."""

from __future__ import annotations

import re
from itertools import compress

from streams.triage.addresses import host, is_free_mail
from streams.triage.calling import calls
from streams.triage.lexicon import Places, counted
from streams.triage.once import once
from streams.triage.parties import Parties, Role
from streams.triage.phrases import CUES, Cue, languages_of
from streams.triage.phrases.ideographs import scan_ideographs
from streams.triage.pressure import pressure
from streams.triage.text import STOPS, bounded, own_words, tokens
from streams.triage.traits import Trait

SHORT = 60
"""Words up to which a mail is short: a question in it is its point."""
LETTERS = 10
"""Letters from which a subject in capitals shouts."""
MOST_LINKS = 40
"""Links that are looked at."""
_FORWARD = re.compile(r"^\s*(?:fwd?|wg|tr|i|rv|enc|doorst|pd)\s*:", re.IGNORECASE)


class Features(Parties):
    """One mail as the rules see it: what it says. Not frozen because it caches; nothing of it leaves the decision."""

    @once
    def subject(self) -> list[str]:
        """Words of the subject."""
        return tokens(self.mail.subject[:500])

    @once
    def body(self) -> list[str]:
        """Words of the newly written text."""
        return tokens(own_words(bounded(self.mail.new_text)))

    @once
    def languages(self) -> tuple[str, ...]:
        """Languages of subject and text, see `languages_of`."""
        return languages_of([*self.subject, *self.body[:600]])

    @once
    def in_subject(self) -> dict[Cue, int]:
        """Cues of the subject."""
        return {**CUES.scan(self.subject, self.languages), **scan_ideographs(self.mail.subject[:500])}

    @once
    def places(self) -> Places:
        """Where in the words of the newly written text each cue is said."""
        return CUES.places(self.body, self.languages)

    @once
    def in_body(self) -> dict[Cue, int]:
        """Cues of the newly written text."""
        return {**counted(self.places), **scan_ideographs(self.mail.new_text)}

    @once
    def said(self) -> dict[Cue, int]:
        """Cues of subject and text together."""
        subject, body = self.in_subject, self.in_body
        said = dict(body)
        for cue, count in subject.items():
            said[cue] = said.get(cue, 0) + count
        return said

    @once
    def traits(self) -> list[Trait | Role]:
        """What the mail is and has; the owner's role among it."""
        mail, facts = self.mail, self.facts
        has = {
            Trait.LINKS: mail.links,
            Trait.ATTACHMENTS: mail.attachments,
            Trait.ANSWERS: mail.reply_to,
            Trait.CALENDAR: mail.calendar_method,
            Trait.LISTED: mail.list_id is not None,
            Trait.VOUCHED: mail.authentication.dmarc == "pass",
            Trait.KNOWN_SENDER: facts.sender,
            Trait.KNOWN_THREAD: facts.thread,
            Trait.BULK: self.is_bulk_mail,
            Trait.DISCUSSION: self.is_discussion_list,
            Trait.FORGED: self.fails_authentication,
            Trait.COLLEAGUE: self.is_colleague,
            Trait.STRANGER: self.is_stranger,
            Trait.ROBOT: self.is_robot,
            Trait.FREE_MAIL: is_free_mail(mail.sender.domain),
            Trait.SHORT: self.length <= SHORT,
            Trait.SHOUTING: self.shouts,
            Trait.EXCLAIMING: self.exclamations,
            Trait.CALLING: self.calls_owner,
        }
        return [self.role, *compress(has, has.values())]

    def says(self, *cues: Cue) -> int:
        """How often subject and text say any of these."""
        said = self.said
        total = 0
        for cue in cues:
            if cue in said:
                total += said[cue]
        return total

    def density(self, *cues: Cue) -> float:
        """Phrases of these cues per hundred words."""
        return 100.0 * self.says(*cues) / max(40, len(self.body))

    @once
    def pressures(self) -> float:
        """How many different signs say that it cannot wait, see `pressure`; of bulk mail none counts."""
        if self.is_bulk_mail and not self.is_discussion_list:
            return 0.0
        return pressure(self.said, self.length)

    @once
    def length(self) -> int:
        """Words that the sender wrote."""
        return len(self.body) - 1

    @once
    def questions(self) -> int:
        """Sentences of the new text that end in a question mark."""
        return self._ending_in("?")

    def _ending_in(self, stop: str) -> int:
        """A search in a text is far quicker than one in a list of words, and most texts have neither."""
        text = self.mail.new_text
        return self.body.count(stop) if stop in text or not text.isascii() else 0

    @once
    def exclamations(self) -> int:
        """Sentences of the new text that end in exclamation marks."""
        return self._ending_in("!")

    @once
    def questions_to_you(self) -> int:
        """Questions with a word for the reader in them."""
        body, found, end = self.body, 0, 0
        if "?" not in body:
            return 0
        for at in sorted([at for at, cue in self.places if cue is Cue.YOU]):
            if at < end:
                continue
            end = next((stop for stop in range(at, len(body)) if body[stop] in STOPS), len(body))
            found += body[end : end + 1] == ["?"]
        return found

    @once
    def requests(self) -> int:
        """How often subject and text ask for something; an offer of help takes the request within it back."""
        return max(0, self.says(Cue.ASK) - self.says(Cue.COURTESY)) + self.says(Cue.DECIDE)

    @once
    def asks(self) -> bool:
        """Whether a request or a question to the reader was written."""
        return self.requests > 0 or self.questions_to_you > 0 or (self.questions > 0 and self.length <= SHORT)

    @once
    def calls_owner(self) -> bool:
        """Whether text or subject turn to the owner by name."""
        return calls(self.owner_names, self.mail.new_text) or calls(self.owner_names, self.mail.subject[:500])

    @once
    def is_forward(self) -> bool:
        """Whether the subject is a forward's."""
        return bool(_FORWARD.match(self.mail.subject))

    @once
    def shouts(self) -> bool:
        """Whether the subject is in capitals or has a row of exclamation marks."""
        subject = self.mail.subject[:200]
        if "!!" in self.mail.subject:
            return True
        capitals = sum(map(str.isupper, subject))
        if capitals <= 0.6 * LETTERS:
            return False
        letters = sum(map(str.isalpha, subject))
        return letters >= LETTERS and capitals > 0.6 * letters

    @once
    def link_hosts(self) -> tuple[str, ...]:
        """Hosts that the first links lead to, in order; "" where one names none."""
        return tuple([host(link.target) for link in self.mail.links[:MOST_LINKS]])
