"""What is at stake beside people and systems: money, law, the work of others, a chance that goes by; and that it is over."""

from __future__ import annotations

from streams.triage.cues import Cue

MONEY = {
    "en": """
    payment {failed|declined|refused|overdue|was refused|did not go through}; could not charge; {was|been} {refused|
    declined|returned} by {the|your} bank; expired card; overdue; unpaid; penalty; penalties; late fee; fine of; we
    lose; lose {about|around|up to|the}; {cost|costs|costing} {us|you}; loss of; write off; claim for; credit note;
    wrong {account|amount|invoice|date|figure|dose|label|version|price|number|page}; by mistake; does not match;
    doesn t match; not valid; rejected; refuses; double charged; charged twice; refund; chargeback; withhold;
    payment {run|deadline}; invoice {is |} {missing|overdue|wrong|unpaid}; invoices missing; missing invoices;
    customs {cut off|clearance|hold}; demurrage; detention; forfeit; forfeited; {tax|vat|payroll|filing|return} {is
    |} {due|deadline|missing}; filing your; direct debit; deduction; surcharge {applies|of}; disputes; dispute;
    compensation; liable; {not|won t be|will not be|are not|aren t} paid; {payroll|salaries|wages}; cash flow;
    account is {empty|overdrawn|frozen|blocked}; fraudulent {transfer|payment|charge}; transferred to the wrong;
    default; penalty of; per day {late|of delay}; {cost|costs|costing} us {#n|about|around|a|the}; bailiff;
    bailiffs; repossession; eviction; disconnection""",
    "de": """
    mahnung; überfällig; rücklastschrift; zahlung {fehlgeschlagen|abgelehnt|offen|überfällig}; vertragsstrafe;
    säumniszuschlag; schadenersatz; reklamation; verlieren wir; kostet uns; offene rechnung; steuererklärung;
    gehälter; löhne; lohnlauf; konto {gesperrt|leer|gepfändet}; falsches konto; falsch überwiesen; pfändung;
    gerichtsvollzieher; strafe {von|zahlen}; kosten uns; zahlungsfrist; totalverlust; schaden von; verlust von""",
    "fr": """
    impayé; impayée; en retard de paiement; pénalité; pénalités; prélèvement {rejeté|refusé}; mise en demeure;
    relance; nous perdons; litige; tva; déclaration fiscale; salaires; {compte} {bloqué|à découvert|gelé};
    mauvais compte; virement {erroné|rejeté|frauduleux}; huissier; saisie; amende; nous coûte; perte de; pénalités
    de retard""",
    "es": """
    impagado; impagada; vencida; recargo; penalización; multa; pago {rechazado|fallido|pendiente}; perdemos; nos
    cuesta; reclamación; hacienda; el modelo; declaración trimestral; iva; autoliquidación; nóminas; salarios;
    cuenta {bloqueada|en descubierto}; cuenta equivocada; transferencia {errónea|fraudulenta|rechazada}; embargo;
    desahucio; nos costará; pérdida de; multa de""",
    "pt": """
    em atraso; multa; penalização; pagamento {recusado|falhado|em falta}; perdemos; reclamação; finanças; iva;
    declaração; salários; ordenados; conta {bloqueada|a descoberto}; conta errada; transferência
    {errada|fraudulenta|recusada}; penhora; despejo; vai custar; prejuízo de; coima""",
    "it": """
    scaduta; insoluto; mora; penale; multa; pagamento {rifiutato|fallito}; perdiamo; reclamo; iva; dichiarazione;
    stipendi; conto {bloccato|scoperto}; conto sbagliato; bonifico {errato|fraudolento|respinto}; pignoramento;
    sfratto; ci costa; perdita di; sanzione; sanzioni""",
    "nl": """
    achterstallig; aanmaning; boete; betaling {geweigerd|mislukt}; verliezen we; kost ons; klacht; btw; aangifte;
    onbetaald; lonen; loonlijst; rekening {geblokkeerd|leeg}; verkeerde rekening; {verkeerde|frauduleuze}
    overschrijving; beslag; deurwaarder; uithuiszetting; verlies van; schade van; gaat ons kosten""",
    "pl": """
    zaległość; zaległa; wezwanie do zapłaty; kara; płatność {odrzucona|nieudana}; tracimy; reklamacja; vat;
    deklaracja; wypłaty; pensje; wynagrodzenia; konto {zablokowane|puste}; złe konto; błędny przelew; komornik;
    zajęcie; eksmisja; grzywna; mandat; strata; będzie nas kosztować""",
}

