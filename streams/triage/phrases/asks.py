"""Requests, decisions wanted, and words for the reader."""

from __future__ import annotations

from streams.triage.cues import Cue

DO = {
    "en": """
    accept|acknowledge|act|add|address|adjust|advise|answer|approve|arrange|ask|assist|attend|be|book|bring|buy|
    calendar|call|cancel|change|check|choose|circulate|clarify|come|comment|complete|confirm|consider|contact|
    continue|coordinate|copy|correct|decide|deliver|delete|describe|discuss|distribute|do|download|draft|edit|email|
    ensure|establish|execute|explain|fax|fill|finalize|find out|finish|fix|follow|forward|gather|get|give|go|handle|
    have|help|hold|identify|include|indicate|inform|initial|insert|install|investigate|join|keep|leave|let|list|
    look|mail|make|mark|meet|move|open|order|pass|pay|phone|pick|plan|post|prepare|print|process|proceed|provide|
    pull|put|read|remind|remove|rename|replace|reply|report|resend|respond|restart|return|review|revise|run|scan|
    schedule|send|set|share|show|sign|speak|start|stop|submit|take|talk|tell|test|translate|try|turn|type|update|
    upload|use|verify|wait|work|write"""
}
"""What people are asked to do: stands for `@do`."""

ASK = {
    "en": """
    please {|also|just|kindly|do} @do; {can|could|would|will} {you|u} {|please|also|just|kindly} @do; {can|could}
    {someone|somebody|we|i} @do; ^{can|could|would|will|may|should|shall} {you|u|we|i}; ^{let s|lets} {ask|discuss|
    talk|meet| get|set|schedule|do|make|have|go|try|plan|see|use|add|keep|send|call|chat|arrange|move|work}; you
    {ought|need} to; need to {discuss|talk|meet|schedule|decide|know|get|have|speak}; would like to {discuss|talk|
    meet|schedule| speak|know|have|invite|set}; d like to {discuss|talk|meet|schedule|speak|know|have|invite|set|
    see}; i need from you; {need|needs|want|wants|require} {|this |it |them |that }from you; i d like {two|three|a
    few|some|a short|a list} ; {would|d} like to {see|get|receive|understand}; i want to {know|see|understand|get};
    your views; awaits your; awaiting your; needs your; kindly use; up to you; it s yours; yours i think; over to
    you; for you to {decide|answer|review|sign}; cover for me; can you {take|do} my; stay in touch with; any chance
    you; {set|call} up a {call|meeting|time}; when you get a {chance|minute|moment}; maybe {we can|we could|you can|
    you could| dinner|lunch}; {how|what} about {dinner|lunch|coffee|you|we|a|next|this}; wants to know {if|whether};
    would it be {possible|worth|ok|okay|better}; {is it|would it be} possible; go ahead and; see if; ^{review|check|
    discuss| consider|forward|print|file|prepare|attend|schedule|calendar|fax|handle|respond|reply|approve|sign|add|
    remove| include|revise|update|set up|make sure|find out|go ahead|think about|remember|remind|try|get me|send|
    give|keep| take|put|ask|use|tell|talk|note} {the|this|these|that|it|them|him|her|me|us|to|a|your|with|out|up|in|
    on|for|all| and}; {can|could|would|will} {you|u} {|please|kindly|possibly|also|just} {send|tell|check|look|help|
    call|ring| confirm|review|let|give|take| make|get|bring|forward|circulate|provide|explain|find|fix|join|come|
    pick|ask|add| update|write|share|cover|swap|do|arrange|handle| sign|approve|draft|put|set|follow|work|talk|meet|
    have|go|be| try|see|schedule|prepare|print|translate|drop|step|stay|book|respond| reply|resend|verify|point|
    advise|spare| run|attend}; would you mind; would you be able; are you able to; are you {available|free|around};
    could {somebody|someone|anyone|one of you}; can {somebody|someone|one of you}; do you {want|have|know|think|
    agree| need|still|prefer}; what do you {think|suggest|want|say}; what {are|is} your {thoughts|view|views|
    opinion| preference|take}; let me {know|have}; let us {know|have}; please {|also|just|kindly} {send|tell|check|
    look|help| call|ring|confirm|review|let|give|take|make|get|bring|forward|provide|respond|reply|advise|see if|
    add| update| write|share|sign|approve|draft|put|set|follow|work|run|attach|arrange|prepare|complete|fill|return|
    submit| contact|meet| have|be|ask|include|remind|remove|read|print|schedule|coordinate|handle|do|try|keep|use|
    stop|note your|come|join|fax|phone| get back|circulate|change|go|pass|note that you|ensure|make sure|
    acknowledge|upload| return|pay|start|begin|cancel|email|mail|find out}; ^{send|call|ring|phone|text|tell|give|
    bring|let|get|show} {me|us} ; ^call {the|her|him|them}; ^confirm {to|with|by|whether|that}; get back to {me|us};
    give me a {call| ring|shout}; call me; ring me; reply to me; i {|really|also|still|just|do} need {you|your|a
    decision|an answer| to know|to hear|the|them|it from}; we {|really|also|still} need {you|your|an answer|a
    decision|to know|to hear from}; need {your|you to}; i {would|d} {like|love} {you|your|to know|to hear|an}; i
    want you to; i {would|d} {appreciate|be grateful}; would appreciate; be grateful; {grateful|great|good|helpful}
    if you; if you could; if you {can|would} {please|let|send|get|just}; could i {have|get|ask|borrow|trouble}; can
    i {have|get|ask|book| borrow}; may i ask; waiting {for|on} {you|your}; {look|looking} forward to {your|hearing};
    assigned to you; review requested; requested your review; mentioned you; invited you to {sign|review|edit}; you
    to {sign|review| approve|complete|confirm|call|attend|decide}; who {can|could|will|is going to|drives}; which of
    you; any volunteers; any {chance|news|update|thoughts|objections|ideas|comments}; {your|any} {thoughts|comments|
    feedback| views} {|please|by|on}; thoughts; shall {i|we}; should {i|we}; is {it|that|this} {ok|okay|fine|all
    right| alright} {with|for|if|by} ; ok with you; does {that|this|it} {work|suit}; which suits; when {can|could|
    would} {you|we}; how {should|do you|would you|shall}; what should {i|we}; where {should|do}; you {should|must|
    need to| have to|will have to|ll need to} {|please} {call|send|sign|confirm|attend|be|come|reply|complete|
    submit|bring| check|decide|let|get|talk|review|approve|contact|provide|include|respond}; {one|two|few|couple of}
    {lines|words} {are|is} enough; by return; please advise; rsvp; yes or no; pick one; tick it off; take a look at;
    have a look; comments for your consideration; see if you {can|could}; ^try to {get|find|call|reach}; why don t
    you; how about; i suggest {you|that you|we}; consider {adding|changing|including|using|making}; any interest; i
    recommend; you may want to; you might want to; we should {|probably|also|not} {send|talk|get|meet|have|discuss|
    try}""",
    "de": """
    {kannst|könntest|koenntest|würdest} du; {können|könnten|koennten|würden|wuerden} sie; kannst mir; könnt ihr;
    {kann|könnte} {jemand|mir jemand|einer}; {bitte|bitte um} {sag|sagt|sagen|schick|schickt|schicken|gib|gebt|
    geben|ruf|rufen|meld|melde|melden|prüf|prüfe|prüfen|bestätige|bestätigen|antworte| antworten|teile|teilen|sende|
    senden|komm|kommen|schau|schauen|lass|lassen|mach|macht|machen|nimm|nehmen|rückmeldung|antwort|bestätigung|
    unterschreiben| freigabe|um|bis|sofort|umgehend|dringend|kurz|einmal|noch|mir|uns|den|die|das}; {gib|gebt|geben
    sie|gebe} {mir|uns|bitte} ; {ruf|rufen sie} {mich|bitte|uns|sofort|an}; {sag|sagt|sagen sie} {mir|uns|bescheid|
    kurz|bitte} ; {melde|melden} {dich|sie sich|euch} {|bitte|bei|kurz}; lass {mich|uns} wissen; lassen sie {mich|
    uns} wissen; bescheid {geben|sagen|gibst}; was {meinst|denkst|hältst|sagst} du; was meinen sie; was halten sie;
    hast du {kurz|zeit|schon|noch|die|den|das|lust|mal}; haben sie {schon|noch|zeit|die|den|das} ; magst du; willst
    du; möchtest du; wollen sie; möchten sie; wir {brauchen|benötigen|bräuchten|bitten|erwarten} ; ich {brauche|
    bräuchte|benötige|bitte} ; brauche ich; brauchen wir; wer {kann|könnte|hat|fährt|übernimmt|kommt}; wäre {nett|
    schön|toll|super|gut|prima} wenn; passt {das|dir|es|ihnen}; geht das; ist das ok; {um|deine|ihre} {rückmeldung|
    antwort|zusage|stellungnahme|freigabe|unterschrift}; rückmeldung bis; soll ich; sollen wir; wann {kannst|können|
    passt}""",
    "fr": """
    {peux|pourrais|veux|voudrais|as} tu; {pouvez|pourriez|voudriez|auriez|avez|voulez|êtes} vous; tu {peux|pourrais|
    veux} {|me|nous|bien} ; vous {pourriez|pouvez} ; {merci|prière} de {me|nous|bien|votre|vos|confirmer|répondre|
    renvoyer|vérifier|signer|rappeler|faire|prendre|transmettre|valider|vous|compléter|fournir|ne}; merci d {avance|
    envoyer|indiquer}; veuillez {me|nous|vérifier|confirmer|envoyer|signer|trouver un|répondre|valider|rappeler|
    faire} ; {dis|dites|envoie|envoyez|rappelle|rappelez|appelle|appelez|donne|donnez|confirme|confirmez} {moi|nous}
    ; {dis|dites} le moi; qu en {penses|pensez|dites|dis}; que {penses|pensez|proposes|proposez|souhaitez}; j {ai
    besoin|aurais besoin|attends}; nous {avons besoin|attendons|aurions besoin}; {votre|ton} {avis|accord|réponse|
    retour|confirmation|signature|validation|feu vert}; s il {vous|te} plaît; tenez moi; tiens moi; faites {moi|
    nous} savoir; fais moi savoir; est ce que {tu|vous} ; qui {peut|pourrait}; ça te va; cela vous convient; serait
    il possible; est il possible""",
    "es": """
    {puedes|podrías|puede|podría|podéis|pueden|podrían} {|usted|por favor|tú} {enviar|mandar|enviarme|mandarme|
    confirmar|confirmarme|decir|decirme|llamar|llamarme|revisar|mirar|hacer|venir|ayudar|ayudarme| pasar|pasarme|
    dar|darme|indicar|indicarme|echar|firmar|traer|ver|avisar|avisarme|quedarte|responder|cubrir|traducir|aceptar|
    encargarse|encargarte} ; {me|nos} {puedes|podrías|puede|podría|dices|confirmas|avisas|mandas|pasas|envías|
    llamas|confirma|dice}; {dime|díganos|dígame|avísame|avíseme|llámame|llámeme|confírmame|confírmeme|mándame|
    mándeme|envíame|envíeme|respóndeme|contéstame|avisadme|decidme} ; {necesito|necesitamos|necesitaría|
    necesitaríamos} {que|tu|su|saber|una|la|el|un|los|las} ; por favor; te agradecería; le agradecería; le {ruego|
    rogamos}; les rogamos; te {importaría|parece|viene|apetece|va}; le {parece|viene} ; qué {opinas|te parece|le
    parece|hago|hacemos|prefieres|piensas}; {quedo|quedamos} a la espera; {espero|esperamos} {tu|su} {respuesta|
    confirmación|contestación}; a la espera de {tu|su} ; cuándo {puedes|puede|podrías|podría|vienes|viene}; quién
    {puede|podría}; hazme saber; háganos saber; haz el favor; ruego {confirme|confirmes|envíe|conteste} ; sería
    posible; es posible que; tienes {tiempo|un momento|un rato|disponibilidad|hueco}; tiene {disponibilidad|un
    momento}""",
    "pt": """
    {podes|pode|poderia|podias|podem|poderiam|consegues|consegue|conseguem} {|me|nos|por favor} {enviar|mandar|
    confirmar|dizer|ligar|rever|ver|fazer|vir|ajudar|dar|indicar|assinar|trazer|passar|verificar|responder|tratar|
    aceitar} ; você {pode|poderia|consegue} ; {me|nos} {envie|mande|diga|confirme|avise|ligue} ; {diz|diga|envia|
    envie|manda|mande|liga|ligue|confirma|confirme|avisa|avise} {me|nos|por favor|se} ; {preciso|precisamos|
    necessito|precisava} {que|de|da|do|dos|saber|urgente}; por favor; agradeço {que|a tua|a sua|desde|o envio|
    confirmação}; agradecemos {que|a sua|o envio}; aguardo {resposta|retorno|a tua|a sua|confirmação|o seu};
    aguardamos ; {fico|ficamos} {à espera|no aguardo|a aguardar}; o que {achas|acha|pensas|pensa|acham} ; {será|
    seria} {que|possível} ; {gostaria|gostava} {de saber|que} ; quem {pode|consegue} ; quando {podes|pode}; tem
    disponibilidade; tens {tempo|disponibilidade}; solicito; solicitamos; peço {que|te|lhe|por favor}; pedimos {que|
    o favor|a sua}""",
    "it": """
    {puoi|potresti|può|potrebbe|potete|riesci|riesce|riuscite} {|per favore|anche} {inviare|inviarmi|mandare|
    mandarmi|confermare|confermarmi|dire|dirmi|chiamare|chiamarmi|controllare|fare|venire|aiutare|aiutarmi|dare|
    darmi|firmare|rispondere|verificare|vedere} ; {mi|ci} {puoi|può|potresti|potrebbe|fai|fa|mandi|confermi|
    conferma|dici|serve|servono} ; {fammi|fatemi|mi faccia|facci|ci faccia} sapere; {dimmi|chiamami|mandami|inviami|
    confermami|rispondimi|mi dica|mi chiami|mi confermi} ; per {favore|piacere|cortesia}; ho bisogno; abbiamo
    bisogno; ti prego; la prego; {si|vi} prega di; {che|cosa} ne {pensi|pensa|dici|pensate} ; attendo; attendiamo;
    resto in attesa; restiamo in attesa; in attesa di {un|una|tuo|suo|vostro}; quando {puoi|può|potete} ; chi può;
    ti va""",
    "nl": """
    {kan|kun|kunt|zou|wil|wilt|heb|hebt|weet} {je|jij|u} {|mij|me|ons|dat|even|misschien|nog|aub} ; {kan|wil}
    iemand; {kunnen|kunt} jullie; {laat|geef} {me|mij|ons|even|iets} {|maar} weten; laat {het|iets} weten; {graag|
    gelieve|svp|aub|alsjeblieft|alstublieft} ; {bel|mail|stuur|geef|bevestig|antwoord|kom|zeg} {me|mij|ons|even|
    dringend|zo|direct|meteen|asap|snel} ; wat {denk|vind|wil} {je|jij|u} ; hoe zie je; {ik|we|wij} {heb|hebben}
    {je|uw|jouw|jullie} ; {ik|we} {wacht|wachten} op; heb je nodig; nodig van {je|jou|u} ; zou {fijn|goed|leuk}
    zijn; past {dat|het|dit} {|voor} ; wie kan; wanneer {kan|kun|kunt}; graag {uw|je|jouw} {reactie|antwoord|
    bevestiging}""",
    "pl": """
    {proszę|prosimy|prosiłbym|prosiłabym|poproszę} {|o|pana|panią|cię|was|bardzo|pilnie} ; {daj|dajcie|niech pan da|
    niech pani da|proszę dać} {mi|nam|znać} ; {czy|a czy} {możesz|mógłbyś|mogłabyś|moglibyście|może|mógłby|mogłaby|
    możecie|mogę|zgadzasz|masz|macie} ; {zadzwoń|oddzwoń|potwierdź|odpisz|przyślij|wyślij|powiedz|napisz|sprawdź} ;
    co {myślisz|sądzisz|robimy|mam robić} ; {potrzebuję|potrzebujemy|czekam|czekamy} ; {twoja|pana|pani} {zgoda|
    decyzja|odpowiedź} ; kto może; kiedy {możesz|może|możecie} ; będę wdzięczn; prośba o""",
    "tr": """
    lütfen; rica ederim; rica ederiz; {yapabilir|gönderebilir|arayabilir|bakabilir|verebilir|onaylayabilir|misin|
    misiniz|mısın|mısınız|musunuz} {|misin|misiniz|mısınız} ; {bildirir|gönderir|arar|onaylar|yazar|verir} {misin|
    misiniz|mısın|mısınız}; haber {ver|verin|verir|bekliyorum|bekliyoruz}; cevap {bekliyorum|bekliyoruz} ; cevabını;
    cevabınızı; {gerekiyor|lazım|gönder|bekliyorum}; ara beni; beni ara""",
}

