"""What asks for nothing: information, thanks, courtesies, requests taken back, drills."""

from __future__ import annotations

from streams.triage.cues import Cue

NO_ACTION = {
    "en": """
    no {action|reply|response|answer|need to {reply|respond|answer|do}} {|is|required|needed|necessary}; {nothing|
    not anything} {|else|more} to {do|change|report|worry} {|on your side}; {don t|do not|you don t|you do not}
    {need|have} to {do|reply|answer|respond|take|change}; no need {to|for}; not need you; no rush; nothing {is|you}
    {need|required|needed}; needs nothing {from|of}; for {your|everyone s} {files|records|information|info|
    interest|reference} {|only}; just to {let you know|say|tell|keep|inform}; reading matter; if this was you;
    informational only; {do not|don t} reply; this is an automated; automatic message; was not {paged|affected}; in
    the meantime everything works; no hurry; not urgent; nothing urgent; {it|this|that} can wait; take your time; at
    your leisure; whenever {you|it} {can|have|suits|like}; when you {get a chance|have time|have a moment}""",
    "de": """
    nur zur {info|information|kenntnis}; zur {info|kenntnis}; kein {handlungsbedarf|handeln}; keine {antwort|aktion|
    rückmeldung} {nötig|erforderlich|notwendig}; {müssen|brauchen|musst|brauchst} {sie|du} nichts; nichts {zu tun|
    weiter zu tun}; nicht auf diese; keine eile; eilt nicht; nicht {dringend|eilig}; hat zeit; kann warten; lass dir
    zeit; lassen sie sich zeit; wenn {du|sie} zeit {hast|haben}; bei gelegenheit""",
    "fr": """
    pour {info|information|votre information}; aucune {action|réponse|démarche}; rien à {faire|changer|signaler};
    pas besoin de; ne pas répondre; juste pour {te|vous} dire; un petit mot pour; rien {d urgent|ne presse}; pas
    {urgent|pressé}; ça peut attendre; cela peut attendre; prends ton temps; prenez votre temps; quand {tu|vous}
    {as|avez} le temps; à l occasion""",
    "es": """
    no {hace falta|es necesario|tienes que|tiene que|necesitas|necesita} {hacer|responder|contestar|que|nada}; para
    tu información; a título informativo; solo para {informar|que sepas|informarte}; nada que hacer; no responda; no
    responder; no {corre|es urgente|hay prisa|urge}; sin prisa; sin prisas; puede esperar; tómate tu tiempo; tómese
    su tiempo; cuando {tengas|tenga|puedas} {tiempo|un rato|un momento}; nada urgente""",
    "pt": """
    não é {preciso|necessário}; não {precisa|precisas} de; para {sua|tua|vossa} informação; apenas para informar;
    não responda; sem necessidade; sem pressa; não {há pressa|é urgente|tem pressa}; pode esperar; quando
    {tiveres|tiver|puderes} {tempo|um momento|disponibilidade}; nada urgente; com calma""",
    "it": """
    non {è necessario|serve|occorre|devi|deve} {fare|rispondere|alcuna|nulla}; per {tua|sua|vostra} informazione;
    nessuna azione; solo per {informarti|dirti|informazione}; non rispondere; senza fretta; non {c è fretta|è
    urgente|ha fretta}; può aspettare; con calma; quando {hai|ha} {tempo|un attimo|un momento}; niente di urgente""",
    "nl": """
    ter info; ter informatie; geen {actie|antwoord} {nodig|vereist}; hoef {je|u} {niets|niet}; je hoeft {niets|
    niet}; u hoeft {niets|niet}; niet op te antwoorden; even laten weten; geen haast; niet {dringend|haastig}; heeft
    geen haast; kan wachten; neem je tijd; als {je|u} tijd {hebt|heeft}; op {je|uw} gemak; niets dringends""",
    "pl": """
    do wiadomości; nie {musisz|trzeba|wymaga}; bez odpowiedzi; prosimy nie odpowiadać; tylko informacja; nie ma
    pośpiechu; bez pośpiechu; nie spiesz się; nic pilnego; nie {jest |}pilne; może poczekać; w wolnej chwili; gdy
    {będziesz|znajdziesz} {miał|miała|czas|chwilę}""",
    "tr": "bilgin olsun; bilginize; bilgi için; yapmana gerek yok; yapmanız gerekmez",
}