LEGAL = {
    "en": """
    court; hearing {|is|on|tomorrow|today}; judge; subpoena; injunction; lawsuit; litigation; arbitration; legal
    {advice|action|proceedings|notice|hold}; solicitor; attorney; lawyer; lawyers; notary; contract; agreement;
    countersign; termination; terminate; complaint; formal complaint; inspector; inspection; inspectorate; audit;
    auditor; auditors; regulator; authority; authorities; compliance; tribunal; notice period; deadline to appeal;
    customs; tax office; statutory; works council; testify; testimony; right to erasure; erasure; privileged;
    appeal; tender; {our|your|the} bid; power of attorney; summons; warrant; fined; licence; license
    {expires|revoked|suspended}; permit; inquest; bailiff; visa; passport; labour inspector; health inspector;
    health and safety; police report; insurance claim""",
    "de": """
    gericht; verhandlung; richter; einstweilige; klage; anwalt; anwältin; notar; notarin; vertrag; kündigung;
    kündigen; beschwerde; kontrolle durch; prüfer; prüfung durch; behörde; gewerbeaufsicht; betriebsrat; zoll;
    finanzamt; bußgeld; berufung; berufungsfrist; einspruch; widerspruch; ausschreibung; vollmacht; urteil;
    vorladung; genehmigung; bauaufsicht; gesundheitsamt; polizeibericht; vergabe; visum""",
    "fr": """
    tribunal; audience; juge; assignation; avocat; avocate; notaire; contrat; résiliation; plainte; réclamation;
    inspection; inspecteur; audit; autorités; douane; impôts; prud hommes; huissier; recours; greffe; jugement; appel d offres; procuration; convocation; inspection du travail; préfecture; visa;
    permis; soumission""",
    "es": """
    juzgado; tribunal; juicio; vista {oral|del}; juez; demanda; abogado; abogada; notario; notaría; notaria;
    contrato; rescisión; denuncia; queja; inspección; inspector; auditoría; autoridades; aduana; aduanas; burofax;
    escritura; recurso; licitación; sentencia; poder notarial; citación; aval; inspector de; permiso de; visado;
    alegaciones""",
    "pt": """
    tribunal; audiência; juiz; processo judicial; advogado; advogada; notário; contrato; rescisão; queixa; inspeção;
    auditoria; autoridades; alfândega; recurso; concurso público; sentença; procuração; citação; licença;
    inspetor; contestação; prazo legal""",
    "it": """
    tribunale; udienza; giudice; causa legale; avvocato; avvocata; notaio; contratto; disdetta; reclamo formale;
    ispezione; ispettore; audit; autorità; dogana; ricorso; gara d appalto; sentenza; procura; citazione; deposito
    telematico; permesso di; ispettorato; appello""",
    "nl": """
    rechtbank; zitting; rechter; dagvaarding; advocaat; notaris; contract; opzegging; klacht; inspectie; inspecteur;
    controle; audit; overheid; douane; beroep; aanbesteding; vonnis; volmacht; vergunning; arbeidsinspectie; visum;
    bezwaar""",
    "pl": """
    sąd; rozprawa; sędzia; pozew; adwokat; notariusz; umowa; wypowiedzenie; skarga; kontrola; inspekcja; audyt;
    urząd; celny; odwołanie; odwołania; przetarg; wyrok; pełnomocnictwo; wezwanie; zezwolenie; inspekcja pracy;
    wiza; apelacja; sprawa {zostanie|sądowa}""",
    "tr": "gümrük; mahkeme; avukat; sözleşme; denetim",
}

