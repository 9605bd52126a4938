"""Weak signs that something cannot wait: each is in ordinary mail too, several together hardly are."""

from __future__ import annotations

from streams.triage.cues import Cue

BRIEF = {
    "en": """
    {#n|one|two|three|four|five|ten|fifteen|twenty|thirty|forty|a few|few|couple of|several}
    {minute|minutes|min|mins|hour|hours|hrs|h}; {half|quarter of|quarter} an hour; {half|quarter} hour;
    {an|one|the|this|next} hour; #n {am|pm}; at {noon|midnight|midday}; by
    {one|two|three|four|five|six|seven|eight|nine|ten|noon}; {until|till|before|around|about|at}
    {one|two|three|four|five|six|seven|eight|nine|ten|eleven|half past|quarter to|quarter past}; this
    {morning|afternoon|evening|minute}; #time""",
    "de": """
    {#n|einer|eine|zwei|drei|vier|fünf|zehn|zwanzig|dreißig|wenigen|paar} {minuten|minute|min|stunden|stunde|std};
    {halbe|halben|viertel} stunde; viertelstunde; um {eins|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|halb}; #n
    uhr; gegen {#time|#n|mittag|zwei|drei|vier}; {heute|vorhin} {früh|morgen|mittag|nachmittag}; #time""",
    "fr": """
    {#n|une|deux|trois|quatre|cinq|dix|quinze|vingt|trente|quelques} {minutes|minute|min|heures|heure|h}; demi
    heure; quart d heure; {vers|à} {#time|#n h|#n heures|midi|minuit}; ce {matin|midi|soir}; cet après midi; #time""",
    "es": """
    {#n|una|dos|tres|cuatro|cinco|diez|quince|veinte|treinta|pocos|unos|media} {minutos|minuto|min|horas|hora|h};
    cuarto de hora; {a|sobre|antes de} {las #time|las #n|las dos|las tres|las cuatro|las cinco|la una|mediodía};
    esta {mañana|tarde|noche}; #time""",
    "pt": """
    {#n|uma|duas|três|quatro|cinco|dez|quinze|vinte|trinta|poucos|meia} {minutos|minuto|min|horas|hora|h}; quarto de
    hora; {às|pelas|antes das} {#time|#n|duas|três|quatro|cinco}; esta {manhã|tarde|noite}; #time""",
    "it": """
    {#n|una|un|due|tre|quattro|cinque|dieci|quindici|venti|trenta|pochi} {minuti|minuto|min|ore|ora|h}; {mezz|mezza}
    ora; quarto d ora; {alle|verso le|prima delle} {#time|#n|due|tre|quattro|cinque}; {stamattina|stasera|stamane};
    #time""",
    "nl": """
    {#n|een|twee|drie|vier|vijf|tien|twintig|enkele|half} {minuten|minuut|min|uur|uren|u}; halfuur; half uur;
    kwartier; {om|rond|tegen} {#time|#n u|#n uur|twee uur|drie uur|vier uur};
    {vanmorgen|vanmiddag|vanavond|vanochtend|deze namiddag}; #time""",
    "pl": """
    {#n|jedną|dwie|trzy|cztery|pięć|dziesięć|piętnaście|dwadzieścia|kilka|pół}
    {minut|minuty|minutę|min|godzin|godziny|godzinę|godz}; kwadrans; {o|około|przed}
    {#time|drugiej|trzeciej|czwartej|piątej}; dziś {rano|wieczorem|po}; dzisiaj {rano|wieczorem|po}; #time""",
    "tr": "#n {dakika|saat}; yarım saat; bir saat; bu {sabah|akşam}; öğleden sonra",
}

