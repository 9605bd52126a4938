"""What happens if nobody acts: harm, outages, breaches, money, law; and the sign that it is over."""

from __future__ import annotations

from streams.triage.cues import Cue

DANGER = {
    "en": """
    ambulance; paramedics; paramedic; hospital; a and e; emergency services; fire brigade; fire service;
    firefighters; fire alarm; on fire; smoke; gas leak; leaking; leak; ammonia; evacuate; evacuated; evacuation;
    lockdown; police; weapon; knife; threat to; threatened; threatening; bomb; intruder; assault; assaulted;
    collapsed; collapsing; collapse; unconscious; unresponsive; not breathing; trouble breathing; bleeding;
    haemorrhage; hemorrhage; seizure; seizures; anaphylaxis; anaphylactic; allergic; allergen; epipen; poisoned;
    poisoning; poison; bait; overdose; toxic; injured; injury; injuries; accident; crash; crashed; collision;
    trapped; stuck in; stranded; missing {child|boy|girl|pupil|student|person}; {child|pupil|boy|girl|she|he} {is|
    has been|has gone} missing; vomiting; fever; concussion; fracture; broken {arm|leg|wrist}; head injury; stroke;
    heart attack; chest pain; dying; died; dead; life threatening; at risk; safeguarding; suicide; suicidal; self
    harm; disclosed; abuse; abused; flooding; flooded; flood; burst pipe; water coming; electric shock; carbon
    monoxide; first aid; nut {allergy|allergic|children|free}; allergies; smells of {gas|ammonia|smoke|burning};
    nosebleed; fainted; fainting; swollen; swelling; choking; choked; stung; bitten; bite; not moving; in danger;
    bleach; fumes; gas smell; went missing; can t find {him|her|them}; emergency room; emergency contact; rabies;
    outbreak; contaminated; contamination; infected; infection; quarantine; recall; recalled; hurt {herself|himself|
    someone|themselves}; in pain; shivering; soaked; unsafe; emergency stop; evacuating; in labour; caesarean;
    bloat; torsion""",
    "de": """
    krankenwagen; rettungswagen; notarzt; krankenhaus; klinik eingeliefert; feuerwehr; brennt; brand; rauch; feuer;
    leck; gasgeruch; ammoniak; evakuieren; evakuiert; polizei; unfall; verletzt; verletzte; verletzung; bewusstlos;
    blutet; kollabiert; atmet nicht; krampf; vergiftet; vergiftung; allergisch; eingeklemmt; vermisst; fieber;
    lebensgefahr; überflutet; wasserschaden; rohrbruch; totalschaden; rückruf; in gefahr; bedroht; einbruch;
    eingebrochen""",
    "fr": """
    ambulance; samu; hôpital; pompiers; incendie; fumée; feu; fuite; gaz; évacuer; évacué; police; accident; blessé;
    blessée; blessés; inconscient; inconsciente; saigne; s est effondré; ne respire; convulsions; empoisonné;
    intoxication; allergique; anaphylactique; coincé; disparu; fièvre; danger; inondation; dégât des eaux; rappel de
    lot; en danger; menace; cambriolage""",
    "es": """
    ambulancia; hospital; urgencias; bomberos; incendio; humo; fuego; fuga; gas; evacuar; policía; accidente;
    herido; herida; heridos; inconsciente; sangra; sangrando; no respira; convulsiones; envenenado; intoxicación;
    alergia; anafiláctico; atrapado; desaparecido; fiebre; peligro; inundación; inundado; inundando; reventado;
    goteras; amenaza; robo; se ha caído""",
    "pt": """
    ambulância; hospital; urgências; bombeiros; incêndio; fumo; fogo; fuga; gás; evacuar; polícia; acidente; ferido;
    ferida; inconsciente; sangra; não respira; convulsões; envenenado; intoxicação; alergia; anafilático; preso no;
    desaparecido; febre; perigo; inundação; inundado; rebentou; ameaça; assalto""",
    "it": """
    ambulanza; ospedale; pronto soccorso; vigili del fuoco; pompieri; incendio; fumo; fuga di gas; perdita;
    evacuare; polizia; carabinieri; incidente; ferito; ferita; feriti; incosciente; sanguina; non respira;
    convulsioni; avvelenato; avvelenamento; intossicazione; allergia; anafilattico; intrappolato; scomparso; febbre;
    pericolo; allagamento; allagato; minaccia; furto""",
    "nl": """
    ambulance; ziekenhuis; spoeddienst; brandweer; brand; rook; lek; gaslek; evacueren; politie; ongeval; ongeluk;
    gewond; gewonde; bewusteloos; bloedt; bloeding; zakt weg; ademt niet; stuipen; vergiftigd; vergiftiging;
    allergisch; vastgereden; vermist; koorts; gevaar; overstroming; waterschade; terugroeping; bedreiging; inbraak;
    infuus; slijmvliezen; kritieke toestand; overgegeven""",
    "pl": """
    karetka; pogotowie; szpital; szpitalu; straż; pożar; pali się; dym; wyciek; cieknie; gaz; ewakuacja; policja;
    wypadek; kolizja; kolizję; ranny; ranna; nieprzytomny; krwawi; nie oddycha; zatrucie; alergia; zakleszczony;
    zaginął; gorączka; niebezpieczeństwo; zalało; zalewa; groźba; włamanie""",
    "tr": """
    ambulans; hastane; itfaiye; yangın; duman; gaz kaçağı; polis; kaza; yaralı; bilinci; kanama; nefes; zehirlenme;
    alerji; kayıp; ateşi; tehlike; su bastı""",
}

