"""Weekdays, deadlines and hurry."""

from __future__ import annotations

from streams.triage.cues import Cue

DAYS = {
    "en": "monday|tuesday|wednesday|thursday|friday|saturday|sunday|mon|tue|wed|thu|fri|tomorrow|the weekend",
    "de": "montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag|morgen|übermorgen",
    "fr": "lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|demain|après demain",
    "es": "lunes|martes|miércoles|jueves|viernes|sábado|domingo|mañana",
    "pt": "segunda|terça|quarta|quinta|sexta|sábado|domingo|amanhã",
    "it": "lunedì|martedì|mercoledì|giovedì|venerdì|sabato|domenica|domani|dopodomani",
    "nl": "maandag|dinsdag|woensdag|donderdag|vrijdag|zaterdag|zondag|morgen|overmorgen",
    "pl": "poniedziałku|wtorku|środy|czwartku|piątku|soboty|niedzieli|jutra|jutro|poniedziałek|wtorek|środę|piątek",
}

NOW = {
    "en": """
    immediately; {right|straight} {now|away}; at once; this {minute|instant}; asap; as soon as possible; as
    {quickly|fast} as {possible|you can}; without delay; within {the|an|one|half an|the next} hour; {in|within|next|
    for} {the next |} {#n|few|two|three|ten|five} {minutes|min|mins|hours|hrs|hour}; in an hour; in half an hour;
    before it s too late; {call|ring|phone|text|ping|come|come in|answer|reply|go|join|needed|need you| help|needs
    you|act|acting|stop} now; {need|needs|want|wants|have|has} {it|this|you|them|him|her|to know|an answer|a
    decision|the list|one} now; {by|before|until|till|at|no later than} #time {today|tonight|this morning|this
    afternoon|sharp}; {#n|one|two|three|four|five|ten} {minutes|mins|min|hours|hrs} {left|ago|from now|remaining|
    away}; {minutes|an hour|moments} ago; {is|are|am} {waiting|standing by|on site|on hold} {for|with|at|in|outside|
    downstairs}; {please|can you|could you} {call|ring|phone} {|me|us|back} {now|straight|immediately|right|
    urgently|at once}; on my {mobile|cell}; drop everything; stop use; do not use; do not {wait|delay}; before
    {noon|lunch|midnight|midday} {today|}; hours from now; as we speak; escalates {to|in}; {tried|trying|been
    trying} to {call|ring|reach|phone|get hold}; your {phone|line|mobile|cell} {is|goes|was|went}; goes to
    voicemail; going to voicemail; {don t|doesn t|not} answer the {phone|door}; can t {reach|get hold of} {you|him|
    her|them|anyone}; not answering; {don t|doesn t|isn t} {answer|answering}; today {at |by |}#time; closes {today|
    at midnight|tonight|at #time|in #n}; {closing|cut off|cutoff} {is|at|for|today}; at midnight; in #n {min|
    minutes|hours|h}; #n h #n m from now; about to; {has|have} to decide this {afternoon|morning|evening}; within #n
    {minutes|min|hours|h|hrs}; still {in there|missing|burning|running|bleeding|climbing|rising}; right away; at
    this {moment|very}; {for|since} {the last|about|over|more than|almost|nearly|around} {#n|ten|twenty|half|an
    hour|noon|midnight}; for {the last|the past|twenty|fifteen|thirty} {#n|minutes|half|hour|few}; since
    {noon|midnight|#time|half|about #n|around #n}; half an hour ago; an hour ago; just
    {now|fell|collapsed|called|crashed|went|happened|started|stopped|arrived|found out}; {is|are|it
    s|and|keeps|still} {climbing|rising|spreading|getting worse|dropping fast|falling fast|running
    out|pouring|overheating}; getting worse; by the minute; within the {next |}{hour|minutes|half};
    {ack|acknowledge|respond|reply|react} within; without any delay""",
    "de": """
    sofort; umgehend; unverzüglich; jetzt {gleich|sofort|an|ist|los|anrufen}; so schnell wie möglich;
    schnellstmöglich; schnellstens; asap; auf der stelle; innerhalb {einer|der nächsten|von} {stunde|#n|zwei|drei};
    in {einer|#n|zwei|drei} {stunde|stunden|minuten}; {bis|vor} heute #time; bis #time {heute|}; vor {#n|zehn|fünf|
    wenigen} minuten; ruf {bitte|mich|jetzt|sofort}; noch heute; dringendst; eilt sehr; {seit|vor}
    {etwa|ungefähr|rund|einer|zehn|zwanzig|#n|einigen} {minuten|stunde|halben|einer halben|#n}; gerade
    {eben|gestürzt|passiert|angerufen|ausgefallen|entdeckt|gemeldet}; soeben; {steigt|sinkt|fällt}
    {weiter|schnell|immer}; wird {schlimmer|immer schlimmer}; in einer {stunde|halben}; auf schnellstem; schnell
    {bitte|zurück}; so schnell es geht; im moment {steht|läuft|geht}""",
    "fr": """
    immédiatement; tout de suite; sans délai; dès que possible; au plus vite; le plus {vite|rapidement} possible;
    sur le champ; dans {l heure|les #n|#n|une|deux} {minutes|heures|heure}; dans l heure; d ici #time; avant #time;
    il y a #n minutes; rappelle moi {vite|tout}; maintenant; asap; depuis {#n|une|vingt|dix|environ|tout à l}
    {minutes|heure|heures|demi|#n}; vient {de|d}; {monte|empire|s aggrave|se propage} {|encore|vite}; à l instant;
    au plus tôt; dans {une|l|les} {heure|demi|minutes|prochaines}; en ce moment; tout à l heure {vers|à}; dès que
    tu; dès que vous {lisez|voyez|avez lu}""",
    "es": """
    inmediatamente; de inmediato; ahora mismo; ya mismo; cuanto antes; lo antes posible; enseguida; sin demora; en
    {una|#n|dos|media} {hora|horas|minutos}; antes de las {#n|#time}; hace {#n|diez|cinco|unos} minutos; llámame
    {ya|ahora|en cuanto}; en cuanto {puedas|leas|pueda|veas}; asap; está {a punto|ahora} de; desde hace
    {#n|media|una|veinte|diez|unos}; acaba de; acaban de; {sigue|siguen}
    {subiendo|bajando|saliendo|ardiendo|cayendo|empeorando}; {va|está} {a peor|empeorando|subiendo}; en este
    momento; hace {media|una} hora; llámame ya; en {una hora|media hora|diez minutos}; necesitamos {su|tu}
    {autorización|respuesta|firma} ahora; ahora {mismo|necesitamos}""",
    "pt": """
    imediatamente; de imediato; agora mesmo; quanto antes; o mais {rápido|rapidamente|depressa} possível; sem
    demora; dentro de {uma|#n|duas} {hora|horas|minutos}; antes das {#n|#time}; há #n minutos; liga me já; assim que
    {possível|puderes|puder}; asap; há {meia|uma|#n|vinte|dez} {hora|horas|minutos}; acabou de; acabam de; acaba de;
    {continua|está} {a subir|a piorar|a sair|a cair|a arder}; neste momento; já {já|agora}; dentro de
    {meia|uma|minutos}; o quanto antes; com a máxima urgência""",
    "it": """
    immediatamente; subito; adesso; ora stesso; al più presto; il prima possibile; quanto prima; senza indugio;
    entro {un ora|le|#n} {|#n|#time|ore|minuti}; tra {un ora|#n} {|minuti|ore}; prima delle {#n|#time}; #n minuti
    fa; asap; da {#n|mezz|venti|dieci|circa} {minuti|ora|ore|#n}; {ha|è|hanno} appena; {sta|stanno}
    {salendo|peggiorando|uscendo|bruciando|aumentando|bruciando}; in questo momento; {mezz|un} ora fa; dimmi subito;
    mi {dica|risponda|chiami} subito""",
    "nl": """
    onmiddellijk; meteen; zo snel mogelijk; zsm; nu {meteen|bellen|komen|nodig}; binnen {het|een|#n} {uur|minuten};
    voor #time; tegen #time; #n minuten geleden; net {binnengebracht|gebeurd|gebeld}; daarnet; asap; op dit moment;
    {sinds|al} {#n|een|twintig|tien|een half} {minuten|uur|kwartier|half}; zonet; zojuist; {stijgt|zakt|loopt}
    {nog|snel|verder|op}; wordt erger; {een|half} uur geleden; bel me {meteen|nu|direct|onmiddellijk}; direct;
    ogenblikkelijk; zo spoedig mogelijk; nu direct""",
    "pl": """
    natychmiast; niezwłocznie; jak najszybciej; od razu; teraz; w ciągu {godziny|#n}; za {godzinę|#n}; przed #time;
    do godziny; #n minut temu; zadzwoń; oddzwoń; od {#n|pół|dwudziestu|kilku|godziny} {minut|godziny|godzin};
    {właśnie|przed chwilą}; {rośnie|pogarsza się|leje się|pali się}; {pół godziny|godzinę} temu; w tej chwili; jak
    najprędzej; bezzwłocznie; już teraz""",
    "tr": """
    hemen; derhal; acilen; şimdi; en kısa sürede; bir an önce; {iki|bir|üç|#n} saat içinde; #n dakika; saat #time""",
}

