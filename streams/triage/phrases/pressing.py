"""What people write when it cannot wait: an hour, nobody else, the reader not reached, somebody standing there."""

from __future__ import annotations

from streams.triage.cues import Cue

CUTOFF = {
    "en": """
    {close|closes|closing|shut|shuts|end|ends|expire|expires|lapses|runs out|stops|cut off|cutoff is} {at #time|at
    #n|at noon|at midnight|at midday|today|tonight|in #n|in an hour|in half|in two|this afternoon|this evening};
    {by|before|until|till|not later than|no later than} {#time|noon|midday|midnight|lunchtime|three|four|five|six}
    {|today |tonight |sharp }; {today|tonight|this afternoon|this evening} {at|by|before|until|till}
    {#time|#n|noon|midnight}; {due|needed|wanted|required} {today|tonight|now|this afternoon|within the hour|by
    #time|by noon|at once}; at #time {today|tonight|sharp|unless}; before {the|it} {#time
    |}{closes|shuts|starts|leaves|begins|opens|expires|end of today}; {starts|begins|leaves|departs|sails|opens} {in
    #n|in an hour|in half|in ten|in two|at #time today|in a few}; {last|final} day today; today is the {last|final}
    {day|date}; {today|tonight} is the {deadline|last}; deadline {is |}{today|tonight|at #time|in #n hours}""",
    "de": """
    {läuft|laufen} {heute|in #n|um #time|um mitternacht} {|um #time |um #n uhr }ab; {endet|schließt|schließen|endet
    die frist} {heute|um #time|um #n uhr|in #n|um mitternacht}; bis {#time|#n uhr|mittag|mitternacht|spätestens
    #time|heute abend|heute mittag|heute #n}; vor {#time|#n uhr}; heute {um|bis|vor} {#time|#n|mitternacht|mittag};
    beginnt in {einer|#n|zwei|wenigen}; heute ist {der letzte|stichtag|fristende|letzter}; letzter tag; frist
    {ist|läuft|endet} heute; heute fällig; noch #n {minuten|stunden}""",
    "fr": """
    {ferme|ferment|clôture|expire|se termine|finit|s arrête} {à #time|à #n|ce soir|aujourd|à midi|à minuit|dans};
    avant {#time|#n h|#n heures|midi|minuit|ce soir}; d ici {#time|#n h|ce soir|midi|une heure}; jusqu à {#time|#n
    h|ce soir|midi|minuit}; aujourd hui {à|avant|jusqu|au plus}; {commence|débute|part|démarre} dans
    {#n|une|dix|quelques}; dernier {jour|délai}; aujourd hui dernier; délai {expire|ce soir|aujourd hui}""",
    "es": """
    {termina|acaba|cierra|vence|expira|finaliza|caduca} {hoy|esta|a las|en #n|dentro|a medianoche|esta noche}; antes
    de {las #time|las #n|mediodía|medianoche|esta noche|que cierre|esa hora}; hasta {las #time|las #n|esa
    hora|mediodía|medianoche}; hoy {a|antes|hasta} {las|de}; {empieza|comienza|sale} en {#n|una|diez|media}; último
    día; plazo {termina|acaba|vence|es hoy}; quedan {#n|dos|tres|pocas|pocos} {minutos|horas}""",
    "pt": """
    {termina|acaba|fecha|encerra|vence|expira} {hoje|esta|às|à|em #n|dentro|à meia}; antes {das #time|das #n|do
    meio|da meia|dessa hora}; até {às #time|às #n|ao meio|à meia|essa hora}; hoje {às|até|antes|à meia};
    {começa|parte|sai} {dentro de|em #n|daqui a}; último dia; prazo {termina|acaba|é hoje}; faltam
    {#n|duas|poucas|poucos} {minutos|horas}""",
    "it": """
    {scade|chiude|termina|finisce} {oggi|alle|stasera|tra|fra|a mezzanotte|entro}; entro {le #time|le
    #n|mezzogiorno|mezzanotte|stasera|quell ora|un ora|oggi}; prima {delle #time|delle #n|di mezzogiorno|di
    mezzanotte|che chiuda}; oggi {alle|entro|prima}; {inizia|comincia|parte} {tra|fra} {#n|un|dieci|mezz}; ultimo
    giorno; restano {#n|due|poche|pochi} {minuti|ore}; un altra ora""",
    "nl": """
    {sluit|sluiten|eindigt|verloopt|stopt|loopt af} {om #time|om #n|vandaag|vanavond|over #n|straks|over een};
    {voor|tegen|tot} {#time|#n u|#n uur|die tijd|vanavond|middernacht|de middag|vanmiddag}; vandaag
    {om|voor|tegen|tot} {#time|#n|middernacht}; {begint|vertrekt|start} {over|binnen} {#n|een|tien}; laatste dag;
    nog #n {minuten|uur}; binnen {het uur|een uur|#n minuten}""",
    "pl": """
    {mija|upływa|kończy się|zamyka się|zamykają} {dziś|dzisiaj|o #time|o #n|za #n|o północy|w południe}; do
    {#time|godz #n|południa|północy|tej godziny|wieczora}; przed {#time|tą godziną|południem|północą};
    {dziś|dzisiaj} {o|do|przed} {#time|#n|północy|południa}; {zaczyna się|odjeżdża|wyjeżdża} za; ostatni dzień;
    zostało #n {minut|godzin}; w ciągu {godziny|#n minut}""",
    "tr": """
    saat #time e kadar; bugün #time; son gün; saat #time kapanıyor; #time te {kapanıyor|bitiyor}; akşama kadar""",
}