HAPPENING = {
    "en": """
    {now|already|still|currently}; just
    {called|rang|told|now|happened|noticed|saw|found|arrived|left|went|fell|came|started|stopped|lost|broke|heard|sent|mailed|released};
    {is|are|keeps|keep|s|re}
    {coming|leaking|dripping|running|rising|climbing|dropping|falling|burning|spreading|flickering|shaking|beeping|screaming|crying|bleeding|closing|leaving|failing|crashing|stuck|missing|gone|locked|trapped};
    {have|has}
    {opened|broken|burst|fallen|gone|stopped|failed|lost|left|disappeared|vanished|collapsed|started|blown|cracked|locked|flooded};
    {since|after} {the|this|about|lunch|last} {morning|deploy|update|night|noon|storm|accident|#time}; there s
    {water|smoke|oil|blood|gas|fire|someone|somebody|a man|a woman|a hole|a crack|no power}; there is
    {water|smoke|oil|blood|gas|fire|someone|somebody|a man|a woman|a hole|a crack|no power}; left at #time; on
    board; {first|next} {drop|stop|delivery};
    {opens|opened|opening|boards|boarding|arrives|arriving|reach|reaches|reaching} {at|in|around|by}; not opened;
    haven t opened; hasn t opened; yet; keeps {going|rising|ringing|failing|falling}; on {hold|fire|the floor|the
    ground}; won t hold; in {the|an} {ditch|ambulance|corridor|lobby|street}; even now; meanwhile; #n people; #n
    {children|kids|passengers|patients|pupils|guests|staff|customers|residents}""",
    "de": """
    {jetzt|gerade|bereits|immer noch|soeben|eben};
    {läuft|tropft|kommt|brennt|steigt|sinkt|blinkt|piept|weint|schreit}
    {aus|es|ein|gerade|öl|wasser|rauch|immer|noch|schon}; {ist|sind} {weg|verschwunden|eingesperrt|stehen
    geblieben|steckengeblieben|geplatzt|gerissen|umgefallen|kaputt}; {allein|alleine} {im|in|zu}; pumpt; seit
    {heute|gestern|dem|#time|der}; noch nicht geöffnet; noch {immer|nicht} {da|geöffnet|angekommen};
    {stecken|steckt} {seit|fest|im}; {kommt|kommen|fährt|fahren} {um|gegen|in} {#time|#n|einer}; #n
    {kinder|personen|leute|patienten|gäste|bewohner|passagiere|kunden}; am boden; auf dem boden; inzwischen""",
    "fr": """
    {maintenant|actuellement|déjà|toujours|en train de}; vient de; viennent de;
    {coule|fuit|brûle|monte|descend|clignote|sonne|pleure|crie}; {est|sont}
    {parti|partie|partis|disparu|coincé|coincée|bloqué|bloquée|fermé|cassé|enfermé}; ne {le|la|les}
    {retrouvons|trouvons|retrouve|trouve} {pas|plus}; depuis {ce|hier|la|midi|#time|#n}; pas encore ouvert; par
    terre; {arrive|arrivent} {à|dans|vers} {#time|#n|une}; #n
    {enfants|personnes|patients|élèves|clients|passagers|résidents}; entre temps; tout le monde {est|dehors}""",
    "es": """
    {ahora|ya|todavía|aún|en este momento}; {acaba|acaban} de; {está|están}
    {saliendo|cayendo|ardiendo|subiendo|bajando|llorando|sangrando|parpadeando|sonando|atrapado|atrapada|encerrado|encerrada|solo};
    se ha {ido|perdido|escapado|quedado|roto|caído|quemado|parado}; y subiendo; desde {esta|ayer|las|hace|el};
    todavía no {lo|la|han|ha}; en el suelo; {llega|llegan} {a|en|sobre} {las|una|#n}; #n
    {niños|personas|pacientes|alumnos|clientes|pasajeros|vecinos}; mientras tanto; está aquí""",
    "pt": """
    {agora|já|ainda|neste momento}; {acabou|acaba|acabaram} de; {está|estão} {a sair|a cair|a arder|a subir|a
    descer|a chorar|a sangrar|a piscar|preso|presa|fechado|sozinho|sozinha}; ficou
    {presa|preso|fechado|fechada|sem|sozinho|sozinha}; {desapareceu|fugiu|perdeu se|partiu se|rebentou|caiu}; desde
    {esta|ontem|as|há|hoje}; ainda não {abriram|abriu|chegou}; no chão; {chega|chegam} {às|dentro|daqui}; #n
    {crianças|pessoas|doentes|alunos|clientes|passageiros|moradores}; entretanto; está aqui""",
    "it": """
    {adesso|ora|già|ancora|in questo momento|appena}; sta
    {uscendo|arrivando|cadendo|bruciando|salendo|scendendo|piangendo|sanguinando|suonando}; stanno
    {uscendo|arrivando|cadendo}; esce {acqua|fumo|gas|olio|sangue}; è
    {scomparso|scomparsa|sparito|sparita|bloccato|bloccata|rotto|rotta|chiuso|chiusa|danneggiato|rimasto|rimasta};
    da {stamattina|ieri|questa|oggi|un|#n}; non {hanno|ha} ancora; per terra; {arriva|arrivano} {alle|tra|fra}; #n
    {bambini|persone|pazienti|alunni|clienti|passeggeri|inquilini}; nel frattempo; lo stanno; la stanno; stanno
    portando""",
    "nl": """
    {nu|nog steeds|al|reeds|momenteel|net|zonet}; {loopt|lekt|brandt|stijgt|zakt|huilt|bloedt|piept|komt}
    {er|uit|water|olie|rook|nog|gas}; {is|zijn}
    {weg|verdwenen|vermist|opgesloten|vast|kapot|stuk|geweigerd|gebroken|gesprongen}; {zit|zitten}
    {vast|opgesloten|alleen}; sinds {vanmorgen|gisteren|de|vannacht|#time}; nog niet {geopend|aangekomen}; op de
    grond; {komt|komen} {om|binnen|over}; #n
    {kinderen|personen|mensen|patiënten|leerlingen|klanten|passagiers|bewoners}; ondertussen""",
    "pl": """
    {teraz|już|właśnie|wciąż|nadal|jeszcze}; {leje|cieknie|kapie|pali|dymi|płonie|rośnie|spada|płacze|krwawi|miga}
    {się|z|na|i};
    {zniknął|zniknęła|zginął|utknął|utknęła|pękł|pękła|zepsuł|zepsuła|upadł|przewrócił|przewróciła|złamał|złamała|padł|padła};
    od {rana|wczoraj|pół|godziny|nocy}; jeszcze nie {otworzyli|otworzył|dojechał}; na {ziemi|podłodze};
    {przyjedzie|przyjadą} {o|za}; #n {dzieci|osób|pacjentów|uczniów|klientów|pasażerów|mieszkańców}; tymczasem;
    wiozą""",
    "tr": "şimdi; şu anda; hala; hâlâ; az önce; yanıyor; akıyor; bekliyor; kayboldu; kilitlendi",
}

