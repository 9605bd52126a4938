"""What is newly written, quoted, forwarded and signed, in the languages that mail programs speak."""

import pytest

from streams.mail.quotes import new_part

OWN = "Could you look at this by Friday?"


@pytest.mark.parametrize(
    "quotation",
    [
        "On Mon, 2 Apr 2012 at 18:26, Alice Doe <alice@example.org> wrote:\nold text",
        "On Monday, December 15, 2024, at 3:45:32 PM EST, Alice Doe\n<alice@example.org> wrote:\n\nold text",
        "Am 13.12.2017 um 21:11 schrieb Alice Doe <alice@example.org>:\nold text",
        "Am Mo., 2. Apr. 2024 um 10:00 Uhr schrieb Alice Doe <\nalice@example.org>:\n\n> old text",
        "Le lun. 15 nov. 2021 à 19:42, Alice Doe <alice@example.org> a écrit :\nold text",
        "El lun, 15 nov 2021 a las 19:42, Alice Doe (<alice@example.org>) escribió:\nold text",
        "Em seg., 15 de nov. de 2021 às 19:42, Alice Doe <alice@example.org> escreveu:\nold text",
        "Il giorno lun 15 nov 2021 alle ore 19:42 Alice Doe <alice@example.org> ha scritto:\nold text",
        "Op ma 15 nov 2021 om 19:42 schreef Alice Doe <alice@example.org>:\nold text",
        "pon., 15 lis 2021 o 19:42 Alice Doe <alice@example.org> napisał(a):\nold text",
        "W dniu 15.11.2021 o 19:42, Alice Doe pisze:\nold text",
        "-----Original Message-----\nFrom: Alice\nSubject: x\n\nold text",
        "-----Ursprüngliche Nachricht-----\nVon: Alice\n\nold text", "-------- Message d'origine --------\nold text",
        "-----Mensaje original-----\nold text", "-----Mensagem original-----\nold text", "-----Messaggio originale-----\nold text",
        "-----Oorspronkelijk bericht-----\nold text", "-----Wiadomość oryginalna-----\nold text",
        "From: Alice Doe <alice@example.org>\nSent: Monday\nTo: Bob\nSubject: x\n\nold text",
        "________________________________\nVon: Alice Doe\nGesendet: Montag\nAn: Bob\nBetreff: x\n\nold text",
        "De : Alice Doe\nEnvoyé : lundi\nÀ : Bob\nObjet : x\n\nold text", "De: Alice\nEnviado: lunes\nPara: Bob\nAsunto: x\n\nold text",
        "De: Alice\nEnviada em: segunda\nPara: Bob\nAssunto: x\n\nold text", "Da: Alice\nInviato: lunedì\nA: Bob\nOggetto: x\n\nold text",
        "Van: Alice\nVerzonden: maandag\nAan: Bob\nOnderwerp: x\n\nold text", "Od: Alice\nWysłano: poniedziałek\nDo: Bob\nTemat: x\n\nold text",
        "*From:* Alice\n*Sent:* Monday\n*To:* Bob\n*Subject:* x\n\nold text",
        "---------- Forwarded message ---------\nFrom: Alice\n\nold text", "Begin forwarded message:\n\nFrom: Alice\n\nold text",
        "Anfang der weitergeleiteten Nachricht:\n\nold text", "Début du message transféré :\n\nold text",
        "> old text", "> old text\n>> older text\n> old text",
    ],
)  # fmt: skip
def test_what_was_written_before_is_left_out(quotation):
    assert new_part(f"{OWN}\n\n{quotation}") == (OWN, True)


@pytest.mark.parametrize(
    "signature",
    [
        "--\nAlice Doe\nExample Ltd", "Best regards,\nAlice", "Kind regards\n\nAlice Doe\nSales\nExample Ltd\n+1 555 0100 200",
        "Mit freundlichen Grüßen\nAlice Doe", "Viele Grüße,\nAlice", "Cordialement,\nAlice Doe", "Un saludo,\nAlice", "Atenciosamente,\nAlice",
        "Cordiali saluti\nAlice", "Met vriendelijke groet,\nAlice", "Pozdrawiam,\nAlice", "Sent from my iPhone", "Gesendet von meinem iPhone",
        "Von meinem iPhone gesendet", "Envoyé de mon iPhone", "Enviado desde mi iPhone", "Enviado do meu iPhone", "Inviato da iPhone",
        "Verzonden vanaf mijn iPhone", "Wysłane z iPhone'a", "Get Outlook for iOS", "Thanks,\nAlice",
        "_______________________________________________\nsome mailing list\nlist@example.org",
    ],
)  # fmt: skip
def test_the_signature_is_left_out(signature):
    assert new_part(f"{OWN}\n\n{signature}") == (OWN, False)


@pytest.mark.parametrize(
    "text",
    [
        OWN, "Thanks!\nCan you also send the other report, the one from last week?", "Thanks!\nAlice", "Best\n\nor worst, we shall see. It depends.",
        "On Monday we meet at 10:00 to talk about:\n- costs\n- people", "He wrote:\nI am late.", "From: here\nto there it is far.",
        "Points:\n-- first\n-- second", "Results\n-----\nAll good.", "I was sent from my office to the other building.",
        "Subject: matter experts\nDate: to be found", "a > b\n3 > 2",
    ],
)  # fmt: skip
def test_ordinary_text_is_kept_whole(text):
    assert new_part(text) == (text, False)


def test_answers_between_the_quoted_lines_are_kept():
    text = "On 1 May 2024, Alice <a@x.example> wrote:\n> First?\n\nYes.\n\n> Second?\nNo.\n> Third?\n\nPerhaps."
    assert new_part(text) == ("Yes.\n\nNo.\n\nPerhaps.", True)


@pytest.mark.parametrize(
    "head",
    [
        "---------- Forwarded message ---------\nFrom: Alice <a@x.example>\nDate: Mon, 1 May 2024\nSubject: s\nTo: Bob <b@x.example>\n\n",
        "Begin forwarded message:\n\nFrom: Alice\nSubject: s\nDate: Monday\nTo: Bob\n\n",
        "From: Alice\nSent: Monday\nTo: Bob\nSubject: s\n\n",
    ],
)
def test_a_forward_without_a_word_of_its_own_is_read_itself(head):
    assert new_part(f"{head}{OWN}") == (OWN, True)


def test_a_reply_without_a_word_of_its_own_has_no_new_part():
    assert new_part("On 1 May 2024, Alice <a@x.example> wrote:\n> old") == ("", True)


@pytest.mark.parametrize("mark", ["> ", ">", "|> ", "--]", "AB> ", " > "])
def test_every_common_mark_of_a_quoted_line(mark):
    assert new_part(f"On 1 May 2024, Alice wrote:\n{mark}old\n{mark}older\n\n{OWN}") == (OWN, True)


def test_an_answer_below_an_unmarked_quotation_is_not_lost():
    text = f"On 1 May 2024, Alice <a@x.example> wrote:\n\nold text\n\n{OWN}"
    assert new_part(text) == (f"old text\n\n{OWN}", True)


def test_a_text_that_is_all_marked_is_read_without_its_marks():
    assert new_part("> one\n> two") == ("one\ntwo", True)
