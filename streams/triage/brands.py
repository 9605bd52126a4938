"""Whose name a sender bears: a well-known firm's, his domain's, or nobody's. A name is a claim, a domain can vouch."""

from __future__ import annotations

import re

from streams.mail import Address
from streams.triage.addresses import organisation
from streams.triage.text import fold

BRANDS = frozenset(
    (
        "abnamro adobe aliexpress amazon ameli americanexpress amex apple auspost avast bankia bankofamerica "
        "barclays bbva belfius binance blockchain bnpparibas boursorama bpost bradesco caixabank capitalone "
        "cashapp chase chronopost citibank cloudflare coinbase colissimo comdirect commerzbank correos costco "
        "creditagricole dhl disney docusign dpd dropbox ebay evri facebook fedex geeksquad github gls gmail "
        "godaddy google hermes hmrc hsbc icloud ingbank inpost instagram intesasanpaolo intuit irs itau "
        "itunes kaspersky kbc klarna kraken laposte ledger linkedin lloyds mastercard mbank mcafee metamask "
        "microsoft n26 namecheap natwest netflix norton nubank office365 onedrive opensea outlook paypal "
        "pkobp postbank posteitaliane postnl quickbooks rabobank revolut roblox royalmail santander "
        "sharepoint societegenerale sparkasse spotify steam stripe telegram tiktok trezor trustwallet twitter "
        "unicredit ups usps venmo visa volksbank walmart wellsfargo whatsapp wise zelle zoom "
    ).split(),
)
"""Names that phishing borrows most, as one word in small letters without accents."""
GENERAL = frozenset(
    (
        "account accounts alert alerts bank banking billing business care center centre client clients com "
        "contact customer customers delivery department dept desk email europe express fraud global gmbh "
        "group help helpdesk inc info international invoice kundenservice limited llc ltd mail message "
        "messages net news no noreply notice notification notifications official online order orders org "
        "parcel pay payment payments post prime reply sa secure security service services servicio servicios "
        "shipping sicherheit store support team the update updates user via wallet web "
    ).split(),
)
"""Words that stand beside a firm's name in a sender's name and name nobody."""
READ = 120
"""Characters of a display name that are looked at."""
MOST_WORDS = 3
"""Words that one name may be written in: "Bank of America"."""
_WORD = re.compile(r"[^\W_]{2,30}")


def words(sender: Address) -> list[str]:
    """Words of the display name, folded."""
    return [fold(word) for word in _WORD.findall(sender.name[:READ])]


def borrowed(sender: Address) -> str:
    """The well-known name that the display name consists of and the domain does not have; "" for none.

    A person who is called like a firm (Chase, Stripe) has another name beside it, which no firm has.
    """
    known = _brand(words(sender))
    own = organisation(sender.domain)
    return "" if known in own and "-" not in own else known


def _brand(name: list[str]) -> str:
    for start in range(len(name)):
        for end in range(start + 1, min(len(name), start + MOST_WORDS) + 1):
            joined = "".join(name[start:end])
            if joined in BRANDS and all(each in GENERAL or each.isdigit() for each in (*name[:start], *name[end:])):
                return joined
    return ""


def bears_its_name(sender: Address) -> bool:
    """Whether the display name is the domain's: "Harbour Bank" of harbourbank.example."""
    own, name = organisation(sender.domain), words(sender)
    return bool(own) and any(own == "".join(name[:end]) for end in range(1, MOST_WORDS + 1))