URGENT = {
    "en": """
    urgent; urgently; emergency; critical; time critical; time sensitive; high priority; top priority; important;
    highest priority; crisis; p #n; sev #n; desperate; desperately""",
    "de": "dringend; dringende; dringender; notfall; eilt; eilig; kritisch; wichtig; höchste priorität",
    "fr": "urgent; urgente; urgence; critique; prioritaire; important; d urgence",
    "es": "urgente; urgentemente; emergencia; crítico; prioritario; importante; con urgencia",
    "pt": "urgente; urgentemente; emergência; crítico; prioritário; importante; com urgência",
    "it": "urgente; urgentemente; emergenza; critico; prioritario; importante; con urgenza",
    "nl": "dringend; urgent; spoed; noodgeval; spoedgeval; kritiek; belangrijk",
    "pl": "pilne; pilna; pilnie; ważne; awaria; krytyczne; nagły",
    "tr": "acil; önemli; kritik; acele",
}

SOON = {
    "en": """
    today; tonight; tomorrow; this {morning|afternoon|evening}; eod; cob; {end|close} of {the |} {day|play|business|
    today|tomorrow}; {by|before|until|till} {noon|midday|midnight|lunch|lunchtime|close|tonight|today|tomorrow|the
    end of today}; {by|before|until|till|no later than|closes at|ends at|due at|starts at} #time; by #n; {before|by}
    half; within {#n|twenty four} hours; next {morning|day} ; in {two|three|#n} hours; under {two|three|four} hours;
    the day after tomorrow; overnight""",
    "de": """
    heute; heute abend; morgen; {bis|vor} {heute|morgen|mittag|feierabend|mitternacht|#time} ; morgen {früh|mittag|
    vormittag|nachmittag|abend}; heute {noch|nachmittag|mittag}; tagesende; binnen #n stunden; {bis|um} #n uhr;
    übermorgen""",
    "fr": """
    aujourd hui; ce {soir|matin|midi}; cet après midi; demain; {d ici|avant} {demain|ce soir|midi|#time} ; demain
    {matin|midi|soir}; fin de journée; sous #n heures; dans la journée""",
    "es": """
    hoy; esta {tarde|mañana|noche}; mañana; {antes de|para} {mañana|hoy|mediodía|las #n|las #time} ; hoy mismo;
    final del día; en #n horas; pasado mañana; #n horas""",
    "pt": """
    hoje; esta {tarde|manhã|noite}; amanhã; até {amanhã|hoje|ao meio dia|às #n|às #time|ao fim do dia} ; fim do dia;
    em #n horas; depois de amanhã""",
    "it": """
    oggi; stasera; stamattina; questo pomeriggio; domani; entro {oggi|domani|stasera|le #n|le #time|mezzogiorno|fine
    giornata} ; fine giornata; domattina; dopodomani""",
    "nl": """
    vandaag; vanavond; vanmiddag; vanochtend; morgen; {tegen|voor|uiterlijk} {morgen|vandaag|vanavond|#time} ;
    morgenvroeg; einde van de dag; overmorgen; morgenmiddag""",
    "pl": "dziś; dzisiaj; jutro; dziś wieczorem; do {jutra|dziś|dzisiaj|#time|południa} ; rano; pojutrze",
    "tr": "bugün; bu akşam; yarın; yarına kadar; bu sabah; akşama kadar; bu gece",
}