WITHDRAWN = {
    "en": """
    never mind; nevermind; please ignore my; ignore my {last|previous|earlier}; forget {it|my|about it|what i}; no
    longer {needed|need|required|necessary}; found it; sorted itself; already sorted; it s sorted; all sorted;
    solved it; disregard; false alarm; panic over; got it working; scrap that""",
    "de": "hat sich {erledigt|geklärt}; schon erledigt; vergiss {es|meine|die}; ist erledigt; fehlalarm; entwarnung",
    "fr": "{laisse|laissez} tomber; oublie; oubliez; ce n est plus nécessaire; c est réglé; fausse alerte",
    "es": """
    olvida; olvídalo; olvídate; ya no hace falta; ya está solucionado; ya está resuelto; falsa alarma; no hagas caso""",
    "pt": "esquece; deixa estar; já não é preciso; já está resolvido; falso alarme",
    "it": "lascia {perdere|stare}; non serve più; già risolto; falso allarme; come non detto",
    "nl": "laat maar; niet meer nodig; al opgelost; al gevonden; vals alarm; vergeet mijn",
    "pl": "nieważne; już nieaktualne; już niepotrzebne; sprawa załatwiona; fałszywy alarm",
}

COURTESY = {
    "en": """
    if you have {any|further|more|other|additional}
    {questions|question|problems|concerns|comments|queries|doubts|trouble|difficulties|issues}; if you have
    {questions|problems|concerns}; if you {need|want|require}
    {anything|any|more|further|additional|help|assistance|to know more}; let {me|us} know if
    {there|anything|something|it|any|you have any|you have questions|you need|i can|we can}; {don t|do not} hesitate
    to; feel free to; should you {have|need|require|wish}; {any questions|questions}
    {please|just|call|let|feel|contact}; if {anything|something} {is unclear|comes up|changes}; happy to
    {help|answer|discuss}; {in|for} {pressing|urgent} {cases|matters}; for {any|further|more}
    {questions|information|details|help}""",
    "de": """
    bei {fragen|rückfragen|problemen|unklarheiten}; {falls|wenn} {du|sie|ihr} {|noch |weitere }{fragen|etwas|hilfe};
    falls noch {fragen|etwas}; stehe {ich |}{ihnen |dir |}{gerne |gern |jederzeit |}zur verfügung; zögern sie nicht;
    zögere nicht; {melde|melden} {dich|sie sich} {gern|gerne|jederzeit|wenn|falls}; in dringenden fällen; für
    {rückfragen|weitere}""",
    "fr": """
    n hésite {pas|surtout}; n hésitez {pas|surtout}; si {vous|tu} {avez|as} {des|une|besoin}
    {|questions|question|d}; {je reste|nous restons|reste} à {votre|ta} disposition; pour {toute|plus} {question|d
    informations|information}; en cas d urgence; en cas de {question|problème|besoin}""",
    "es": """
    si {tienes|tiene|tenéis|tienen} {alguna|cualquier|dudas|preguntas}; no {dudes|dude|duden|dudéis} en; cualquier
    {duda|consulta|pregunta|cosa}; {quedo|quedamos|estoy|estamos} a {tu|su|vuestra} disposición; para
    {cualquier|más} {duda|consulta|información|detalles}; si {necesitas|necesita} {algo|más|ayuda}; en caso de
    urgencia""",
    "pt": """
    se {tiveres|tiver|tiverem} {alguma|qualquer|dúvidas|questões|perguntas}; não hesites; não hesite;
    {qualquer|alguma} {dúvida|questão|coisa}; {estou|estamos|fico|ficamos} {à|ao} {tua|sua|vossa|dispor}
    {|disposição}; para {qualquer|mais} {questão|dúvida|informações}; se {precisares|precisar} de
    {algo|mais|ajuda|alguma}; em caso de urgência""",
    "it": """
    se {hai|ha|avete} {domande|dubbi|bisogno|qualche|altre}; non {esitare|esiti|esitate}; per
    {qualsiasi|ogni|eventuali|ulteriori}
    {domanda|dubbio|dubbi|informazione|informazioni|chiarimento|chiarimenti|evenienza};
    {resto|restiamo|rimango|rimaniamo|sono} a {tua|sua|vostra} disposizione; in caso di
    {urgenza|necessità|dubbi|domande}""",
    "nl": """
    {mocht|moest} {je|u|jij} {nog |}{vragen|iets|hulp|meer}; {als|indien} {je|u} {nog |}{vragen|hulp|meer}
    {hebt|heeft|nodig}; {aarzel|twijfel} niet; {bij|voor} {vragen|problemen|meer|verdere}; {sta|staan} {ik|wij|we}
    {klaar|ter beschikking}; vragen hoor ik; in dringende gevallen""",
    "pl": """
    w razie {pytań|wątpliwości|problemów|potrzeby}; {jeśli|jeżeli|gdyby} {masz|mają państwo|ma pan|ma pani|pojawią
    się} {|jakieś |jakiekolwiek }{pytania|wątpliwości|uwagi}; {pozostaję|pozostajemy|jestem|jesteśmy} do
    {dyspozycji|państwa}; proszę nie wahać; nie wahaj się; w pilnych sprawach; w nagłych przypadkach""",
}