OUTAGE = {
    "en": """
    {is|are|was|went|gone|still|servers|service|site|system|systems|database|vpn|cluster|network|phones|api|
    platform|currently|completely} down; outage; offline; unreachable; not responding; unresponsive; crash loop;
    crashlooping; out of memory; oom; disk full; out of disk; disk used; disk usage; data loss; losing data;
    corrupt; corrupted; corruption; failover failed; failing over; service unavailable; roll {it|the job|them|this}
    back; since the deploy; since {this morning s|the last|last night s} {deploy|release|update|change}; {fail|
    failing|fails} on; will {fail|break|stop}; error rate; critical alert; status triggered; triggered; firing;
    crit; severity critical; incident commander; paged; on call; pager; production {is|was|incident|issue|outage};
    prod {is|was|incident|down}; {not|stopped|has stopped|have stopped} {working|running|cooling|responding}; failed
    to {start|renew|restore|back up|fail over}; {renewal|backup|restore|deploy|deployment|replication|failover|
    rollout|refrigeration|cooling|unit|compressor|heating|boiler|alarm} {|attempt|has|is|was|did|has not} {failed|
    failing|fails|not succeed|off|out|stopped|broken}; writes will fail; refuse to connect; certificate {expires|
    expired|expiring}; temperature {is |} {rising|climbing|dropping|above|out of range|alarm}; set point; power
    {cut|failure|outage|is out}; broke down; broken down; breakdown; did not succeed; cannot {log in|login|connect|
    ship|start|dispatch|process} ; rollback; roll back""",
    "de": """
    ausfall; ausgefallen; ausgefallene; störung; nicht erreichbar; steht still; stillstand; läuft nicht;
    funktioniert nicht mehr; {anlage|aggregat|kühlung|heizung|server|system} {ist|steht|läuft} {aus|still|nicht|
    ausgefallen}; ist aus; temperatur {steigt|fällt|zu hoch}; stromausfall; defekt; liegengeblieben; panne; springt
    nicht an""",
    "fr": """
    panne; en panne; hors service; indisponible; coupure; ne {fonctionne|marche|répond|démarre} {plus|pas}; arrêt
    de; température {monte|en hausse}; à l arrêt""",
    "es": """
    caído; caída {del|de la}; no funciona; no responde; avería; averiado; averiada; fuera de servicio; apagón; corte
    de {luz|agua}; interrupción; rota; roto; se ha parado; no arranca; temperatura {sube|subiendo}""",
    "pt": """
    avaria; avariado; avariada; não funciona; não responde; fora de serviço; em baixo; falha {de|no|na} ;
    interrupção; apagão; parou; não arranca; temperatura a subir""",
    "it": """
    guasto; guasta; non funziona; non risponde; fuori servizio; interruzione; blackout; fermo; bloccato; non parte;
    temperatura {sale|in aumento}""",
    "nl": """
    storing; uitgevallen; ligt plat; werkt niet; defect; niet bereikbaar; panne; stroomuitval; kapot; temperatuur
    {stijgt|loopt op}; start niet""",
    "pl": """
    awaria; nie działa; nie odpowiada; przerwa w; zepsuty; zepsuta; zepsuło; temperatura rośnie; nie odpala; brak
    prądu""",
    "tr": "arıza; arızalandı; çalışmıyor; çöktü; kesinti; sıcaklık yükseliyor; bozuldu",
}