BLOCKED = {
    "en": """
    blocked; blocking; blocker; stuck; on hold; held up; standing still; {can t|cannot|can not|unable to|couldn t|
    won t be able to} {continue|proceed|go ahead|start|open|finish|send|ship|dispatch|release|reach|get hold|get} ;
    without {it|them|that|this|you|your} ; {until|unless|before} you; nobody {else|answers|picks up|is answering|
    can}; no {answer|reply|one|response} {from|to|so far|else} ; short of; {people|staff} short; short staffed; no
    show; i haven t heard; haven t heard {back|from}; second time; chasing; {breaks|breaking|broke} {your|our|the};
    otherwise we; if we don t; if you don t; if we have not; missing on my side; depends on you; hold {up|off}; turn
    {up|away}; last {chance|call}""",
    "de": """
    blockiert; hängt an; kommen nicht weiter; ohne {dich|das|die|deine|ihre|freigabe} ; niemand {geht|erreichbar|
    ist|da}; geht keiner ran; sonst {müssen|können|verlieren|ist|wird} ; fehlt noch; fehlen noch; fällt aus; krank
    gemeldet; krankgemeldet; nur du; wartet auf""",
    "fr": """
    bloqué; bloqués; bloquée; sans {toi|vous|cela|votre|ton} ; personne ne; sinon; il manque; il nous manque;
    injoignable; toujours pas; attend votre; attend ta""",
    "es": """
    bloqueado; bloqueada; parado; parada; sin {ti|tu|su|eso|ella} ; nadie {contesta|responde|coge} ; si no; falta;
    faltan; sigue sin; no consigo; no puedo; no podemos; esperando a""",
    "pt": """
    bloqueado; parado; sem {ti|a tua|a sua|isso} ; ninguém {atende|responde} ; caso contrário; falta; faltam; ainda
    não; não consigo; não podemos""",
    "it": """
    bloccati; fermi; senza {di te|il tuo|la tua|questo} ; nessuno {risponde|può} ; altrimenti; manca; mancano; non
    riesco; non possiamo""",
    "nl": """
    geblokkeerd; zonder {jou|jouw|uw|dat|die} ; niemand {neemt|is|kan} ; neemt niet op; anders; ontbreekt;
    ontbreken; krijg je niet; kan {|haar|hem|ik} {niet alleen|niet verder}; lukt niet""",
    "pl": "zablokowane; stoi; bez {ciebie|tego|zgody} ; nikt nie; inaczej; brakuje; nie mogę; nie możemy; muszę",
    "tr": "bekliyor; beklemede; kimse; yoksa; eksik; olmadan; aksi halde",
}

