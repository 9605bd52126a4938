"""What no longer works, and what got into wrong hands."""

from __future__ import annotations

from streams.triage.cues import Cue

OUTAGE = {
    "en": """
    {is|are|was|went|gone|still|server|servers|service|services|site|website|shop|app|portal|system|systems|database|
    db|vpn|cluster|network|internet|phones|api|gateway|platform|production|currently|completely} down; {all|every}
    {orders|payments|requests|calls|bookings|jobs} {fail|failing|failed|are failing}; {does not|doesn t} {respond|boot}; outage; offline; unreachable; not responding; unresponsive; crash loop;
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
    ship|start|dispatch|process}; rollback; roll back;
    {service|services|site|checkout|shop|website|app|system|portal|server|database|line} {is |are
    |}{affected|failing|broken|stopped|frozen|dead|unavailable}; {customers|users|clients|patients|nobody|no one}
    {can t|cannot|can|are unable to} {pay|order|log|book|access|check|buy|reach}; {not|no longer}
    {reachable|available|loading|cooling|heating|charging|starting}; tripped {the |}{fuse|breaker|alarm}; {has|have}
    {broken|failed|stopped|crashed|frozen|died|packed up}; shutting {itself |themselves |}{down|off}; overheating;
    no {power|water|heating|electricity|signal|internet|network|cooling}; bounced; {payroll|salary|payment|transfer}
    {file|run} {|was |is |has }{bounced|rejected|failed|missing|stuck}; deleted the
    {database|table|data|folder|files|wrong|production}; {wiped|dropped|overwritten|overwrites|erased|deleted}
    {the|our|all|everything|today s|in production}; {ran|run} {it |the script |the migration }in production; gone
    from the; {rejects|rejected|refuses|refused} {our|the|my|it|every}; it locks {at|in}; {locks|freezes|hangs}
    {at|every|when}; {is|are} {locked|frozen|stuck|jammed|blocked|flooded|overloaded}; {wrong|bad}
    {version|build|config|price|prices|label|labels|file} {went|is|are|was|were} {out|live|sent|printed}; went live
    with; mix up; mixed up; blew a fuse;
    {lift|boiler|pump|elevator|generator|compressor|alarm|heating|freezer|fridge|printer|till|terminal} {is|has|isn
    t|won t|does not|doesn t}; brake; brakes; not charging; flat tyre; ran out of
    {fuel|stock|insulin|oxygen|paper|cash|battery}; battery {is |}{dead|low|critical}""",
    "de": """
    ausfall; ausgefallen; ausgefallene; störung; nicht erreichbar; steht still; stillstand; läuft nicht;
    funktioniert nicht mehr; {anlage|aggregat|kühlung|heizung|server|system} {ist|steht|läuft} {aus|still|nicht|
    ausgefallen}; ist aus; temperatur {steigt|fällt|zu hoch}; stromausfall; defekt; liegengeblieben; panne; springt
    nicht an; {schalten|schaltet} sich ab; {ist|sind}
    {ausgefallen|abgestürzt|kaputt|defekt|down|offline|gestört|gesperrt}; abgestürzt; kein
    {strom|wasser|internet|netz|licht}; keine {heizung|kühlung|verbindung}; {kunden|patienten|niemand} {können|kann}
    {nicht|nichts|keine}; überhitzt; kaputt; klimaanlage {ist|läuft}; streikt; hängt fest; nichts geht mehr;
    gelöscht; überschrieben; {falsche|falscher} {version|preis|preise|etiketten|charge|datei}; {lehnt|weist}
    {|unsere |die |unser }{datei|das|ab|zurück}; gesperrt; verklemmt; festgefahren; überlastet; hängt;
    {pumpe|kessel|generator|kühlhaus|gefrierschrank|drucker|kasse|bremse|bremsen|aufzug}
    {ist|geht|läuft|fällt|steht|hat}; verwechselt; verwechslung; vertauscht; motorschaden; reifenpanne; akku {ist
    |}leer; kein {sprit|diesel|nachschub|bargeld}""",
    "fr": """
    panne; en panne; hors service; indisponible; coupure; ne {fonctionne|marche|répond|démarre} {plus|pas}; arrêt
    de; température {monte|en hausse}; à l arrêt; {est|sont}
    {tombé|tombée|tombés|coupé|coupée|arrêtée|cassé|cassée|inaccessible}; ne répond {plus|pas}; ne peuvent plus
    {payer|commander|accéder|se}; plus {d électricité|d eau|de chauffage|de réseau|d internet|de courant}; plantage;
    planté; surchauffe; tout est arrêté; s est arrêté; effacé; effacée; effacées; supprimé; supprimée; écrasé
    {la|les|le}; mauvaise {version|étiquette|référence}; mauvais {prix|fichier|lot}; {refuse|rejette}
    {le|la|notre|nos|les}; verrouillé; surchargé;
    {pompe|chaudière|groupe|congélateur|frigo|imprimante|caisse|frein|freins|ascenseur|ventilation} {est|ne|en};
    confondu; inversé; crevaison; batterie {vide|à plat}; plus de {carburant|stock|réseau}""",
    "es": """
    caído; caída {del|de la}; no funciona; no responde; avería; averiado; averiada; fuera de servicio; apagón; corte
    de {luz|agua}; interrupción; rota; roto; se ha parado; no arranca; temperatura {sube|subiendo}; {está|están|se
    ha} {caído|caída|parado|parada|averiado|estropeado|bloqueado|colgado}; no {hay|tenemos}
    {luz|agua|internet|conexión|calefacción|corriente}; no pueden {pagar|comprar|entrar|acceder}; estropeado;
    estropeada; sobrecalentamiento; ha dejado de funcionar; se {calienta|apaga}; borrado; borrada; se han borrado;
    sobrescribe; sobrescrito; eliminado {la|los|todo}; {versión|etiqueta|etiquetas|precio|lote}
    {equivocada|equivocado|equivocadas|errónea}; {rechaza|rechazan} {el|la|nuestro|nuestra}; bloqueado; saturado;
    {bomba|caldera|generador|congelador|nevera|impresora|caja|frenos|ascensor|ventilación} {no|está|se}; confundido;
    cambiado por error; pinchazo; batería {agotada|baja}; sin {gasolina|gasóleo|existencias}""",
    "pt": """
    avaria; avariado; avariada; não funciona; não responde; fora de serviço; em baixo; falha {de|no|na};
    interrupção; apagão; parou; não arranca; temperatura a subir; {foi|está|estão|ficou} {abaixo|em
    baixo|parado|parada|avariado|bloqueado}; {não há|sem} {luz|água|internet|rede|aquecimento|corrente|energia};
    ninguém consegue {vender|entrar|trabalhar|pagar|aceder}; não {conseguem|podem} {pagar|comprar|aceder|entrar};
    deixou de funcionar; sobreaquecimento; estragado; apagado; apagada; apagaram; apaguei; substituído; eliminado;
    {versão|etiqueta|etiquetas|preço|lote} {errada|errado|erradas}; {rejeita|recusa} {o|a|os|as}; bloqueado;
    saturado; {bomba|caldeira|gerador|congelador|frigorífico|impressora|caixa|travões|elevador|ventilação}
    {não|está|deixou}; trocado; trocaram; furo; bateria {fraca|descarregada}; sem {combustível|gasóleo|stock};
    embargar""",
    "it": """
    guasto; guasta; non funziona; non risponde; fuori servizio; interruzione; blackout; fermo; bloccato; non parte;
    temperatura {sale|in aumento}; si è {fermato|fermata|bloccato|bloccata|rotto|rotta|spento|spenta}; {è|sono}
    {fermo|ferma|fermi|guasto|guasta|bloccata|giù}; manca {la corrente|l acqua|la luz|la luce|internet}; non
    {possono|riescono a} {pagare|entrare|accedere|ordinare}; surriscaldamento; ha smesso di funzionare; in tilt;
    cancellato; cancellata; cancellati; sovrascritto; eliminato {i|la|tutto};
    {versione|etichetta|etichette|prezzo|lotto} {sbagliata|sbagliato|sbagliate}; {rifiuta|respinge} {il|la|i|le};
    sovraccarico; {pompa|caldaia|generatore|congelatore|frigorifero|stampante|cassa|freni|ascensore|ventilazione}
    {non|è|si}; scambiato; scambiati; foratura; batteria {scarica|a terra}; senza {carburante|gasolio|scorte}""",
    "nl": """
    storing; uitgevallen; ligt plat; werkt niet; defect; niet bereikbaar; panne; stroomuitval; kapot; temperatuur
    {stijgt|loopt op}; start niet; {is|zijn|ligt|liggen}
    {uitgevallen|stuk|plat|kapot|eruit|stilgevallen|onbereikbaar}; geen
    {stroom|water|internet|verwarming|verbinding}; klanten kunnen niet; {kan|kunnen} niet
    {betalen|bestellen|inloggen|werken}; oververhit; stilgevallen; werkt niet meer; doet het niet; gewist;
    verwijderd; overschreven; {verkeerde|foute} {versie|prijs|etiketten|label|labels|lot|bestand};
    {weigert|blokkeert} {de|het|ons|onze}; vergrendeld; overbelast;
    {pomp|ketel|generator|diepvries|vriezer|koelkast|printer|kassa|remmen|lift|ventilatie} {is|werkt|doet|valt};
    verwisseld; omgewisseld; lekke band; batterij {leeg|bijna}; geen {brandstof|voorraad}; gaat terug""",
    "pl": """
    awaria; nie działa; nie odpowiada; przerwa w; zepsuty; zepsuta; zepsuło; temperatura rośnie; nie odpala; brak
    prądu; {padł|padła|padło|stanął|stanęła|przestał|przestała|wysiadł|wysiadła}; brak
    {wody|internetu|ogrzewania|połączenia|zasilania}; klienci nie mogą; nie {da się|można}
    {zalogować|zapłacić|pracować}; przegrzewa; zawiesił się; nie chłodzi; nie grzeje; skasowane; skasował;
    skasowałem; usunięte dane; nadpisane; nadpisuje; {zła|błędna} {wersja|etykieta|cena|partia}; {odrzuca|blokuje}
    {plik|płatność|nam}; zablokowany; przeciążony;
    {pompa|kocioł|generator|zamrażarka|lodówka|drukarka|kasa|hamulce|winda|wentylacja} {nie|jest|się}; pomylone;
    zamienione; przebita opona; bateria {padła|słaba}; brak {paliwa|towaru}""",
    "tr": "arıza; arızalandı; çalışmıyor; çöktü; kesinti; sıcaklık yükseliyor; bozuldu",
}

