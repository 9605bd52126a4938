"""The phrase tables: what they find in each language, what they leave alone, and that every row can be read."""

from __future__ import annotations

import time

import pytest

from streams.triage.cues import Cue
from streams.triage.features import Features
from streams.triage.lexicon import Lexicon
from streams.triage.phrases import CUES, TABLES, languages_of
from streams.triage.text import fold, own_words, tokens
from tests.unit.triage.written import FACTS, mail


def says(text: str, cue: Cue) -> bool:
    return Features(mail(text, subject=""), FACTS).says(cue) > 0


@pytest.mark.parametrize(
    ("text", "cue"),
    [
        ("Could you please send me the figures?", Cue.ASK),
        ("Let me know what you think.", Cue.ASK),
        ("Können Sie mir bitte die Unterlagen schicken? Das ist für die Prüfung.", Cue.ASK),
        ("Kannst du mich heute noch zurückrufen? Ich bin im Büro.", Cue.ASK),
        ("Pourriez-vous nous envoyer le dossier pour la réunion de jeudi ?", Cue.ASK),
        ("Merci de confirmer votre présence à la réunion.", Cue.ASK),
        ("¿Me puedes llamar cuando llegues a la oficina? Es por el contrato.", Cue.ASK),
        ("Necesito que revises el informe para la reunión.", Cue.ASK),
        ("Você pode enviar o relatório até sexta? É para a reunião.", Cue.ASK),
        ("Puoi confermare la data della riunione? Grazie, è per il cliente.", Cue.ASK),
        ("Kun je mij het rapport sturen? Het is voor de vergadering.", Cue.ASK),
        ("Czy możesz mi przysłać raport? To jest na spotkanie.", Cue.ASK),
        ("お手数ですがご確認をお願いいたします。", Cue.ASK),
        ("This needs your approval before it ships.", Cue.DECIDE),
        ("Wir brauchen Ihre Freigabe für die Rechnung, sie ist noch offen.", Cue.DECIDE),
        ("Nous attendons votre accord sur le devis.", Cue.DECIDE),
        ("It is urgent.", Cue.URGENT),
        ("Es ist dringend, die Kunden warten auf eine Antwort.", Cue.URGENT),
        ("C'est urgent, le client est dans la salle.", Cue.URGENT),
        ("Es urgente, los clientes esperan en la puerta.", Cue.URGENT),
        ("É urgente, os clientes estão à espera da resposta.", Cue.URGENT),
        ("È urgente, il cliente non può aspettare.", Cue.URGENT),
        ("Het is dringend, de klant wacht op een antwoord.", Cue.URGENT),
        ("To jest pilne, klient nie może czekać.", Cue.URGENT),
        ("Call me right now.", Cue.NOW),
        ("Rufen Sie mich bitte sofort an, die Anlage ist aus.", Cue.NOW),
        ("Rappelez-moi immédiatement, le serveur est en panne.", Cue.NOW),
        ("Llámame cuanto antes, por favor, es por la avería.", Cue.NOW),
        ("By 15:30 at the latest.", Cue.SOON),
        ("We need it by Friday.", Cue.DEADLINE),
        ("Bitte bis Freitag, das ist der letzte Tag für die Abgabe.", Cue.DEADLINE),
        ("À rendre avant vendredi, c'est la date limite pour nous.", Cue.DEADLINE),
        ("Tiene que estar listo para el viernes, es el plazo.", Cue.DEADLINE),
        ("Tem de ficar pronto até sexta-feira, é o prazo.", Cue.DEADLINE),
        ("Two people are injured and the ambulance is on its way.", Cue.DANGER),
        ("Der Fahrer ist verletzt und die Polizei ist da.", Cue.DANGER),
        ("The production database is down.", Cue.OUTAGE),
        ("We found an access key that was leaked.", Cue.SECURITY),
        ("Your payment was refused by the bank.", Cue.MONEY),
        ("Never mind, found it.", Cue.WITHDRAWN),
        ("No action is required.", Cue.NO_ACTION),
        ("Sie müssen nichts tun, das ist nur zur Information.", Cue.NO_ACTION),
        ("Your verification code is 123456.", Cue.CODE),
        ("Your weekly summary: 3 people viewed your profile.", Cue.DIGEST),
        ("Guten Morgen, hier ist die Wochenübersicht: Suchauftrag mit 3 neuen Treffern.", Cue.DIGEST),
        ("Dzień dobry, oto podsumowanie tygodnia z twojego roweru.", Cue.DIGEST),
        ("Please verify your account below.", Cue.CREDENTIALS),
        ("Bitte bestätigen Sie Ihre Bankverbindung, sonst wird das Konto gesperrt.", Cue.CREDENTIALS),
    ],
)
def test_a_phrase_is_found_in_its_language(text: str, cue: Cue) -> None:
    assert says(text, cue)


@pytest.mark.parametrize(
    ("text", "cue"),
    [
        ("The report has been sent to the client.", Cue.ASK),
        ("He could send the figures next month.", Cue.ASK),
        ("The brand is well known in the market and the fans love it.", Cue.DANGER),  # "Brand" burns only in German
        ("The insurgents were defeated.", Cue.URGENT),
        ("They were not downtown.", Cue.OUTAGE),
        ("I was there and it was fine.", Cue.YOU),  # "was" is Polish for "you"
        ("The deadlines-free week.", Cue.NOW),
    ],
)
def test_a_near_miss_is_left_alone(text: str, cue: Cue) -> None:
    assert not says(text, cue)