SOFT_ASK = {
    "en": """
    feel free to; let me know {if|what|when|how|whether} ; happy to discuss; if you {have any|have questions|need|
    want|like|are interested} ; look forward to; hope {you|to} ; curious {what|how} ; any {questions|suggestions|
    idea}; does anyone; has anyone; anyone {know|else|have|tried|seen}; would be {nice|great|good} ; please {see|
    find|note} ; i wonder; i {m|am} wondering; wondering {if|whether} ; don t hesitate; do not hesitate; should you
    have""",
    "de": "bei {fragen|rückfragen}; melde dich; falls du; falls sie; hat jemand; weiß jemand",
    "fr": "n hésitez pas; n hésite pas; si vous {avez|souhaitez}; quelqu un",
    "es": "no dudes; no dude; si tienes; si tiene; cualquier duda; alguien {sabe|tiene}",
    "pt": "qualquer dúvida; se {tiveres|tiver}; alguém {sabe|tem}",
    "it": "non esitare; se hai; se ha; qualcuno {sa|ha}",
    "nl": "mocht {je|u}; als je; vragen hoor ik",
    "pl": "w razie pytań; jeśli masz; czy ktoś",
}

DECIDE = {
    "en": """
    {needs|need|require|requires|requiring|awaiting|awaits|for|waiting for} {|your|his|her} {approval|sign off|
    signoff|signature|confirmation|decision|authorisation|authorization|go ahead|sign|feedback|input}; your
    {approval|signature|consent|decision|authorisation|authorization|go ahead|ok|okay|confirmation|call|vote|input|
    answer|say so}; need a decision; to {approve|sign|countersign|sign off|decide|authorise|authorize} {|by|before|
    this|it|the}; approve {or|the|this|it}; please {approve|sign|confirm|decide} ; {sign|signed} by you; release it;
    only you can; action required""",
    "de": """
    {deine|ihre|eure} {freigabe|zustimmung|entscheidung|unterschrift|bestätigung|genehmigung}; freigeben;
    genehmigen; zur {freigabe|unterschrift|entscheidung}; entscheiden {sie|wir|müssen|muss}; bitte {bestätigen|
    freigeben|entscheiden} ; unterschreiben""",
    "fr": """
    {votre|ton} {accord|approbation|validation|signature|décision|confirmation}; à signer; pour {signature|
    validation|accord}; {approuver|valider|trancher}; feu vert""",
    "es": """
    {tu|su} {aprobación|autorización|firma|confirmación|decisión|visto bueno|ok}; aprobar; autorizar; firmar; visto
    bueno; {confirmar|confirme|confirma}""",
    "pt": """
    {tua|sua} {aprovação|autorização|assinatura|confirmação|decisão}; aprovar; autorizar; assinar; {confirmar|
    confirme}""",
    "it": """
    {tua|sua|vostra} {approvazione|autorizzazione|firma|conferma|decisione}; approvare; autorizzare; firmare;
    confermare""",
    "nl": """
    {jouw|uw|je} {goedkeuring|akkoord|handtekening|bevestiging|beslissing}; goedkeuren; akkoord {gaat|bent|geven|
    nodig} ; ondertekenen; bevestigen; beslissen""",
    "pl": """
    {twoja|twojej|pana|pani} {zgoda|zgody|akceptacja|akceptacji|decyzja|decyzji|podpis}; zatwierdzić; podpisać;
    potwierdzić; zaakceptować""",
    "tr": "{onay|onayın|onayını|onayınız|onayınızı|imza|imzan|karar|kararın} ",
}

YOU = {
    "en": "you; your; yours; u; ya",
    "de": "du; dich; dir; dein; deine; deinen; deiner; ihr; euch; ihnen; ihre; ihren",
    "fr": "tu; te; toi; ton; ta; tes; vous; votre; vos",
    "es": "tú; ti; tu; tus; usted; ustedes; vosotros; te; os; puedes; puede; quieres; sabes; tienes; podrías; podría",
    "pt": "você; vocês; tu; teu; tua; consegues; podes; pode; queres; podem",
    "it": "tu; te; ti; tuo; tua; lei; voi; vi; vostro; puoi; vuoi; potete; può",
    "nl": "je; jij; jou; jouw; u; uw; jullie",
    "pl": "ty; ci; cię; ciebie; twój; twoja; pan; pani; możesz; masz; wam; was",
    "tr": "sen; sana; seni; senin; siz; size; sizin; misin; misiniz; musunuz",
}

TABLES = {
    Cue.ASK: ASK,
    Cue.SOFT_ASK: SOFT_ASK,
    Cue.DECIDE: DECIDE,
    Cue.YOU: YOU,
}