ONLY_YOU = {
    "en": """
    only you; only one who; you are the only; you re the only; {that s|that is|which is|which means|means} you;
    nobody else; no one else; no one {here|has|can}; nobody {here|has|can|is allowed}; you re the
    {last|primary|duty|one| responsible}; you are {the primary|the duty|on call|in charge|responsible|the only|the
    last|needed|the one}; in charge {today|tonight|now|here|of}; i {don t|do not} have {|the}
    {rights|access|permission|permissions|the key|key| keys|release|authority|a key|admin|password}; {have|has} no
    {rights|access|key|keys|permission|permissions| authority}; not authorised to; not allowed to; needs
    {someone|somebody} {with|who}; {with|without} {prod|admin| release|production|root} {rights|access}; needs your
    {token|key|card|password|signature|authorisation|authorization| login|pin}; {you|who} {have|has|got} the
    {key|keys|code|password|passwords|access|only}; {on|off|above} {my|our} pay grade; without your
    {signature|authorisation|authorization|ok|okay|approval|consent|go ahead|key}; {until|before| unless} you {|have
    |can } {sign|signed|release|released|approve|approved|decide|decided|confirm|confirmed|come|say|
    tell|unlock|call|answer|act}; wants to {speak to|talk to|see} {you|the manager|the owner|whoever|the person};
    asking for {you|the manager|the owner}; you are listed as; emergency contact; only contact; assigned to you;
    sole contact; they only {take|accept|listen|talk}; only {from|by|to|with} you; {you|we} are the
    {signatories|signatory|keyholder|owner|landlord|guardian|first contact|contact}; you and _ are; first contact;
    next contact; {authorised|authorized} {signatory|person}; needs {the|an|your}
    {original|owner|signatory|parent|guardian|manager}; consent {of|from} {a|the} parent; from my account;
    {write|speak|talk} to you; and she s in; and he s in; and they re in; is {in surgery|on a plane|on
    holiday|abroad|away|off sick|out today|unreachable}; {will|can|would} only {talk|speak|deal|listen}; only the
    {account holder|owner|signatory|manager|parent}; account holder; {you have|you ve got|you hold} {the source|the
    original|the only|the master}; keyholder; i only have; never done this; i haven t got {his|her|the|their|a}; we
    don t have {the|his|her} {number|key|code|list|original}""",
    "de": """
    nur {du|sie} {|selbst} {hast|haben|kannst|können|darfst|dürfen|bist|sind}; niemand {sonst|anders|anderes}; das
    {bist du|sind sie}; kein anderer; kein zugriff; keinen {zugriff|schlüssel|zugang}; keine
    {rechte|berechtigung|befugnis}; ich darf {das |es |sie |ihn |}nicht; {dürfen|darf} {wir|das} nicht; erst wenn
    {du|sie|der|die}; wenn du {es |ihn | den einsatz |sie |}{freigibst|zustimmst|unterschreibst|entscheidest};
    {verlangt|verlangen|fragt|fragen|wollen|will} {nach dir|nach ihnen|dich|sie|den chef|die leitung|den
    verantwortlichen|nach dem verantwortlichen}; hast den schlüssel; hast du den schlüssel; als
    {notfallkontakt|ansprechpartner|verantwortlicher}; {bist|sind} {du|sie} {zuständig|verantwortlich};
    bereitschaft; ohne {deine|ihre} {freigabe|unterschrift|zustimmung|vollmacht|unterschriebene};
    {brauchen|braucht|verlangen|verlangt|wollen|will} {den|die}
    {eigentümer|eigentümerin|verantwortlichen|leitung|chef|chefin|besitzer|eltern|erziehungsberechtigten}; nur von
    {dir|ihnen}; aus deiner gruppe; ihr {tank|haus|keller|auto|hund|kind}; {ist|sind} {im urlaub|krank|im
    flieger|nicht da|im op}; einverständnis {der|eines}; dein {kunde|projekt|team}; {reden|sprechen|redet|spricht}
    nur mit {dir|ihnen}; gibst nur du; {das|die} {kann|können|darf|gibst|machst} nur {du|sie}; kontoinhaber;
    kostenzusage; ihr einverständnis; dein einverständnis; ich habe {seine|ihre|die} nummer nicht""",
    "fr": """
    {il n y a que|seul|seule} {toi|vous|tu}; {toi|vous} {seul|seule}; tu es {le seul|la seule|d
    astreinte|responsable}; vous êtes {le seul|la seule|d astreinte|responsable}; personne d autre; c est
    {toi|vous}; donc {toi|vous}; je n ai pas {l accès|les accès|accès|les droits|le droit|la clé|les clés|le mot};
    pas {l autorisation|les droits|le droit}; d astreinte; {demande|demandent|veut|veulent} {le responsable|la
    responsable|te voir|vous voir|te parler|vous parler| parler au|voir le}; sans {ta|ton|votre}
    {signature|accord|feu vert|validation|autorisation|réponse}; manque {votre|ta} signature; tant que {tu|vous};
    contact d urgence; il faut {ta|votre|l accord|le propriétaire|un parent|la signature}; {besoin|demande} {du
    propriétaire|d un parent|du responsable}; {votre|ton} {père|appartement|maison|chien|client}; {est|sont} {en
    vacances|en congé|absent|absente|dans l avion|malade}; astreinte; responsable légal; {parler|parle|parlent} qu
    {avec|à} {toi|vous}; titulaire; {ton|votre} {accord|consentement}; je n ai que; qui a la clé; je n ai pas
    {son|le} numéro""",
    "es": """
    solo {tú|usted}; sólo {tú|usted}; nadie más; eres {tú|el único|la única|el responsable|la responsable}; es usted
    {|el único|la única}; no tengo {acceso|permiso|permisos|llave|llaves|la llave|la clave|autorización}; no tenemos
    {acceso| permiso|llave|llaves|autorización}; de guardia; {preguntan|pregunta|preguntando} por {el encargado|el
    responsable|ti| usted|la encargada}; {quieren|quiere} hablar {contigo|con usted|con el}; sin {tu|su}
    {firma|autorización|aprobación| visto|respuesta|confirmación}; hasta que
    {tú|usted|firmes|firme|autorices|autorice|confirmes|confirme}; necesitamos su {autorización|firma|confirmación};
    contacto de emergencia; no viene si no {apruebas|aprueba|firmas|firma}; {el propietario|los padres|el tutor|la
    tutora}; {está|están} {de vacaciones|de baja|en el avión|fuera|de viaje}; consentimiento; hace falta {tu|su}
    {firma|autorización}; falta {tu|su} firma; eres tú; tu cliente; solo {tú|usted} {puedes|puede}; solo
    {hablan|habla} {contigo|con}; titular; {tu|su} consentimiento; yo solo tengo; no tengo su número; quién tiene la
    llave""",
    "pt": """
    só {tu|você|o senhor|a senhora}; mais ninguém; ninguém mais; és {tu|o único|a única|o responsável|a
    responsável}; não tenho {acesso|permissão|permissões|chave|chaves|a chave|a palavra|autorização}; não temos
    {acesso|permissão|chave| autorização}; de {serviço|prevenção|piquete}; {perguntam|pergunta} {por ti|por si|pelo
    responsável|pelo encarregado}; querem falar {contigo|consigo|com o responsável}; sem {a tua|a sua}
    {assinatura|autorização|aprovação|resposta}; preciso da tua {palavra passe|senha|autorização|assinatura|chave};
    falta a {sua|tua} assinatura; até {assinares| autorizares|confirmares}; que o faças tu; contacto de emergência;
    e és tu; {o proprietário|os pais|encarregado de educação}; {está|estão} {de férias|de baixa|no
    avião|fora|doente}; consentimento; falta a {tua|sua} assinatura; o teu cliente; falar com o
    {responsável|dono|encarregado}; só {falam|fala} {contigo|consigo|com o}; titular; {teu|seu} consentimento; eu só
    tenho; não tenho o número; quem tem a chave""",
    "it": """
    solo {tu|lei} {puoi|può|hai|ha}; nessun altro; nessuno altro; sei {tu|l unico|l unica|il responsabile|la
    responsabile| reperibile}; non ho {|l |le |la |il
    }{accesso|chiavi|chiave|permesso|permessi|autorizzazione|credenziali|password}; non abbiamo {accesso|le chiavi|l
    autorizzazione}; solo se {autorizzi|firmi|confermi|lo autorizzi}; {chiedono|chiede| vogliono|vuole} {di te|di
    lei|del responsabile|parlare con|il responsabile}; senza la {tua|sua} {firma|autorizzazione|
    conferma|approvazione|risposta}; manca la {sua|tua} firma; finché non
    {firmi|autorizzi|confermi|firma|autorizza}; reperibilità; contatto di emergenza; firmato da {te|lei}; {il
    proprietario|i genitori|il tutore}; {è|sono} {in ferie|in malattia|in aereo|fuori|assente}; consenso; dal suo
    appartamento; il tuo cliente; se non arriva qualcuno; qualcuno con le chiavi; {parlano|parla} solo con {te|lei};
    intestatario; titolare; {tuo|suo} consenso; io ho solo; non ho il {suo |}numero; chi ha {la chiave|le chiavi}""",
    "nl": """
    alleen {jij|u}; enkel {jij|u}; niemand anders; dat {ben jij|bent u}; jij bent de enige; u bent de enige; ik heb
    geen {toegang|rechten|sleutel|bevoegdheid|toestemming}; geen {toegang|sleutel|rechten};
    {wil|willen|vraagt|vragen} {jou spreken|u spreken|naar de verantwoordelijke|de verantwoordelijke|naar jou|de
    werfleider|de leidinggevende}; zonder {jouw|uw|je} {handtekening|akkoord|toestemming|goedkeuring|antwoord};
    {handtekening|akkoord} ontbreekt; zolang {jij|u| je}; {jij|je} {hebt|bent} {dienst|wacht|de sleutel|van wacht};
    noodcontact; wachtdienst; {de eigenaar|een ouder|de ouders|de voogd}; {is|zijn} {met vakantie|ziek|op
    vakantie|in het vliegtuig|afwezig}; toestemming van; niet getekend; nog niet getekend; jouw klant; {willen|wil}
    alleen met {jou|u}; alleen met {jou|u} {praten|spreken}; rekeninghouder; {jouw|uw} toestemming; ik heb alleen;
    ik heb {zijn|haar|het} nummer niet; wie heeft de sleutel""",
    "pl": """
    tylko {ty|pan|pani}; nikt inny; jesteś {jedyny|jedyna|jedyną|odpowiedzialny|odpowiedzialna}; nie mam {dostępu|
    uprawnień|klucza|kluczy|hasła|zgody}; nie mamy {dostępu|uprawnień|klucza}; {pyta|pytają|chce|chcą} {o
    kierownika|o ciebie|o pana|o panią|rozmawiać|odpowiedzialnego}; bez {twojej|twojego|pana|pani}
    {podpisu|zgody|akceptacji|decyzji}; brakuje {pana|pani|twojego} podpisu; dopóki nie
    {podpiszesz|zatwierdzisz|potwierdzisz|podpisze|zatwierdzi}; dyżur; dyżurze; kontakt awaryjny;
    {właściciel|właściciela|rodzic|rodzica|opiekun|opiekuna}; zgoda {rodzica|właściciela|opiekuna}; {jest|są} {na
    urlopie|chory|chora|w samolocie|nieobecny}; na dyżurze; potrzebna {jest |}zgoda; twój klient; {chcą|chce}
    rozmawiać tylko; tylko z {tobą|panem|panią}; właściciel rachunku; {twoja|pana|pani} zgoda; ja mam tylko; ja nie
    mam {uprawnień|dostępu|klucza}; nie mam {jego|jej} numeru; kto ma klucz""",
    "tr": """
    sadece sen; sadece siz; başka kimse; yetkim yok; erişimim yok; sizden imzalı; onayınız olmadan; nöbetçi""",
}