SECURITY = {
    "en": """
    data breach; breach; breached; security {incident|issue|hole|flaw|vulnerability|alert}; vulnerability;
    vulnerabilities; ransomware; malware; encrypted files; hacked; compromised; unauthorised; unauthorized;
    unauthenticated; leaked; exposed; {secret|secrets|token|key|credential|credentials|password} {|was|were|has
    been|have been|found|detected|is|are} {leaked|exposed|found|detected|published|committed|public|pushed};
    publicly {accessible|available|visible|readable}; revoke; revoked; must be revoked; rotate; stolen; stole;
    laptop {lost|stolen}; other people s {addresses|data|names|details|labels|records|accounts}; wrong {person|
    recipient|customer|patient|address|addresses|pupil|client}; in {a |} public {repository|code|bucket|repo}; live
    {key|credential|access key|token}; lost my laptop; intrusion; exploit; cve; without a session; disclosure
    period; personal data; gdpr""",
    "de": """
    datenleck; datenpanne; sicherheitsvorfall; sicherheitslücke; schwachstelle; gehackt; kompromittiert;
    schadsoftware; verschlüsselt worden; gestohlen; geleakt; unbefugt; dsgvo""",
    "fr": """
    fuite de données; violation de données; faille; incident de sécurité; piraté; piratage; compromis; rançongiciel;
    volé; volée; rgpd; vulnérabilité""",
    "es": """
    filtración; brecha; incidente de seguridad; vulnerabilidad; hackeado; pirateado; comprometido; comprometida;
    ransomware; robado; robada; rgpd; fuga de datos""",
    "pt": """
    fuga de dados; violação de dados; incidente de segurança; vulnerabilidade; pirateado; comprometido; ransomware;
    roubado; rgpd""",
    "it": """
    violazione dei dati; fuga di dati; incidente di sicurezza; vulnerabilità; hackerato; compromesso; ransomware;
    rubato; rubata; gdpr""",
    "nl": "datalek; beveiligingsincident; kwetsbaarheid; gehackt; gecompromitteerd; ransomware; gestolen; avg",
    "pl": "wyciek danych; naruszenie; incydent bezpieczeństwa; podatność; zhakowane; skradziony; skradziona; rodo",
}

MONEY = {
    "en": """
    payment {failed|declined|refused|overdue|was refused|did not go through}; could not charge; {was|been} {refused|
    declined|returned} by {the|your} bank; expired card; overdue; unpaid; penalty; penalties; late fee; fine of; we
    lose; lose {about|around|up to|the} ; {cost|costs|costing} {us|you} ; loss of; write off; claim for; credit
    note; wrong {account|amount|invoice|date|figure|dose|label|version|price|number|page}; by mistake; does not
    match; doesn t match; not valid; rejected; refuses; double charged; charged twice; refund; chargeback; withhold;
    payment {run|deadline} ; invoice {is |} {missing|overdue|wrong|unpaid}; invoices missing; missing invoices;
    customs {cut off|clearance|hold} ; demurrage; detention; forfeit; forfeited; {tax|vat|payroll|filing|return} {is
    |} {due|deadline|missing}; filing your; direct debit; deduction; surcharge {applies|of}; disputes; dispute;
    compensation; liable""",
    "de": """
    mahnung; überfällig; rücklastschrift; zahlung {fehlgeschlagen|abgelehnt|offen|überfällig}; vertragsstrafe;
    säumniszuschlag; schadenersatz; reklamation; verlieren wir; kostet uns; offene rechnung; steuererklärung""",
    "fr": """
    impayé; impayée; en retard de paiement; pénalité; pénalités; prélèvement {rejeté|refusé}; mise en demeure;
    relance; nous perdons; litige; tva; déclaration fiscale""",
    "es": """
    impagado; impagada; vencida; recargo; penalización; multa; pago {rechazado|fallido|pendiente}; perdemos; nos
    cuesta; reclamación; hacienda; el modelo; declaración trimestral; iva; autoliquidación""",
    "pt": """
    em atraso; multa; penalização; pagamento {recusado|falhado|em falta}; perdemos; reclamação; finanças; iva;
    declaração""",
    "it": """
    scaduta; insoluto; mora; penale; multa; pagamento {rifiutato|fallito}; perdiamo; reclamo; iva; dichiarazione""",
    "nl": """
    achterstallig; aanmaning; boete; betaling {geweigerd|mislukt}; verliezen we; kost ons; klacht; btw; aangifte;
    onbetaald""",
    "pl": """
    zaległość; zaległa; wezwanie do zapłaty; kara; płatność {odrzucona|nieudana}; tracimy; reklamacja; vat;
    deklaracja""",
}