OR_ELSE = {
    "en": """
    otherwise; or else; unless {we|you|i|it|they|he|she|someone|somebody|the|there|your} ; if {we|you|they|i} {don t|
    do not|can t|cannot|haven t|have not} ; if {it|that|this|he|she|nobody|no one|nothing} {doesn t|does not|isn t|is
    not|hasn t|has not|is done|happens|comes|can} ; if not {we|i|they|the|it|then} ; without {it|them|this|that|your|
    you|him|her} {the|we|i|they|he|she|it|nothing|none|signature|approval|answer|reply|consent|ok|go} ; after that {it
    s|they re|it is|they are|it will|we|the|i|there} ; {will|would|to} be {excluded|rejected|refused|dismissed|
    disqualified|cancelled|canceled|cut off|disconnected|evicted|towed|lost|destroyed|thrown away|turned away|sent
    back|sold|given away|released|charged|fined|locked out|struck out|void|invalid|late|missed|stopped|shut down|
    stranded} ; we {lose|miss|forfeit} ; we {ll|will|would} {lose|miss|have to pay|be late|run out|be fined|default} ;
    {not|won t be} {be |}paid {tomorrow|today|on time|this} ; runs out {in|at|today|tonight|tomorrow|before} ; too late
    {for|to|after|by|at} ; {goes|go} {bad|off|to waste|to the} ; is lost; are lost; in the bin; there is no {second|
    other} {chance|date|way}""",
    "de": """
    sonst; andernfalls; ansonsten; wenn {nicht|wir nicht|du nicht|sie nicht|ich nicht|das nicht|es nicht|bis dahin} ;
    ohne {sie|ihn|es|deine|ihre|die|den|unterschrift|freigabe|vollmacht|antwort|zusage} {|unterschriebene} {kann|können|
    geht|läuft|wird|unterschrift|vollmacht|freigabe|zustimmung|antwort} ; {danach|dann} {ist|sind|wird|werden|geht|
    gehen|verlieren|müssen|fällt} ; verfällt; verfallen; {verlieren|verpassen} wir; wir {verlieren|verpassen|müssen
    sonst} ; rechtskräftig; ausgeschlossen; wird {abgelehnt|gesperrt|abgestellt|gelöscht|storniert|gekündigt|
    zurückgewiesen|fällig} ; zu spät; wegwerfen; verdirbt; verderben; hinfällig; nicht mehr möglich; reicht nur noch""",
    "fr": """
    sinon; sans {elle|lui|cela|ça|ta|ton|votre|quoi|réponse|signature|accord} {l|la|le|nous|on|je|signature|accord|
    réponse|validation} ; faute de {quoi|réponse|paiement|signature} ; si {nous|vous|tu|on|je} {ne|n} ; si {ce n est|
    rien|personne} ; à défaut; après {il|ce|c|cela|nous} {est|sera|n|ne} ; {sera|seront|est|sont} {radiée|radié|exclue|
    exclu|exclus|refusé|refusée|rejeté|rejetée|annulé|annulée|perdu|perdue|perdus|coupé|coupée|caduc|bloqué} ; on {perd|
    perdra|va perdre|rate} ; nous {perdons|perdrons|allons perdre|manquons} ; trop tard; ne sera plus possible; à la
    poubelle; irrecevable""",
    "es": """
    si no; de lo contrario; en caso contrario; sin {ella|él|eso|ello|tu|su|la} {no|el|la|firma|autorización|respuesta|
    aprobación} ; {quedará|quedaremos|queda|será|serán|seremos} {excluida|excluido|excluidos|fuera|rechazada|rechazado|
    anulada|anulado|cancelada|cancelado|inadmitida|desestimada|cortado|cortada} ; perdemos; perderemos; perdería; se
    {pierde|perderá|pierden|perderán|estropea|estropean|cancela|corta|agota} ; demasiado tarde; después {ya no|no|
    queda|será} ; ya no {se podrá|será posible|habrá|admiten} ; a menos que; a la basura""",
    "pt": """
    senão; caso contrário; de contrário; sem {ela|ele|isso|a sua|a tua|o seu|o teu|resposta|assinatura} {|não} {
    perdemos|assinatura|resposta|aprovação|autorização|podemos|conseguimos|consigo|o|a} ; {será|serão|fica|ficará|
    ficamos} {excluída|excluído|recusada|recusado|cancelada|cancelado|anulada|anulado|sem|rejeitada|rejeitado|de fora} ;
    perdemos; vamos perder; perde se; estraga se; estragam se; tarde demais; depois {já não|não|é tarde} ; já não {é
    possível|há|vamos} ; a menos que; para o lixo""",
    "it": """
    altrimenti; in caso contrario; se non {arriva|arrivano|paghiamo|rispondi|risponde|firmi|firma|lo|la|ci|viene|
    riceviamo|facciamo|interviene} ; senza {di essa|quella|la sua|la tua|il tuo|il suo|firma|risposta} {|non} {firma|
    risposta|autorizzazione|approvazione|possiamo|posso|il|la} ; {sarà|saranno|è|viene} {esclusa|escluso|inammissibile|
    respinta|respinto|annullata|annullato|rifiutata|rifiutato|perso|persa|improcedibile|scaduto} ; perdiamo; perderemo;
    si {perde|perdono|rovina|rovinano|blocca} ; buttiamo; da buttare; troppo tardi; dopo {non|è|sarà|di che} ; non sarà
    più possibile; a meno che""",
    "nl": """
    anders {moeten|verliezen|kan|kunnen|is|wordt|worden|gaat|missen|zijn|valt|sluiten} ; of anders; zonder {dat|die|jouw|
    uw|je|handtekening|akkoord} {kan|kunnen|gaat|wordt|verliezen|handtekening|akkoord|toestemming|antwoord} ; als {we|je|
    u|het|dat|er} {niet|niets|geen} ; daarna {wordt|is|zijn|kan|kunnen|gaat|moeten} ; wordt {geweigerd|afgesloten|
    geannuleerd|uitgesloten|afgewezen|verworpen|stopgezet} ; verliezen we; we {verliezen|missen} ; te laat; vervalt;
    tenzij; weggooien; niet ontvankelijk""",
    "pl": """
    inaczej; w przeciwnym razie; jeśli {nie|tego nie} ; jeżeli nie; bez {tego|niego|niej|twojego|twojej|pana|pani|podpisu|
    zgody} {nie|sprawa|wniosek|podpisu|zgody|akceptacji|decyzji} ; {zostanie|zostaną|będzie} {odrzucony|odrzucona|
    oddalona|oddalony|wykluczona|anulowane|anulowana|odcięty|nieważny|za późno} ; stracimy; tracimy; przepadnie; przepada;
    za późno; potem {już|nie|będzie} ; chyba że; do wyrzucenia; zepsuje się""",
    "tr": "yoksa; aksi takdirde; aksi halde; gelmezse; olmazsa; yapılmazsa; kaybederiz; çok geç; iptal edilir",
}