HELPLESS = {
    "en": """
    what {do|should|can|shall} {we|i} do; {do|should|shall} i
    {call|stop|close|open|send|shut|evacuate|wait|turn|switch|let|tell|take|pull|cancel}; {i|we} don t know
    {what|where|how|who|whether}; {no idea|not sure} {what|where|how}; {help|need help|please help}; {i|we} need
    {help|you|someone|somebody|it now|your help}; {can you|could you|can your office|can anyone}
    {come|stop|pull|call|bring|block|cancel|tell|get here|unlock|open|shut|disable|lock|kill|sign|take over|send
    someone}; yes or no; where are {you|the|your}; when can you be; how {soon|fast|quickly}; come {quickly|now|at
    once|over|down|back}; {where|who} {is|are|has|have} {the|everyone|my|our}
    {key|keys|valve|list|plans|code|number|medicine|papers}; do i; please {get|come} {over|here|down|back|to}; get
    {over|down|back} here; {ring|phone|call|text} the
    {driver|bank|school|office|doctor|vet|police|carrier|customer|supplier|court|plant};
    {shrink|send|pull|stop|turn|bring|tell|get} {it|them|him|her} {back|round|around|over|out|off|down|away}; can
    you {phone|ring|call|stop|undo|revert|restore|release} {them|it|him|her|the}""",
    "de": """
    was {soll|sollen|mach|mache|machen|können|tun} {ich|wir|sie}; was tun; {soll|sollen} {ich|wir}
    {anrufen|abschalten|warten|schließen|stoppen|evakuieren|die|den|das}; {weiß|wissen} {ich |wir |}nicht
    {was|wo|wie|wer}; ich {brauche|bräuchte} {hilfe|dich|sie|jemanden|sofort|deine}; wir brauchen
    {hilfe|dich|sie|jemanden|sofort|den}; hilfe; {kannst|können} {du|sie}
    {kommen|sofort|herkommen|sperren|stoppen|das stoppen|die|den}; wo {ist|sind|bist|bleibst}
    {der|die|das|du|dein|ihr}; wann {sind|bist|können|kannst|kommen|kommst} {sie|du}; ja oder nein; hast du
    {ihre|seine|die|den|eine} {nummer|schlüssel|liste|adresse|telefonnummer}; {rufen|ruf} {sie |}den
    {fahrer|arzt|notdienst|kunden}; {bist|sind} {du|sie} {da|in der nähe|erreichbar}; komm {bitte
    |}{schnell|her|sofort|rüber|runter}; {zurückrufen|rückgängig|stoppen|sperren}; wer hat {den|die}
    {schlüssel|nummer|code}""",
    "fr": """
    que {dois|devons|faut|peut|faire} {je|nous|il|on}; qu est ce qu on fait; on fait quoi; je fais quoi; {je ne
    sais|on ne sait|nous ne savons} pas {quoi|où|comment|qui|si}; {à l aide|au secours|aidez|aide} {moi|nous}; {j
    ai|nous avons|on a} besoin de {toi|vous|ton|votre|quelqu|aide|la|ta}; {peux tu|pouvez vous|tu peux|vous pouvez}
    {venir|bloquer|arrêter|appeler|l|me|nous|redémarrer|signer|ouvrir|fermer|couper}; où {est|sont|es|êtes}
    {la|le|les|tu|vous|l}; oui ou non; il faut {ta|votre|que tu|que vous|quelqu|un}; {dois je|je dois}
    {appeler|couper|fermer|arrêter|attendre}; réponds vite; répondez vite; {tu es|vous êtes} {là|joignable|loin};
    viens {vite|tout|ici}; venez {vite|tout|ici}; qui a {la|les|le} {clé|clés|code|numéro}; appelle {le|la|les}
    {chauffeur|banque|médecin|pompiers}""",
    "es": """
    qué {hago|hacemos|hago yo|debo|debemos|puedo}; no {sé|sabemos} {qué|dónde|cómo|quién|si};
    {ayuda|auxilio|socorro}; {necesito|necesitamos|hace falta|falta} {ayuda|que|tu|su|alguien|a};
    {puedes|puede|podéis} {venir|bloquear|parar|llamar|cancelar|abrir|cerrar|avisar|cortar|firmar|anular}; dónde
    {está|están|estás}; sí o no; dígame algo; dime algo; {llamo|paro|cierro|corto|espero|aviso} {a|o|la|el|yo};
    cuándo {vienes|viene|llegas|llega|puedes|puede}; estás; está usted; ven {rápido|ya|enseguida|aquí}; venga
    {rápido|enseguida|aquí}; quién tiene {la|las|el} {llave|llaves|código|número}; contesta {ya|rápido}; llama {al|a
    la} {chófer|conductor|banco|médico}""",
    "pt": """
    o que {faço|fazemos|devo|devemos|posso}; não {sei|sabemos} {o que|onde|como|quem|se}; {ajuda|socorro};
    {preciso|precisamos|é preciso|falta} {de ajuda|de ti|de si|que|da tua|de alguém|da sua};
    {podes|pode|consegues|consegue} {vir|bloquear|parar|ligar|cancelar|abrir|fechar|avisar|assinar|desligar|anular};
    onde {está|estão|estás|fica}; sim ou não; {ligo|paro|fecho|espero|chamo} {aos|a|o|os|para}; quando
    {vens|vem|chegas|chega|podes|pode}; estás {aí|perto}; vem {depressa|já|aqui}; venha {depressa|já|aqui}; quem tem
    {a|as|o} {chave|chaves|código|número}; responde {já|depressa}; tem o documento; liga {ao|à}
    {motorista|banco|médico}""",
    "it": """
    {che|cosa} {faccio|facciamo|devo|dobbiamo|posso} {|fare}; cosa devo fare; non {so|sappiamo}
    {cosa|dove|come|chi|se|che}; {aiuto|aiutami|aiutateci}; {ho|abbiamo} bisogno {di|che}; {serve|servono} {la|il|il
    tuo|la tua|qualcuno|subito|le}; {puoi|può|riesci a|potete}
    {venire|bloccare|fermare|chiamare|annullare|aprire|chiudere|spegnere|firmare|mandare|rimandare}; {dove|dov}
    {è|sono|sei|si trova}; sì o no; {chiamo|chiudo|fermo|spengo|aspetto} {i|il|la|tutto|o}; quando
    {arrivi|arriva|vieni|viene|puoi|può}; ci sei; vieni {subito|qui|presto}; venga {subito|qui|presto}; chi ha
    {la|le|il} {chiave|chiavi|codice|numero}; rispondi {subito|presto}; chiama {l|il|la} {autista|banca|medico}""",
    "nl": """
    wat {moet|moeten|kan|doe|doen} {ik|we|wij}; wat nu; {weet|weten} {ik |we |}niet {wat|waar|hoe|wie|of};
    {help|hulp nodig}; {ik|we|wij} {heb|hebben} {je|u|jou|hulp|iemand|jouw|uw} {nodig|}; {kan|kun|kunt} {je|u|jij}
    {komen|blokkeren|stoppen|bellen|annuleren|openen|sluiten|tekenen|het nu|meteen|langskomen|iemand}; waar
    {is|zijn|ben|blijf} {je|de|het|u}; ja of nee; {moet|zal} ik {bellen|de|wachten|stoppen|afsluiten|iedereen};
    wanneer {ben|bent|kom|komt|kan|kun} {je|u}; ben je {er|in de buurt}; kom {snel|meteen|hierheen|naar}; wie heeft
    {de|het} {sleutel|code|nummer}; antwoord {snel|meteen}; bel de {chauffeur|bank|dokter}; {kan|kun|kunt} {je|u}
    {hen|hem|haar|ze} {bellen|terugroepen}""",
    "pl": """
    co {mam|mamy|mogę|możemy} {robić|zrobić}; co robić; co teraz; nie {wiem|wiemy} {co|gdzie|jak|kto|czy};
    {pomocy|pomóż|ratunku|potrzebuję|potrzebujemy|potrzebna|potrzebny}; {możesz|może pan|może pani|mógłbyś}
    {przyjechać|zablokować|zatrzymać|zadzwonić|anulować|otworzyć|zamknąć|podpisać|wyłączyć|przyjść}; gdzie
    {jest|są|jesteś}; tak czy nie; {dzwonić|mam dzwonić|zatrzymać|czekać|wyłączyć} {po|na|czy|do}; kiedy
    {będziesz|przyjedziesz|pan|pani|możesz}; jesteś {tam|blisko|w pobliżu}; przyjedź {szybko|natychmiast}; kto ma
    {klucz|kod|numer}; odpowiedz {szybko|natychmiast}; zadzwoń do {kierowcy|banku|lekarza}; {możesz|może pan|może
    pani} {cofnąć|przywrócić|zablokować}""",
    "tr": "ne yapayım; ne yapalım; yardım; yardıma ihtiyacım; gelebilir misin; nerede; evet mi hayır mı",
}