DEADLINE = {
    "en": """
    {by|before|until|till|no later than|due|due on|due by|on or before|latest|not later than|until this|by this|by
    next|before next|by end of|by the end of} {@day|end of week|the end of the week|next week|this week|week|eow|the
    #n|#n|month end|monthend|the end of the month}; due date; deadline; {is|are|was} due; due {on|by|in|this|next} ;
    overdue; cut off; cutoff; last day; final date; expires; expire; expiring; closes on; {board|committee} meets;
    we vote; {this|coming|next} @day; {on|for} @day; end of {week|the week|month|the month} ; within {a week|#n
    days|two days|three days|the week}; this week; before {then|that|the} ; in time for; {response|reply|answer}
    {needed|required|expected|wanted} by; days left""",
    "de": """
    {bis|vor|spätestens|bis spätestens|bis zum|zum|am|am kommenden|bis kommenden} {@day|ende der woche|wochenende|
    #n|monatsende} ; frist; fristende; fällig; stichtag; deadline; läuft ab; läuft aus; innerhalb von #n {tagen|
    werktagen}; diese woche; bis ende {der woche|des monats}""",
    "fr": """
    {d ici|avant|pour|jusqu à|au plus tard|d ici à} {@day|la fin|fin|le #n|vendredi|cette semaine} ; délai;
    échéance; date limite; avant le; au plus tard; cette semaine; expire""",
    "es": """
    {antes del|para el|hasta el|a más tardar el|el} {@day|#n|próximo} ; plazo; fecha límite; vence; vencimiento;
    caduca; esta semana; a más tardar; fin de semana; antes del fin""",
    "pt": """
    {até|antes de|para|até à} {@day|dia #n|ao dia|próxima|sexta feira|segunda feira} ; prazo; data limite; vence;
    vencimento; expira; esta semana; o mais tardar""",
    "it": """
    {entro|prima di|entro il|per} {@day|#n|la fine|fine|venerdì} ; scadenza; scade; termine ultimo; questa
    settimana; al più tardi""",
    "nl": """
    {tegen|voor|uiterlijk|ten laatste|vóór} {@day|het einde|eind|#n|de} ; deadline; vervaldatum; uiterste datum;
    verloopt; deze week; ten laatste; op @day""",
    "pl": """
    {do|przed|najpóźniej|do najbliższego} {@day|końca|#n|dnia} ; termin; ostateczny termin; wygasa; w tym tygodniu;
    najpóźniej""",
    "tr": "son tarih; son gün; kadar; cumaya kadar; bu hafta; süresi",
}