CHATTER = {
    "en": """
    {cake|cakes|cookies|biscuits|doughnuts|donuts|pizza|leftovers|leftover|chocolates|fruit|drizzle|sandwiches|pastries|sweets|brownies|muffins}
    {is |are |}in the {kitchen|staff room|break room|breakroom|office|lobby|canteen|common room}; in the
    {kitchen|staff room|break room|breakroom|canteen} {on|help|for|and|first}; help {yourself|yourselves}; lost and
    found; {was|has been|were|been} {left|found} {in|at|on} the
    {kitchen|third|second|first|ground|meeting|office|car|stairs|toilets|canteen|staff|lobby|fridge}; whoever
    {owns|left|took|has|parked|lost|is}; whose {car|bike|mug|jacket|umbrella|keys|charger|lunch}; has anyone
    {lost|seen my|taken|found}; anyone {lost|missing} {a|an|their}; at {the |}reception {for|if|to be collected};
    lights {are |}on in; parked in; the second fridge; the fridge""",
    "de": """
    kuchen {steht|in der|im|gibt}; {in der|steht in der} küche; bedient euch; greift zu; fundsache; fundsachen;
    {wurde|liegt} {gefunden|am empfang}; wem gehört; wer hat {seinen|seine|meinen|meine}; kühlschrank; falsch
    geparkt""",
    "fr": """
    {gâteau|gâteaux|croissants|viennoiseries} {en|dans|à}; servez vous; objet trouvé; objets trouvés; à qui
    {est|appartient}; {dans|en} {la cuisine|salle de pause}; le frigo; oublié {dans|à}""",
    "es": """
    {tarta|pastel|bollos|dulces} {en|de} {la|las}; serviros; servíos; objetos perdidos; de quién es; en la
    {cocina|nevera|sala de descanso}; alguien ha {perdido|olvidado}; mal aparcado""",
    "pt": """
    {bolo|bolos|doces} {na|no}; sirvam se; perdidos e achados; de quem é; na {copa|cozinha|sala de convívio}; no
    frigorífico; alguém {perdeu|esqueceu}; mal estacionado""",
    "it": """
    {torta|dolci|pasticcini|cornetti} in {cucina|sala}; servitevi; oggetti smarriti; di chi è; in {cucina|sala
    pausa}; nel frigorifero; qualcuno ha {perso|dimenticato}; parcheggiata male""",
    "nl": """
    {taart|koeken|cake|gebak} {in|op} de; tast toe; bedien jullie; gevonden voorwerpen; verloren voorwerp; van wie
    is; in de {keuken|refter|pauzeruimte}; in de koelkast; wie is {zijn|haar}; fout geparkeerd""",
    "pl": """
    {ciasto|ciastka|pączki|tort} w {kuchni|pokoju}; częstujcie się; zapraszam na ciasto; rzeczy znalezione; czyj
    jest; czyje jest; w {kuchni|lodówce}; ktoś {zgubił|zostawił}; źle zaparkowany""",
}