CANNOT = {
    "en": """
    {i|we|she|he|they|nobody|it} {can t|cannot|can not|couldn t|won t|isn t|aren t}; unable to; not able to;
    {is|are} not {answering|picking|responding|opening|closing|starting|working|letting|allowed}; {doesn t|don t|won
    t} {open|close|start|stop|answer|work|respond|let|accept|wait|turn}; without {a|the|my|any|us|her|him};
    {alone|by myself|on my own}; no {list|key|keys|access|number|signal|spare|backup|replacement|answer|one}""",
    "de": """
    {kann|können|konnte|darf|dürfen} {ich|wir|er|sie|man|es|das|niemand|keiner} {|das |es |sie |ihn |hier |leider
    |so }{nicht|nichts|kein|keine};
    {kann|können|kommt|kommen|geht|gehen|lässt|lassen|springt|reagiert|antwortet|öffnet|startet|schließt} {sich
    |hier |gerade |leider |}nicht; ohne {liste|schlüssel|zugang|strom|sie|dich|den|die|das}; {bin|ist|sitzt|steht}
    {hier |noch |ganz |}allein; niemand {weiß|da|geht|öffnet|antwortet}""",
    "fr": """
    {je|on|nous|il|elle|ils} {ne |n }{peux|peut|pouvons|peuvent|arrive|arrivons|arrivent|ai|a|avons|est} {pas|plus};
    impossible {de|d}; sans {les|la|le|manteau|clé|accès|réponse|courant}; tout seul; toute seule; personne
    {ne|n|pour}""",
    "es": """
    no
    {puedo|puede|podemos|pueden|consigo|conseguimos|logro|tengo|tenemos|hay|viene|abre|cierra|arranca|funciona|deja|dejan};
    imposible; {solo|sola} en; sin {llaves|lista|acceso|luz|él|ella|nadie}""",
    "pt": """
    não
    {posso|pode|podemos|podem|consigo|consegue|conseguimos|tenho|temos|há|vem|abre|fecha|arranca|funciona|deixa|deixam};
    impossível; {sozinho|sozinha} {no|na|em}; sem {chaves|lista|acesso|luz|ele|ela|ninguém}""",
    "it": """
    non {posso|può|possiamo|possono|riesco|riusciamo|ho|abbiamo|c è|viene|si apre|si
    chiude|parte|funziona|risponde|lasciano|arriva}; impossibile; da {solo|sola}; senza
    {chiavi|lista|accesso|corrente|di lui|di lei}""",
    "nl": """
    {kan|kunnen|mag|mogen} {ik|we|wij|hij|zij|ze|het} {|het |dat |hier |er |haar |hem }{niet|niets|geen};
    {kan|kunnen|gaat|komt|opent|start|sluit|reageert|antwoordt|werkt|mag} {er |hier |}niet; {alleen|in mijn eentje}
    {in|op|met}; zonder {lijst|sleutel|toegang|stroom}; onmogelijk; lukt {me |ons |}niet""",
    "pl": """
    nie {mogę|może|możemy|mogą|da się|mam|mamy|ma|chce|chcą|otwiera|zamyka|działa|odpala|reaguje|wpuszczają};
    niemożliwe; {sam|sama} w; bez {klucza|listy|dostępu|prądu|niego|niej}; nikogo""",
    "tr": "yapamıyorum; yapamıyoruz; giremiyoruz; açılmıyor; mümkün değil; tek başıma",
}