RESOLVED = {
    "en": """
    {is|are|was|were|been|now|got|fully|alert|incident|issue|problem|status} resolved; ^resolved; resolved {after|at|by|within|in #n} ; cleared; recovered; back to normal; back {up|online}; all clear; {is|are|has been|have been|was|were|
    now} {fixed|restored|solved|completed|closed|settled|over}; restored; closed as; successfully {renewed|
    completed|restored|deployed}; nothing {left|more|else} to {do|report}; post mortem; postmortem; no longer
    {affected|at risk|down}; went well; completed successfully; has ended; is stable; closed #n; renewed; by itself;
    ^{deployed|done|finished|completed|recovered|recovery|closed|cleared}; {incident|ticket|case} #n {closed|cleared|resolved}; {job|backup|
    build|pipeline|deploy|deployment|rollout|sync|import|export|update|upgrade|scan|check|checks|test|tests|batch|
    transfer|migration|maintenance|drill|alarm|alert} {ok|done|finished|passed|succeeded|complete|completed|successful|cleared|ended|
    over}; all {tests|checks} passed; finished {ok|successfully|without errors|with no errors}; within {limits|range}""",
    "de": """
    behoben; gelöst; wiederhergestellt; läuft wieder; erledigt; entwarnung; wieder {normal|verfügbar|da};
    abgeschlossen; ist {behoben|gelöst|repariert}; funktioniert wieder; wieder {online|in betrieb};
    {sicherung|datensicherung|backup|import|export|lauf|test|tests|auftrag|aktualisierung|abgleich|wartung|probealarm} {erfolgreich|
    beendet|bestanden|fertig|durchgelaufen}; erfolgreich {beendet|durchgeführt}; ohne fehler {beendet|durchgelaufen}""",
    "fr": """
    résolu; résolue; rétabli; rétablie; terminé; retour à la normale; tout est rentré; bien qui finit bien;
    fonctionne à nouveau; de nouveau {en ligne|en service|disponible}; réparé; réparée; est réglé; est réglée;
    {sauvegarde|importation|exportation|mise à jour|test|tests|déploiement|traitement|synchronisation|maintenance} {réussie|réussi|réussis|
    terminée|terminés|effectuée|effectué}; sans erreur; alerte levée; incident clos""",
    "es": """
    resuelto; resuelta; solucionado; solucionada; restablecido; ya funciona; vuelve a funcionar; todo normal; todo
    bien; reparado; reparada; arreglado; arreglada; ya está {arreglado|arreglada}; funciona de nuevo;
    {copia de seguridad|copia|importación|exportación|actualización|despliegue|prueba|pruebas|sincronización|mantenimiento} {correcta|
    completada|completado|finalizada|finalizado|terminada|terminado|superadas}; sin errores; incidencia cerrada""",
    "pt": """
    resolvido; resolvida; restabelecido; já funciona; normalizado; concluído; reparado; reparada; voltou a
    funcionar; já está {resolvida|reparado|reparada}; de volta ao normal;
    {cópia de segurança|backup|importação|exportação|atualização|teste|testes|sincronização|manutenção} {concluída|concluídos|
    terminada|terminado|com sucesso}; sem erros; incidente {encerrado|fechado}""",
    "it": """
    risolto; risolta; ripristinato; ripristinata; funziona di nuovo; concluso; riparato; riparata; tutto funziona;
    di nuovo {attivo|operativo}; tornato alla normalità;
    {backup|copia|importazione|esportazione|aggiornamento|rilascio|test|prove|sincronizzazione|manutenzione} {riuscito|riuscita|completato|
    completata|terminato|terminata|superati|conclusa}; senza errori; allarme rientrato""",
    "nl": """
    opgelost; hersteld; werkt weer; afgerond; terug normaal; is {opgelost|hersteld|gerepareerd}; alles werkt
    {weer|opnieuw}; gerepareerd; weer {online|normaal}; {back up|backup|
    import|export|update|test|tests|synchronisatie|onderhoud|uitrol} {geslaagd|voltooid|gereed|klaar}; zonder fouten; storing {verholpen|
    voorbij}; ^herstel; incident gesloten""",
    "pl": """
    rozwiązane; naprawione; przywrócono; działa już; zakończone; {została|został|zostało}
    {usunięta|usunięty|naprawiona|naprawiony|naprawione|rozwiązany}; wszystko {już |}działa; usunięta; naprawiony;
    naprawiona; {kopia zapasowa|kopia|import|eksport|aktualizacja|test|testy|synchronizacja|wdrożenie|alarm} {zakończona|zakończony|udana|
    udany|udane|pomyślnie|ukończona|odwołany}; bez błędów""",
    "tr": "çözüldü; düzeldi; giderildi",
}

TABLES = {
    Cue.RESOLVED: RESOLVED,
    Cue.MONEY: MONEY,
    Cue.LEGAL: LEGAL,
    Cue.BLOCKED: BLOCKED,
    Cue.OR_ELSE: OR_ELSE,
}