FYI = {
    "en": """
    fyi; for {your|yr} information; see {|the} attached; attached is; attached are; attached please find; here is;
    here are; below is; i {ve|have} attached; passing along; as discussed; keep you posted; heads up;
    {attached|enclosed} {the|are|is|you|please|find}; minutes of; for information; for {everyone s|anyone s}
    information; this is to inform; just a {note|heads}; wanted to {let you know|keep you|share}; i promised to keep
    you""",
    "de": """
    anbei; im anhang; zur kenntnisnahme; wie besprochen; zur {info|information|kenntnis}; zu deiner information; zu
    ihrer information; wollte {dich|sie} nur; angehängt; beigefügt; protokoll {der|vom}""",
    "fr": """
    ci joint; pour info; en pièce jointe; comme convenu; pour information; à titre d information; en {pièce
    jointe|copie}; veuillez trouver; je te transmets; je vous transmets; compte rendu""",
    "es": """
    adjunto; te adjunto; le adjunto; como hablamos; fyi; para {tu|su|vuestra} información; a título informativo; te
    {paso|reenvío|comparto}; le {paso|reenvío|comparto}; acta de; te cuento""",
    "pt": """
    em anexo; segue em anexo; segue; conforme combinado; para {tua|sua|vossa} informação; a título informativo;
    envio {te|lhe|em anexo}; junto {envio|segue}; ata da; para conhecimento""",
    "it": """
    in allegato; come da accordi; per {tua|sua|vostra} {informazione|conoscenza}; ti {inoltro|giro|allego}; le
    {inoltro|allego}; verbale {della|di}; a titolo informativo; per conoscenza""",
    "nl": """
    in bijlage; bijgevoegd; zoals besproken; ter info; ter {informatie|kennisgeving}; als bijlage; hierbij; ik stuur
    {je|u}; verslag van; zoals beloofd""",
    "pl": """
    w załączniku; przesyłam; w załączeniu; do wiadomości; do {twojej|państwa} informacji; przekazuję; dla
    informacji; protokół z; zgodnie z ustaleniami""",
}

THANKS = {
    "en": """
    thank you for; thanks for; thanks so much; thanks to {you|everyone|everybody|all|the|those} ; many thanks for; well done; congratulations; congrats;
    great job; good work; nice work; thank you {all|both|again|really|so much}""",
    "de": "danke {für|dir|euch|an alle|nochmal|noch} ; vielen dank für; herzlichen {dank|glückwunsch}; gut gemacht",
    "fr": "merci {pour|à vous|à tous|beaucoup|encore}; mille mercis; félicitations; bravo",
    "es": "gracias por; mil gracias; muchas gracias por; enhorabuena; felicidades",
    "pt": "obrigad{o|a} {por|pela|pelo|a todos} ; muito obrigad{o|a}; parabéns",
    "it": "grazie {per|a tutti|mille|di} ; complimenti; congratulazioni",
    "nl": "bedankt; dank {je|u} {voor|wel} ; gefeliciteerd; proficiat; goed gedaan",
    "pl": "dziękuję za; dziękujemy za; dzięki za; gratulacje",
    "tr": "teşekkür ederim; teşekkürler; sağ ol; tebrikler; eline sağlık",
}