LEGAL = {
    "en": """
    court; hearing {|is|on|tomorrow|today}; judge; subpoena; injunction; lawsuit; litigation; arbitration; legal
    {advice|action|proceedings|notice|hold}; solicitor; attorney; lawyer; lawyers; notary; contract; agreement;
    countersign; termination; terminate; complaint; formal complaint; inspector; inspection; inspectorate; audit;
    auditor; auditors; regulator; authority; authorities; compliance; tribunal; notice period; deadline to appeal;
    customs; tax office; statutory; works council; testify; testimony; right to erasure; erasure; privileged""",
    "de": """
    gericht; verhandlung; richter; einstweilige; klage; anwalt; anwältin; notar; notarin; vertrag; kündigung;
    kündigen; beschwerde; kontrolle durch; prüfer; prüfung durch; behörde; gewerbeaufsicht; betriebsrat; zoll;
    finanzamt; bußgeld""",
    "fr": """
    tribunal; audience; juge; assignation; avocat; avocate; notaire; contrat; résiliation; plainte; réclamation;
    inspection; inspecteur; audit; autorités; douane; impôts; prud hommes; huissier""",
    "es": """
    juzgado; tribunal; juicio; vista {oral|del} ; juez; demanda; abogado; abogada; notario; notaría; notaria;
    contrato; rescisión; denuncia; queja; inspección; inspector; auditoría; autoridades; aduana; aduanas; burofax;
    escritura""",
    "pt": """
    tribunal; audiência; juiz; processo judicial; advogado; advogada; notário; contrato; rescisão; queixa; inspeção;
    auditoria; autoridades; alfândega""",
    "it": """
    tribunale; udienza; giudice; causa legale; avvocato; avvocata; notaio; contratto; disdetta; reclamo formale;
    ispezione; ispettore; audit; autorità; dogana""",
    "nl": """
    rechtbank; zitting; rechter; dagvaarding; advocaat; notaris; contract; opzegging; klacht; inspectie; inspecteur;
    controle; audit; overheid; douane""",
    "pl": """
    sąd; rozprawa; sędzia; pozew; adwokat; notariusz; umowa; wypowiedzenie; skarga; kontrola; inspekcja; audyt;
    urząd; celny""",
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

RESOLVED = {
    "en": """
    resolved; cleared; recovered; back to normal; back {up|online}; all clear; {is|are|has been|have been|was|were|
    now} {fixed|restored|solved|completed|closed|settled|over}; restored; closed as; successfully {renewed|
    completed|restored|deployed}; nothing {left|more|else} to {do|report}; post mortem; postmortem; no longer
    {affected|at risk|down}; went well; completed successfully; has ended; is stable; closed #n; renewed; by itself""",
    "de": """
    behoben; gelöst; wiederhergestellt; läuft wieder; erledigt; entwarnung; wieder {normal|verfügbar|da};
    abgeschlossen""",
    "fr": "résolu; résolue; rétabli; rétablie; terminé; retour à la normale; tout est rentré; bien qui finit bien",
    "es": """
    resuelto; resuelta; solucionado; solucionada; restablecido; ya funciona; vuelve a funcionar; todo normal; todo
    bien""",
    "pt": "resolvido; resolvida; restabelecido; já funciona; normalizado; concluído",
    "it": "risolto; risolta; ripristinato; ripristinata; funziona di nuovo; concluso",
    "nl": "opgelost; hersteld; werkt weer; afgerond; terug normaal",
    "pl": "rozwiązane; naprawione; przywrócono; działa już; zakończone",
    "tr": "çözüldü; düzeldi; giderildi",
}

TABLES = {
    Cue.DANGER: DANGER,
    Cue.OUTAGE: OUTAGE,
    Cue.SECURITY: SECURITY,
    Cue.MONEY: MONEY,
    Cue.LEGAL: LEGAL,
    Cue.BLOCKED: BLOCKED,
    Cue.RESOLVED: RESOLVED,
}
