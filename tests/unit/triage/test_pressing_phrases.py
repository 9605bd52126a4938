"""What presses, calms or only sounds like a request, said in eight languages; and that no language lacks a cue."""

from __future__ import annotations

import pytest

from streams.triage.cues import Cue
from streams.triage.features import Features
from streams.triage.phrases import TABLES
from tests.unit.triage.written import FACTS, mail

LANGUAGES = ("en", "de", "fr", "es", "pt", "it", "nl", "pl")
SAID: dict[Cue, tuple[str, ...]] = {
    Cue.OR_ELSE: (
        "Send it by noon, otherwise the bid will be excluded.",
        "Bitte schicken Sie das Formular, sonst wird der Antrag abgelehnt und wir verlieren den Platz.",
        "Il faut la page signée, sinon le dossier sera refusé et nous perdons la place.",
        "Hay que enviar la hoja, de lo contrario la oferta quedará excluida y perdemos el contrato.",
        "É preciso enviar a folha, senão a proposta será recusada e perdemos o contrato.",
        "Mandami il foglio firmato, altrimenti la domanda sarà respinta e perdiamo il posto.",
        "Stuur het formulier, anders wordt de aanvraag geweigerd en verliezen we de plaats.",
        "Proszę przysłać formularz, w przeciwnym razie wniosek zostanie odrzucony i stracimy miejsce.",
    ),
    Cue.ONLY_YOU: (
        "I don't have access and nobody else has the key.",
        "Ich habe keinen Zugriff und niemand sonst hat den Schlüssel für das Lager.",
        "Je n'ai pas les droits et il n'y a que toi qui as la clé de la salle.",
        "No tengo acceso y nadie más tiene la llave de la sala.",
        "Não tenho acesso e mais ninguém tem a chave da sala.",
        "Non ho le chiavi e nessun altro può aprire la sala.",
        "Ik heb geen toegang en niemand anders heeft de sleutel van de zaal.",
        "Nie mam dostępu i nikt inny nie ma klucza do sali.",
    ),
    Cue.UNREACHED: (
        "We tried to call you twice and it goes to voicemail.",
        "Wir haben versucht, Sie anzurufen, aber Sie sind telefonisch nicht erreichbar und die Mailbox geht an.",
        "Nous avons essayé de vous joindre et vous ne répondez pas au téléphone.",
        "Hemos intentado llamarle y no contesta al teléfono de la oficina.",
        "Tentámos ligar para o telefone e não atende, é para falar com o senhor.",
        "Abbiamo provato a chiamarla e non risponde al telefono della casa.",
        "We krijgen u niet te pakken en u neemt niet op, bel ons terug.",
        "Nie możemy się dodzwonić i nikt nie odbiera, proszę o pilny kontakt.",
    ),
    Cue.WAITING: (
        "The driver is waiting outside the gate.",
        "Der Fahrer steht vor dem Tor und wartet auf die Papiere.",
        "Le chauffeur est devant le portail et les clients attendent dehors.",
        "El conductor está esperando en la puerta con los papeles de la carga.",
        "O motorista está à espera no portão e os clientes estão lá fora.",
        "L'autista è fuori dal cancello e i clienti sono in attesa della merce.",
        "De chauffeur staat voor de poort en wacht op de papieren van het transport.",
        "Kierowca czeka na placu i klienci stoją przed bramą, bo nie ma dokumentów.",
    ),
    Cue.CUTOFF: (
        "The portal closes at 17:00 today.",
        "Das Portal schließt heute um 17:00 und die Frist läuft heute ab.",
        "Le portail ferme à 17h00 et le délai expire ce soir pour nous.",
        "El portal cierra a las 17:00 y el plazo termina hoy para la oferta.",
        "O portal fecha às 17:00 e o prazo termina hoje para a proposta.",
        "Il portale chiude alle 17:00 e il termine scade oggi per la gara.",
        "Het portaal sluit om 17:00 en het moet voor die tijd binnen zijn.",
        "Portal zamyka się o 17:00 i termin mija dzisiaj, a nie ma podpisu.",
    ),
    Cue.HELPLESS: (
        "What should I do? Where are you?",
        "Was soll ich tun? Ich weiß nicht, wo der Schlüssel für das Ventil ist.",
        "Que dois-je faire ? On ne sait pas où est la vanne de la cuisine.",
        "¿Qué hago? No sé dónde está la llave de la cocina.",
        "O que faço? Não sei onde está a chave da cozinha.",
        "Cosa devo fare? Non so dove sono le chiavi della cucina.",
        "Wat moet ik doen? Ik weet niet waar de sleutel van de keuken is.",
        "Co mam robić? Nie wiem, gdzie jest klucz do kuchni.",
    ),
    Cue.CANNOT: (
        "I can't open it and there is no key.",
        "Ich kann die Tür nicht öffnen und die Pumpe startet nicht.",
        "Nous ne pouvons pas ouvrir la porte et il est impossible de fermer la vanne.",
        "No podemos abrir la puerta y la bomba no arranca.",
        "Não conseguimos abrir a porta e a bomba não arranca.",
        "Non riesco ad aprire la porta e la pompa non parte.",
        "Ik kan de deur niet openen en de pomp start niet.",
        "Nie mogę otworzyć drzwi i pompa nie działa, a to jest na dole.",
    ),
    Cue.COURTESY: (
        "If you have any questions, please call me.",
        "Bei Fragen stehe ich Ihnen gerne zur Verfügung, rufen Sie mich an.",
        "Si vous avez des questions, n'hésitez pas à nous appeler.",
        "Si tiene alguna duda, no dude en llamar a la oficina.",
        "Se tiver alguma dúvida, estamos à sua disposição para ajudar.",
        "Per qualsiasi domanda resto a sua disposizione nella mia sede.",
        "Als u nog vragen hebt, aarzel niet om ons te bellen.",
        "W razie pytań pozostajemy do dyspozycji, proszę o telefon.",
    ),
    Cue.DRILL: (
        "The fire drill takes place on Tuesday.",
        "Die Brandschutzübung ist am Dienstag und dauert nicht lange.",
        "L'exercice incendie est prévu mardi pour tout le bâtiment.",
        "El simulacro es el martes y dura diez minutos para todos.",
        "O simulacro é na terça e dura dez minutos para todos.",
        "La prova di evacuazione è martedì e dura dieci minuti per tutti.",
        "De brandoefening is op dinsdag en duurt tien minuten voor iedereen.",
        "Próbny alarm jest we wtorek i trwa dziesięć minut dla wszystkich.",
    ),
    Cue.CHATTER: (
        "There is cake in the kitchen, help yourselves.",
        "Kuchen steht in der Küche, bedient euch, es ist genug für alle da.",
        "Il y a des croissants en salle de pause, servez-vous, c'est pour tous.",
        "Hay tarta en la cocina, servíos, es para todos los de la planta.",
        "Há bolo na copa, sirvam-se, é para todos os da equipa.",
        "C'è una torta in cucina, servitevi, è per tutti.",
        "Er is taart in de keuken, tast toe, het is voor iedereen.",
        "Jest ciasto w kuchni, częstujcie się, to dla wszystkich.",
    ),
    Cue.RESOLVED: (
        "The outage has been resolved.",
        "Der Ausfall ist behoben und alles läuft wieder wie es soll.",
        "La panne est résolue et tout fonctionne à nouveau pour les clients.",
        "La avería está resuelta y el sistema vuelve a funcionar.",
        "A avaria está resolvida e o sistema voltou a funcionar.",
        "Il guasto è risolto e il sistema funziona di nuovo per tutti.",
        "De storing is opgelost en het systeem werkt weer voor iedereen.",
        "Awaria została usunięta i wszystko działa, nie ma już problemu.",
    ),
    Cue.FYI: (
        "Attached are the minutes of the meeting.",
        "Anbei das Protokoll der Sitzung, es ist nur zur Kenntnis.",
        "Pour information, le compte rendu est en pièce jointe avec les notes.",
        "Adjunto el acta de la reunión para tu información y la de los demás.",
        "Em anexo a ata da reunião, é para conhecimento de todos.",
        "In allegato il verbale della riunione, è per conoscenza.",
        "In bijlage het verslag van de vergadering, het is ter informatie.",
        "W załączniku protokół z zebrania, to jest do wiadomości.",
    ),
}
CASES = [(cue, language, text) for cue, texts in SAID.items() for language, text in zip(LANGUAGES, texts, strict=True)]


@pytest.mark.parametrize(("cue", "language", "text"), CASES, ids=[f"{cue}-{language}" for cue, language, _ in CASES])
def test_a_cue_is_understood_in_every_language(cue: Cue, language: str, text: str) -> None:
    assert Features(mail(text, subject=""), FACTS).says(cue) > 0


@pytest.mark.parametrize("cue", sorted(TABLES))
def test_no_language_lacks_a_cue(cue: Cue) -> None:
    assert set(LANGUAGES) <= set(TABLES[cue])


@pytest.mark.parametrize(
    ("text", "cue"),
    [
        ("We stand by our offer and wait for the spring.", Cue.WAITING),
        ("Let me know if you can come on Friday.", Cue.COURTESY),
        ("Mark this finding as resolved in the console.", Cue.RESOLVED),
        ("As you will recall, we met in May.", Cue.DANGER),
        ("The shop closes in the winter.", Cue.CUTOFF),
        ("She stole the show.", Cue.SECURITY),
        ("You are the best.", Cue.ONLY_YOU),
        ("The drilled holes are fine.", Cue.DRILL),
    ],
)
def test_a_near_miss_is_left_alone(text: str, cue: Cue) -> None:
    assert not Features(mail(text, subject=""), FACTS).says(cue)