SCENE = {
    "en": """
    crane; ladder; roof; storm; lightning; cable; nurse; operation; medication; medicine; pregnant; rescue; rescued;
    insulin; asthma; inhaler; oxygen; icy; snake; wasp; wasps; pulse; rash; needle; syringe; carbon; radiation;
    asbestos; peanut; peanuts; gluten; sesame; acid; solvent; explosive; crying; hurt; chlorine; relief valve; life
    support""",
    "de": """
    kran; sturm; arzt; ärztin; tierarzt; medikament; medikamente; insulin; asthma; schwanger; aufzug; fahrstuhl;
    ventil; riss; risse; sauerstoff; säure; chlor; chemikalie; lösungsmittel; allergen; allergene; erdnuss; nüsse;
    unwetter; weint; stromleitung; wehen; absturz""",
    "fr": """
    grue; échelle; toit; câble; tempête; médecin; infirmière; vétérinaire; opération; opérer; médicament;
    médicaments; insuline; asthme; enceinte; bébé; nourrisson; ascenseur; vanne; fissure; fissures; oxygène; acide;
    chlore; solvant; allergène; arachide; pleure; grave; mortel; choc; rage; crue; contractions""",
    "es": """
    grúa; escalera; tejado; cable; tormenta; médico; enfermera; veterinario; operar; medicación; medicamento;
    insulina; asma; embarazada; bebé; ascensor; válvula; grieta; grietas; oxígeno; ácido; cloro; alérgeno;
    cacahuete; llora; grave; hielo; temporal; rabia; shock; sangre; arma; tubería""",
    "pt": """
    grua; escada; telhado; cabo; cabos; tempestade; médico; enfermeira; veterinário; operar; medicação; medicamento;
    insulina; asma; grávida; bebé; elevador; válvula; fenda; fendas; oxigénio; ácido; cloro; alergénio; amendoim;
    chora; grave; gelo; temporal; cheia; raiva; choque; cano; arma; dores; contrações""",
    "it": """
    gru; scala; tetto; cavi; temporale; medico; infermiera; veterinario; operare; farmaco; farmaci; insulina; asma;
    incinta; neonato; ascensore; valvola; crepa; crepe; ossigeno; acido; cloro; allergene; arachidi; piange; grave;
    ghiaccio; rabbia; contatori; shock; arma; dolori; caduta""",
    "nl": """
    kraan; ladder; dak; storm; kabel; arts; dokter; verpleegkundige; dierenarts; opereren; medicatie; medicijn;
    insuline; astma; zwanger; baby; lift; ventiel; barst; barsten; scheur; zuurstof; zuur; chloor; oplosmiddel;
    allergeen; pinda; noten; huilt; ernstig; operatie; operatiezaal; flauw; mes; pijn; breuk; shock; opgenomen;
    intensieve; chemisch""",
    "pl": """
    dźwig; drabina; dach; burza; kabel; lekarz; pielęgniarka; weterynarz; operować; lek; leki; insulina; astma;
    niemowlę; winda; windzie; zawór; pęknięcie; tlen; tlenu; kwas; chlor; substancja; alergen; orzechy; płacze;
    ciężki; ciężko; rękę; złamał; nóż; ból; skurcze; wstrząs; upadek""",
    "tr": "vinç; merdiven; çatı; kablo; fırtına; doktor; hemşire; ilaç; asansör; vana; oksijen; asit",
}

TABLES = {
    Cue.SCENE: SCENE,
    Cue.CANNOT: CANNOT,
    Cue.HELPLESS: HELPLESS,
    Cue.HAPPENING: HAPPENING,
    Cue.BRIEF: BRIEF,
}