SECURITY = {
    "en": """
    data breach; breach; breached; security {incident|issue|hole|flaw|vulnerability|alert}; vulnerability;
    vulnerabilities; ransomware; malware; encrypted files; hacked; compromised; unauthorised; unauthorized;
    unauthenticated; leaked; exposed; {secret|secrets|token|key|credential|credentials|password} {|was|were|has
    been|have been|found|detected|is|are} {leaked|exposed|found|detected|published|committed|public|pushed};
    publicly {accessible|available|visible|readable}; revoke; revoked; must be revoked; rotate; {was|been|got|were}
    stolen; stolen {laptop|phone|card|cards|passport|keys|bag|car|van|goods|credentials|data}; laptop {lost|stolen};
    other people s {addresses|data|names|details|labels|records|accounts}; wrong {person|
    recipient|customer|patient|address|addresses|pupil|client}; in {a |} public {repository|code|bucket|repo}; live
    {key|credential|access key|token}; lost my laptop; intrusion; exploit; cve; without a session; disclosure
    period; personal data; gdpr; logins {to|from|on}; login from; logged in {to|from} {|the |your |our }; forwarding
    rule; {sent|emailed|mailed|went} to the wrong {person|people|list|address|client|customer|patient}; lost
    {my|the|her|his} {laptop|phone|usb|badge|keys|key}; {account|mailbox|server|system|laptop} {was |is |has been
    |}{taken over|hijacked|hacked|compromised|encrypted|accessed}; phished; clicked {on |}the link; gave
    {my|the|her|his} password; encrypting; attacker; attackers; suspicious
    {login|logins|activity|access|transfers|transactions}; instead of the {summary|draft|internal};
    {mailed|sent|emailed|forwarded} {it |them |the list |the file |the full }{by mistake|to the wrong|to all|to
    everyone|to a supplier|to a customer|outside}; without {a |}badge; keyholder; {wrong|personal} {data|details}
    {was|were|went|of}; dates of birth; {passport|bank|card|medical} {numbers|details|data|records}
    {of|were|was|are}; fake {invoice|iban|mail|message|site|account}; impersonating; scam; scammed; was a fake;
    fraud; fraudster""",
    "de": """
    datenleck; datenpanne; sicherheitsvorfall; sicherheitslücke; schwachstelle; gehackt; kompromittiert;
    schadsoftware; verschlüsselt worden; gestohlen; geleakt; unbefugt; dsgvo; zugriff von {außen|fremden};
    anmeldungen aus; verdächtige {anmeldung|anmeldungen|zugriffe|überweisungen}; laptop {verloren|gestohlen|weg};
    falschen {empfänger|verteiler|kunden|patienten} {geschickt|gesendet}; an den falschen; verschlüsselt; angreifer;
    passwort {eingegeben|weitergegeben}; erpressung; versehentlich {geschickt|gesendet|verschickt|gelöscht}; aus
    versehen; kundenliste; personenbezogene; gefälscht; gefälschte; betrüger; betrug; fremder zugriff;
    {geburtsdaten|kontodaten|patientendaten|gesundheitsdaten}""",
    "fr": """
    fuite de données; violation de données; faille; incident de sécurité; piraté; piratage; compromis; rançongiciel;
    volé; volée; rgpd; vulnérabilité; connexions {suspectes|depuis}; connexion suspecte; ordinateur {volé|perdu};
    mauvais {destinataire|client|patient}; attaquant; chiffrés; compte {piraté|compromis}; virements suspects; mot
    de passe {donné|saisi}; envoyé par erreur; par erreur; liste des clients; données personnelles; faux
    {iban|rib|message|mail}; escroc; escroquerie; fraude; arnaque; {données|dossiers} {médicales|médicaux|bancaires}""",
    "es": """
    filtración; brecha; incidente de seguridad; vulnerabilidad; hackeado; pirateado; comprometido; comprometida;
    ransomware; robado; robada; rgpd; fuga de datos; accesos {sospechosos|desde}; acceso no autorizado; portátil
    {robado|perdido}; destinatario equivocado; {archivos|ficheros} cifrados; atacante; cuenta
    {comprometida|hackeada|robada}; ciberataque; movimientos sospechosos; enviado por error; por error; por
    equivocación; lista de clientes; datos personales; {iban|correo} falso; estafa; estafador; fraude; datos
    {médicos|bancarios}""",
    "pt": """
    fuga de dados; violação de dados; incidente de segurança; vulnerabilidade; pirateado; comprometido; ransomware;
    roubado; rgpd; acessos {suspeitos|desde|de}; acesso não autorizado; portátil {roubado|perdido}; destinatário
    errado; ficheiros {cifrados|encriptados}; atacante; conta {comprometida|invadida}; ciberataque; vulnerável;
    enviado por engano; por engano; por lapso; lista de clientes; dados pessoais; {iban|email} falso; burla; fraude;
    dados {médicos|bancários}""",
    "it": """
    violazione dei dati; fuga di dati; incidente di sicurezza; vulnerabilità; hackerato; compromesso; ransomware;
    rubato; rubata; gdpr; accessi {sospetti|da}; accesso non autorizzato; portatile {rubato|perso|smarrito};
    destinatario sbagliato; file {cifrati|criptati}; attaccante; account {compromesso|violato}; attacco informatico;
    movimenti sospetti; inviato per errore; per errore; per sbaglio; elenco clienti; dati personali; {iban|mail}
    falso; truffa; truffatore; frode; dati {sanitari|bancari}""",
    "nl": """
    datalek; beveiligingsincident; kwetsbaarheid; gehackt; gecompromitteerd; ransomware; gestolen; avg; verdachte
    {logins|aanmeldingen|toegang|overschrijvingen}; laptop {gestolen|kwijt|verloren}; verkeerde
    {ontvanger|persoon|klant|patiënt}; versleuteld; aanvaller; account {gehackt|overgenomen}; cyberaanval; lek in
    de; per ongeluk {verstuurd|gestuurd|doorgestuurd|gewist}; per vergissing; klantenlijst; persoonsgegevens; valse
    {iban|mail|rekening}; oplichter; oplichting; fraude; {medische|bank} gegevens""",
    "pl": """
    wyciek danych; naruszenie; incydent bezpieczeństwa; podatność; zhakowane; skradziony; skradziona; rodo;
    podejrzane {logowania|logowanie|przelewy}; nieautoryzowany dostęp; {skradziony|zgubiony} laptop; zły
    {adresat|odbiorca}; niewłaściwy {adresat|odbiorca}; zaszyfrowane; włamanie na; konto przejęte; cyberatak; przez
    pomyłkę; omyłkowo; listę klientów; dane osobowe; dane klientów; fałszywy {iban|mail|rachunek}; oszust; oszustwo;
    {dane|dokumenty} {medyczne|bankowe}; pesel""",
}

TABLES = {
    Cue.OUTAGE: OUTAGE,
    Cue.SECURITY: SECURITY,
}