UNREACHED = {
    "en": """
    {tried|trying|been trying} {to |}{call|calling|ring|ringing|reach|reaching|phone|phoning|get hold of|your|you} ; {can
    t|cannot|couldn t|could not|unable to|not able to} {reach|get hold of|get through to} {you|your|anyone|anybody|him|her|
    them} ; your {phone|mobile|cell|line} {is|goes|was|went|rings|seems} ; no {answer|one answers|one answered} {on|at|from}
    ; {doesn t|does not|don t|do not|isn t|is not|not} {answer|answering|pick up|picking up} ; voicemail; your voice mail;
    left {you |}{a message|a voicemail|messages|two messages} ; {call|ring|phone} {me|us|the|back|her|him} {|back }{as soon|
    now|right|immediately|straight|when you see|the moment|on|please} ; please {call|ring|phone} ; {call|ring|phone} me;
    call back; as soon as you {see|read|get} {this|it} ; when you {see|read} this; {i|we} m {staying|holding} on; by {phone|
    telephone} {before|now|today|immediately|if}""",
    "de": """
    {erreiche|erreichen|erreicht} {dich|sie|ich dich|wir sie|ihn|niemanden|niemand} {|telefonisch |leider |seit }nicht;
    {dich|sie|ihn|ihr|euch} {telefonisch |leider |gerade |}nicht {erreicht|erreichen|ans telefon} ; telefonisch nicht {
    erreichbar|erreicht|erreichen} ; nicht erreichbar; {geht|gehst|gehen} {niemand|keiner|nicht|sie nicht} {ran|dran|ans} ;
    mailbox; {ruf|rufe|rufen sie|ruft} {mich|uns|bitte|sofort|zurück|an|die} ; bitte {um |}{rückruf|anrufen|zurückrufen|
    zurückruf} ; {melde|melden} {dich|sie sich} {|bitte } {sofort|umgehend|gleich|dringend|schnell|im|sobald|unter} ; sobald
    {du|sie} {das|dies} {liest|lesen|siehst|sehen} ; bitte melden""",
    "fr": """
    {injoignable|joindre} ; n arrive pas à {te|vous} ; {rappelle|rappelez|appelle|appelez} {moi|nous|le|la} ; répondeur;
    messagerie; ne {réponds|répondez|répond} pas; ne décroche; dès que {tu|vous} {lis|lisez|vois|voyez|as|avez} ; rappeler
    {|d urgence|au plus vite|immédiatement} ; essayé de {te|vous} {joindre|appeler}""",
    "es": """
    {no|sin} {conseguimos|consigo|podemos|puedo|logramos|logro} {hablar|localizar|localizarle|localizarte|contactar|
    contactarte|contactarle} ; no {contesta|contestas|coge|coges|responde al|cogéis} ; buzón de voz; {llámame|llámanos|
    llámeme|llámenos|llame|llamen|devuélveme} ; en cuanto {leas|lea|veas|vea|puedas|pueda} ; hemos intentado {llamar|
    llamarle|llamarte|localizar} ; he intentado {llamarte|llamarle|localizarte} ; por teléfono""",
    "pt": """
    não {consigo|conseguimos|consegui} {falar|contactar|contactá|ligar|contatar} ; não {atende|atendes|atendeu} ; caixa de
    correio de voz; {liga|ligue|liguem|telefona|telefone} {me|nos|já|para} ; assim que {leres|ler|vires|vir|puderes|puder} ;
    tentei {ligar|contactar|falar} ; tentámos {ligar|contactar|falar}""",
    "it": """
    non {riesco|riusciamo|riuscivo} a {contattarti|contattarla|chiamarti|parlare|raggiungerti|raggiungerla|rintracciarla|
    rintracciarti} ; non {rispondi|risponde|rispondono} {|al} ; segreteria; {chiamami|chiamaci|richiamami|mi chiami|ci
    chiami|mi richiami|ci richiami|telefonami} ; appena {leggi|legge|puoi|può|vedi} ; ho provato a {chiamarti|chiamarla} ;
    abbiamo provato a {chiamarla|chiamarti|contattarla}""",
    "nl": """
    {krijg|krijgen|kreeg} {je|u|jou} niet te pakken; {bereik|bereiken|kan|kunnen} {je|u|jou} {telefonisch |}niet {|bereiken|
    te} ; {neemt|neem|nam} {je |u |}niet op; voicemail; {bel|bellen|belt} {me|mij|ons|ons terug|me terug|meteen|onmiddellijk|
    de} ; terugbellen; zodra {je|u} {dit|dat} {leest|ziet} ; geprobeerd {je|u} te {bellen|bereiken}""",
    "pl": """
    nie {mogę|możemy|udało} {się |} {dodzwonić|skontaktować|połączyć} ; nie {odbiera|odbierasz|odbierają|odpowiada pan|
    odpowiada pani} ; poczta głosowa; {zadzwoń|oddzwoń|proszę zadzwonić|proszę o telefon|proszę oddzwonić|proszę o pilny} ;
    jak tylko {przeczytasz|to przeczytasz|zobaczysz} ; próbowałem {dzwonić|się} ; próbowaliśmy {dzwonić|się}""",
    "tr": "ulaşamıyorum; ulaşamadık; telefonu açmıyor; açmıyorsunuz; beni ara; beni arayın; lütfen arayın",
}