LATER = {
    "en": """
    monday; tuesday; wednesday; thursday; friday; saturday; sunday; mondays; fridays; january; february; april;
    june; july; august; september; october; november; december; {in|by|of|until|since|last|this|next} {may|march};
    #n {may|march}; {may|march} #n; week; weeks; month; months; weekend; next year; fortnight; the day after
    tomorrow""",
    "de": """
    montag; dienstag; mittwoch; donnerstag; freitag; samstag; sonntag; januar; februar; märz; april; juni; juli;
    august; september; oktober; november; dezember; {im|ab|bis|anfang|ende|mitte} mai; #n mai; woche; wochen; monat;
    monate; monats; wochenende; nächstes jahr; übermorgen""",
    "fr": """
    lundi; mardi; mercredi; jeudi; vendredi; samedi; dimanche; janvier; février; avril; mai; juin; juillet; août;
    septembre; octobre; novembre; décembre; {en|de|au|début|fin} mars; #n mars; semaine; semaines; mois; week end; l
    année prochaine; après demain""",
    "es": """
    lunes; martes; miércoles; jueves; viernes; sábado; domingo; enero; febrero; marzo; abril; mayo; junio; julio;
    agosto; septiembre; octubre; noviembre; diciembre; semana; semanas; mes; meses; fin de semana; el año que viene;
    pasado mañana""",
    "pt": """
    segunda feira; terça feira; quarta feira; quinta feira; sexta feira; {na|à|até|de}
    {segunda|terça|quarta|quinta|sexta}; sábado; domingo; janeiro; fevereiro; março; abril; maio; junho; julho;
    agosto; setembro; outubro; novembro; dezembro; semana; semanas; mês; meses; fim de semana; próximo ano; depois
    de amanhã""",
    "it": """
    lunedì; martedì; mercoledì; giovedì; venerdì; sabato; domenica; gennaio; febbraio; marzo; aprile; maggio;
    giugno; luglio; agosto; settembre; ottobre; novembre; dicembre; settimana; settimane; mese; mesi; fine
    settimana; l anno prossimo; dopodomani""",
    "nl": """
    maandag; dinsdag; woensdag; donderdag; vrijdag; zaterdag; zondag; januari; februari; maart; april; mei; juni;
    juli; augustus; september; oktober; november; december; week; weken; maand; maanden; weekend; volgend jaar;
    overmorgen""",
    "pl": """
    poniedziałek; poniedziałku; wtorek; wtorku; środa; środę; środy; czwartek; czwartku; piątek; piątku; sobota;
    sobotę; soboty; niedziela; niedzielę; niedzieli; stycznia; lutego; marca; kwietnia; maja; czerwca; lipca;
    sierpnia; września; października; listopada; grudnia; tydzień; tygodnie; tygodniu; tygodnia; miesiąc; miesiącu;
    miesiąca; weekend; przyszłym roku; pojutrze""",
    "tr": """
    pazartesi; salı; çarşamba; perşembe; cuma; cumartesi; hafta; haftaya; ay sonu; ocak; şubat; mart; nisan; mayıs;
    haziran; temmuz; ağustos; eylül; ekim; kasım; aralık""",
}

TABLES = {Cue.LATER: LATER, Cue.NOW: NOW, Cue.URGENT: URGENT, Cue.SOON: SOON, Cue.DEADLINE: DEADLINE}