def test_no_phrase_reaches_over_the_end_of_a_sentence() -> None:
    assert not says("He left, as soon as he could. You send nothing.", Cue.ASK)


@pytest.mark.parametrize("cue", sorted(TABLES))
def test_every_cue_has_english_and_every_row_has_phrases(cue: Cue) -> None:
    assert "en" in TABLES[cue]
    assert all(row.strip() for row in TABLES[cue].values())


@pytest.mark.parametrize(
    "cue", [Cue.ASK, Cue.DECIDE, Cue.NOW, Cue.URGENT, Cue.SOON, Cue.DEADLINE, Cue.DANGER, Cue.DIGEST]
)
def test_asks_and_hurry_are_known_in_eight_languages(cue: Cue) -> None:
    assert {"en", "de", "fr", "es", "pt", "it", "nl", "pl"} <= set(TABLES[cue])


@pytest.mark.parametrize("row", ["50 % off", "call #now", "p1", "a+b"])
def test_a_phrase_that_could_never_match_is_refused(row: str) -> None:
    with pytest.raises(ValueError, match="phrase"):
        Lexicon({Cue.ASK: {"en": row}}, {})


@pytest.mark.parametrize(
    ("row", "text", "count"),
    [
        ("call {me|us}", "call me. call us. call him.", 2),
        ("call {|right} now", "call now, call right now", 2),
        ("^call me", "I call me. Call me.", 1),
        ("call _ now", "call him now. call. now", 1),
        ("in #n days", "in 12 days, in few days", 1),
        ("by #time", "by 15:30, by 9am, by night", 2),
        ("on @day", "on monday, on fire", 1),
        ("échéance", "ÉCHÉANCE echeance E\u0301che\u0301ance", 3),
    ],
)
def test_the_notation_of_the_tables_means_what_it_says(row: str, text: str, count: int) -> None:
    lexicon = Lexicon({Cue.ASK: {"en": row}}, {"@day": {"en": "monday|friday"}})
    assert lexicon.scan(tokens(text), ("en",)).get(Cue.ASK, 0) == count


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The meeting is on the agenda and we have to be there.", "en"),
        ("Die Besprechung ist auf der Liste und wir haben noch nicht alles.", "de"),
        ("La réunion est dans le calendrier et nous avons une question pour vous.", "fr"),
        ("La reunión es el lunes y no se puede cambiar la hora de los clientes.", "es"),
        ("A reunião é na sexta e não temos uma sala para os clientes da empresa.", "pt"),
        ("La riunione è alla fine della settimana e non abbiamo una sala per il cliente.", "it"),
        ("De vergadering is op het kantoor en we hebben nog geen zaal voor je klant.", "nl"),
        ("Spotkanie jest w biurze i nie ma jeszcze sali dla klienta, ale już się staramy.", "pl"),
    ],
)
def test_the_language_of_a_text_comes_first(text: str, language: str) -> None:
    assert languages_of(tokens(text))[0] == language


def test_a_text_too_short_to_tell_may_be_in_any_language() -> None:
    assert {"de", "fr", "pl"} <= set(languages_of(tokens("Freigabe")))


def test_older_mail_pasted_under_its_header_block_is_not_the_senders_own() -> None:
    text = "I agree.\n\nSam Poe\n02/03/2001 09:00\nTo: Rosa Lind\ncc:\nSubject: plan\n\nCan you send it?"
    assert "send" not in own_words(text)
    assert own_words("To: be or not to be") == "To: be or not to be"


LONG_LIST = "".join(f"\tPat Moss{n} <pat{n}@firm.example>,\n" for n in range(30))


@pytest.mark.parametrize(
    "above",
    [
        "Sam Poe\n02/03/2001 09:00\n",
        "Sam Poe\n\tSent by: Kim Low\n\t02/03/2001 09:00 AM\n\n",
        '"Sam Poe" <sam@firm.example> on 02/03/2001 09:00:12 AM\nPlease respond to <sam@firm.example>\n',
        "From: Sam Poe on 2001-03-02 09:00\n",
        "",
    ],
)
def test_the_lines_that_name_the_older_mails_sender_go_with_its_header_block(above: str) -> None:
    pasted = f"{above}To: Rosa Lind,\n{LONG_LIST}cc:\n\nSubject: plan\n\nCan you send it?"
    assert own_words(f"I agree.\n\n{pasted}").strip() == "I agree."
    assert own_words(pasted).strip() == ""


def test_a_date_in_the_senders_own_words_stays() -> None:
    text = "We met on 02/03/2001 09:00 and that was all.\nIt went well.\n\nNothing else.\nSo long.\nSam\n\nTo: x\ncc: y"
    assert "02/03/2001" in own_words(text)


def test_reading_past_hostile_header_blocks_takes_no_time() -> None:
    for hostile in ("to:\n" * 2000, "to: x\nabc\n" * 800, "to:" * 2700, "\n" * 8000 + "to:\n" * 40):
        began = time.process_time()
        own_words(hostile)
        assert time.process_time() - began < 1  # it takes 10 ms, a collection of garbage in between some more


@pytest.mark.parametrize(
    ("word", "folded"), [("Échéance", "echeance"), ("GRÖSSE", "grosse"), ("Łódź", "lodz"), ("ß", "ss")]
)
def test_a_word_is_folded_to_what_careless_people_type(word: str, folded: str) -> None:
    assert fold(word) == folded


def test_the_tables_are_compiled_once_and_hold_thousands_of_phrases() -> None:
    assert CUES.phrases > 5_000