WAITING = {
    "en": """
    {is|are|am|s|m|re|was|were} {standing|waiting|sitting|stuck|held|lying|parked|queuing} {here|by|outside|at|in|next|
    there|with|on|for|downstairs|under|beside|since|up} ; {is|are|s|re} {here|outside|downstairs|at the door|at reception|
    at the gate|on site|on the phone|on the line|already here|in the lobby|in the room|in the hall|next to me|with me} ;
    {on|stay on|staying on|hold|holding} the {line|phone|chat|call|bridge} ; bridge is open; {is|are} on {its|their|his|
    her|the} way; {stands|waits|sits} {at|outside|in|here|by|with} ; {next to|in front of|with} me {now|here|and} ; i {ll|
    can} {hold|keep} {it|them|the|two|one|that} {for you |}{till|until|another|for} ; {we|they|i} {ve|have|had to|re} {|
    just |already } {closed|shut|stopped|evacuated|sent everyone|switched off|turned off|cut|called|isolated|cleared|
    blocked|pulled} ; everyone {is |}{out|outside} ; sent everyone; {second|next} {sitting|shift|truck|crew|slot} is""",
    "de": """
    {steht|stehen|stehe|wartet|warten|warte|sitzt|sitzen|liegt|liegen} {vor|hier|am|an|im|in|auf|draußen|bei|seit|schon|
    gerade|mit|neben|noch} ; {bin|ist|sind} {vor ort|am apparat|am telefon|in der leitung|unterwegs|hier|draußen|bei mir} ;
    neben mir; vor der tür; auf {dem weg|dich|sie|deine|ihre} ; {habe|haben|hab} {alles|alle|die|den|das} {gestoppt|
    geräumt|abgestellt|gesperrt|evakuiert|rausgeschickt|abgeschaltet|angehalten|stillgelegt} ; lassen {ihn|uns|sie|mich}
    nicht {rein|durch|raus}""",
    "fr": """
    {attend|attendent|attends|attendons} {dehors|devant|ici|à|au|en|sur|depuis|dans} ; {est|sont|suis} {sur place|en ligne|
    devant|en route|là|à côté|avec moi|ici|en chemin} ; on a {tout|arrêté|évacué|fermé|coupé|bloqué|appelé} ; nous avons
    {tout|arrêté|évacué|fermé|coupé|bloqué|appelé} ; j ai {coupé|fermé|arrêté|évacué|bloqué} ; arrivent; à côté de moi; je
    reste en ligne""",
    "es": """
    {está|están|estoy|estamos} {esperando|aquí|fuera|en la puerta|en camino|delante|al teléfono|en la calle|parado|parados|
    de camino|conmigo} ; {espera|esperan} {en|fuera|aquí|a|delante|desde} ; {he|hemos} {cerrado|cortado|parado|evacuado|
    sacado|llamado|desalojado} ; la {llevan|lleva|trasladan} ; lo {llevan|lleva|trasladan} ; a mi lado; sigo al teléfono""",
    "pt": """
    {está|estão|estou|estamos} {à espera|à porta|aqui|lá fora|a caminho|ao telefone|parado|parados|em linha|comigo|no local|a
    aguardar} ; {espera|esperam} {à|na|no|lá|aqui|por} ; {fechei|fechámos|cortei|cortámos|parei|parámos|evacuámos|chamei|
    chamámos|desliguei|desligámos} ; ao meu lado; vem a caminho""",
    "it": """
    {è|sono|siamo} {qui|fuori|davanti|in linea|al telefono|per strada|in arrivo|sul posto|alla porta|in attesa|bloccati|con
    me} ; {aspetta|aspettano|attende|attendono|sta aspettando|stanno aspettando} ; {ho|abbiamo} {chiuso|fermato|evacuato|
    spento|staccato|bloccato|chiamato} ; sta arrivando; stanno arrivando; accanto a me; resto in linea""",
    "nl": """
    {staat|staan|sta|wacht|wachten|zit|zitten|ligt|liggen} {voor|hier|aan|buiten|op|in|bij|al|te|naast|nog|beneden} ; {is|
    zijn|ben} {onderweg|ter plaatse|hier|aan de lijn|buiten|bij mij} ; {heb|hebben|we hebben} {alles|iedereen|de} {
    stilgelegd|afgesloten|geëvacueerd|gestopt|uitgezet|buitengezet|afgezet} ; naast mij; ik blijf aan de lijn; is onderweg""",
    "pl": """
    {czeka|czekają|czekam|czekamy|stoi|stoją|stoję|leży|leżą|siedzi|siedzą} {na|przed|tutaj|tu|w|od|już|obok|pod|z} ; {jest|są}
    {na miejscu|w drodze|na linii|pod drzwiami|przed|już|obok} ; {odciąłem|odcięliśmy|zamknąłem|zamknęliśmy|zatrzymałem|
    zatrzymaliśmy|ewakuowaliśmy|wyłączyłem|wyłączyliśmy|wezwałem|wezwaliśmy} ; jedzie; obok mnie; jestem na linii""",
    "tr": "bekliyor; bekliyorlar; kapıda; hatta; yolda; benimle; burada bekliyorum; durdurduk; kapattık",
}

TABLES = {
    Cue.CUTOFF: CUTOFF,
    Cue.ONLY_YOU: ONLY_YOU,
    Cue.UNREACHED: UNREACHED,
    Cue.WAITING: WAITING,
}