DRILL = {
    "en": """
    {fire|evacuation|emergency|safety|security|rescue|lockdown|disaster}
    {drill|exercise|rehearsal|training|simulation}; fire practice; tabletop exercise; this is {only |just |}a
    {drill|test|exercise}; test {alarm|alert|message| notification|page}; drill; game day; training session;
    awareness {week|training|month}; {first aid|safety} {course| training|refresher|box|boxes|committee|circle};
    lessons learned; retrospective; debrief; in the event of; in case of; {last|past} {week|month|year|night} s
    {outage|incident|fire|failure}; accident free; no {accidents|incidents|injuries}; {planned|scheduled}
    {maintenance|downtime|outage|work|works|update|upgrade|interruption}; maintenance window; release notes; new
    {version|release|features}; what {changes|s new|has changed}; {will be|is} unavailable {on|from|between} @day;
    minutes of; {post mortem|postmortem}; {insurance|safety|security}
    {policy|guidelines|tips|newsletter|report|week|audit report}""",
    "de": """
    probealarm; {brandschutz|feuer|räumungs|evakuierungs|notfall|sicherheits}übung; brandschutzübung; feuerübung;
    räumungsübung; evakuierungsübung; notfallübung; übung; nur ein test; testalarm; unterweisung; erste hilfe kurs;
    schulung; nachbesprechung; unfallfrei; keine {unfälle|vorfälle|verletzten}; im falle {eines|einer};
    {geplante|geplanter|planmäßige} {wartung|wartungsarbeiten|unterbrechung|arbeiten|abschaltung}; wartungsfenster;
    neue {version|funktionen}; was sich ändert; protokoll {der|des|vom|zur};
    sicherheits{hinweise|tipps|bericht|unterweisung}""",
    "fr": """
    exercice {incendie|d évacuation|d alerte|de sécurité}; {simple |}exercice; alerte test; test de l alarme;
    formation; retour d expérience; aucun {accident|incident|blessé}; en cas {de|d}; maintenance
    {planifiée|programmée|prévue}; nouvelle {version|fonctionnalité}; ce qui change; compte rendu;
    {interruption|coupure} {planifiée|programmée|prévue}""",
    "es": """
    simulacro; simulacro de {incendio|evacuación}; alarma de prueba; es {solo |}una prueba; curso de; formación; sin
    { accidentes|incidentes|heridos}; en caso de; lecciones aprendidas; mantenimiento
    {programado|planificado|previsto}; nueva versión; novedades de la versión; acta de; {corte|interrupción}
    {programado|programada}""",
    "pt": """
    simulacro; exercício de {evacuação|incêndio|emergência}; alarme de teste; é {só |apenas |}um teste; formação;
    sem { acidentes|incidentes|feridos}; em caso de; lições aprendidas; manutenção {programada|planeada|agendada};
    nova versão; ata da; {corte|interrupção} {programado|programada}""",
    "it": """
    esercitazione; prova di evacuazione; prova antincendio; simulazione; allarme di prova; corso di; formazione;
    nessun { incidente|infortunio|ferito}; in caso di; lezioni apprese; manutenzione
    {programmata|pianificata|prevista}; nuova versione; verbale {della|di}; interruzione {programmata|pianificata}""",
    "nl": """
    brandoefening; evacuatieoefening; oefening; testalarm; proefalarm; het is {maar |slechts |}een test; opleiding;
    ehbo cursus; geen {ongevallen|incidenten|gewonden}; in geval van; nabespreking; {gepland|geplande}
    {onderhoud|onderbreking|werken|werkzaamheden}; nieuwe versie; verslag van; wat verandert""",
    "pl": """
    ćwiczenia; ćwiczenie; próbny alarm; próbna ewakuacja; alarm testowy; to tylko test; szkolenie; bez
    {wypadków|incydentów}; żadnych {wypadków|incydentów}; w razie; w przypadku; {planowana|zaplanowana|planowe}
    {konserwacja|przerwa|prace}; nowa wersja; co się zmienia; protokół z""",
    "tr": "tatbikat; yangın tatbikatı; deneme alarmı; eğitim",
}

NOTED = {
    "en": """
    noted; will do; got it; ok; okay; k; agreed; agree; sounds good; fine; great; perfect; thanks; thank you; thx;
    done; sure; cool; nice; me too; same here; lol; good; received; well received; understood; see
    {attached|below|above|you}; not yet; congratulations; welcome; fyi""",
    "de": """
    ok; okay; alles klar; verstanden; danke; super; passt; gut; perfekt; erledigt; einverstanden; gerne; gern; ist
    notiert; notiert; mache ich; mach ich; siehe {unten|anhang|oben}; noch nicht; zur {info|kenntnis}""",
    "fr": """
    ok; d accord; merci; bien reçu; bien noté; noté; parfait; super; compris; fait; très bien; ça marche; entendu;
    voir ci dessous; pas encore; pour info""",
    "es": """
    ok; vale; de acuerdo; gracias; recibido; entendido; perfecto; hecho; muy bien; genial; anotado; lo hago; ver
    {abajo|adjunto}; todavía no; aún no; para tu información""",
    "pt": """
    ok; de acordo; obrigado; obrigada; recebido; entendido; perfeito; feito; muito bem; ótimo; anotado; combinado;
    ver {abaixo|anexo}; ainda não; para conhecimento""",
    "it": """
    ok; d accordo; va bene; grazie; ricevuto; capito; perfetto; fatto; benissimo; ottimo; annotato; bene; vedi
    {sotto|allegato}; non ancora; per conoscenza""",
    "nl": """
    ok; oké; akkoord; bedankt; dank je; dank u; ontvangen; begrepen; prima; perfect; gedaan; goed; genoteerd; doe
    ik; zie {onder|bijlage}; nog niet; ter info""",
    "pl": """
    ok; dobrze; zgoda; dziękuję; dzięki; otrzymałem; otrzymałam; rozumiem; świetnie; zrobione; super; przyjąłem;
    przyjęłam; jasne; patrz niżej; jeszcze nie; do wiadomości""",
}

TABLES = {
    Cue.NOTED: NOTED,
    Cue.NO_ACTION: NO_ACTION,
    Cue.WITHDRAWN: WITHDRAWN,
    Cue.COURTESY: COURTESY,
    Cue.CHATTER: CHATTER,
    Cue.FYI: FYI,
    Cue.THANKS: THANKS,
    Cue.DRILL: DRILL,
}
