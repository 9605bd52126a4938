"""What happens if nobody acts: harm, outages, breaches."""

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
    outbreak; contaminated; contamination; infected; infection; quarantine; {product|safety|urgent|class} recall;
    recall {notice|of|class|lot|batch|letter}; {been|is|are|was|were} recalled; hurt {herself|himself|
    someone|themselves}; in pain; shivering; soaked; unsafe; emergency stop; evacuating; in labour; caesarean;
    bloat; torsion; {fell|fallen} {in|down|from|off|on|over|and} {|the|a|her|his}; hit {her|his|their|my} head;
    {come|came|broken|torn|blown} loose; hanging over; {allergic|bad|severe} reaction;
    {ambulance|rescue|helicopter}; electrocuted; crushed; burns; burned {his|her|my}; burnt {his|her|my};
    {is|are|was} {hurt|burning|choking|drowning|bleeding|unwell|confused}; sick children; {operating
    theatre|operating room|intensive care|a and e|the ward|casualty}; {smell|smells|smelling|stinks} of
    {gas|smoke|burning|petrol|fuel|chemicals}; sparks; sparking; short circuit; explosion; exploded; water {is
    |}{pouring|coming|leaking|everywhere|running}; burst; ruptured; sewage; chemical spill; spill; falling
    {down|off|apart}; caved in; attacked; attack; robbed; burglary; break in; broke in; gun; stabbed; kidnapped; has
    run away; ran away; {he|she} {is|has} not {come|come home|breathing|responding|waking}; wandering; overdosed;
    suspected {poisoning|stroke|fracture|concussion|fire}; heatstroke; dehydrated; miscarriage; contractions;
    {taken|rushed|brought} to {hospital|the hospital|a and e|the emergency|the er}; lights {flicker|flickering};
    {brown|dirty|hot} water; {water|oil|gas|smoke|blood} {is |}{coming|running|leaking|pouring|dripping}
    {out|through|from|down}; firemen; fire fighters; fire department; fire engine; coastguard; rescue; rescued; in
    surgery; operation; nurse; doctor {wants|says|needs}; medication; medicine; {wrong|missed} {dose|medication};
    insulin; asthma; inhaler; oxygen; pregnant; {baby|babies} {food|formula}; kids are; child {is|alone|left|was};
    my {mother|father|son|daughter|wife|husband|child} {is|has|fell|was}; your
    {mother|father|son|daughter|wife|husband|child|dog|cat|tenant|house|flat|car} {is|has|fell|was|have}; power
    line; live cable; cable; crane; ladder; roof; storm; lightning; tree {fell|has}; fallen tree; lift is stuck;
    stuck in the {lift|elevator}; locked in; locked out; alone in""",
    "de": """
    krankenwagen; rettungswagen; notarzt; krankenhaus; klinik eingeliefert; feuerwehr; brennt; brand; rauch; feuer;
    leck; gasgeruch; ammoniak; evakuieren; evakuiert; polizei; unfall; verletzt; verletzte; verletzung; bewusstlos;
    blutet; kollabiert; atmet nicht; krampf; vergiftet; vergiftung; allergisch; eingeklemmt; vermisst; fieber;
    lebensgefahr; überflutet; wasserschaden; rohrbruch; totalschaden; rückruf; in gefahr; bedroht; einbruch;
    eingebrochen; gestürzt; sturz; starke {schmerzen|blutung}; schmerzen in;
    {rettungsdienst|rettung|notruf|sanitäter|hubschrauber}; ohnmächtig; umgekippt; zusammengebrochen; stromschlag;
    verbrüht; verbrannt; verbrennung; gebrochen; platzwunde; allergische; atemnot; erstickt; herzinfarkt;
    schlaganfall; riecht nach {gas|rauch|verbrannt|ammoniak|benzin}; qualm; explosion; funken; kurzschluss; wasser
    {läuft|kommt|steht|tropft}; geplatzt; undicht; ausgelaufen; überfallen; angegriffen; messer; waffe; weggelaufen;
    verschwunden; {ins|im} krankenhaus; {op|operation} {beginnt|wartet}; intensivstation; einsturz; eingestürzt;
    gefährdet; lebensbedrohlich; notaufnahme; öl {läuft|im|in|tritt|aus}; {heizöl|benzin|chemikalien|säure|chlor};
    {kind|mädchen|junge|frau|mann} {sitzt|ist|liegt|steht|allein|wird}; ihre {mutter|tochter|frau} {ist|hat|wurde};
    ihr {vater|sohn|mann|hund} {ist|hat|wurde}; deine {mutter|tochter|frau} {ist|hat|wurde}; dein {vater|sohn|mann}
    {ist|hat|wurde}; medikament; medikamente; falsche {dosis|medikament}; insulin; asthma; schwanger;
    {baby|säugling}; stromleitung; kran; leiter gefallen; sturm; umgestürzt; aufzug steckt; eingesperrt; türe auf;
    tür auf; kühlkette""",
    "fr": """
    fuite de gaz;
    ambulance; samu; hôpital; pompiers; incendie; fumée; feu; fuite; évacuer; évacué; police; accident; blessé;
    blessée; blessés; inconscient; inconsciente; saigne; s est effondré; ne respire; convulsions; empoisonné;
    intoxication; allergique; anaphylactique; coincé; disparu; fièvre; danger; inondation; dégât des eaux; rappel de
    lot; en danger; menace; cambriolage; {est|a} {tombé|tombée|chuté}; chute; écrasé; écrasée; secours; blessure;
    brûlé; brûlée; brûlure; malaise; évanoui; évanouie; étouffe; allergie; réaction allergique; infarctus; avc;
    urgences; {odeur|sent} {de |le |}{gaz|brûlé|fumée}; explosion; étincelles; court circuit; {eau|inondé|inondée}
    {coule|partout|monte}; rupture; agression; agressé; agressée; couteau; arme; fugue; disparue; hospitalisé;
    hospitalisée; bloc opératoire; effondrement; s effondre; effondré; coincée; électrocuté; saignement; douleurs;
    gendarmerie; gendarmes; {ne |}{le|la|les} {retrouvons|retrouve} pas; {enfant|fille|garçon|homme|femme}
    {est|seul|seule|coincé|blessé}; votre {père|mère|fils|fille|mari|femme|enfant|chien} {est|a|s}; ton
    {père|fils|mari} {est|a|s}; ta {mère|fille|femme} {est|a|s}; médicament; médicaments; mauvaise dose; insuline;
    asthme; enceinte; nourrisson; bébé; câble; grue; échelle; toit; tempête; ascenseur; enfermé; enfermée; chaîne du
    froid; fioul; produit chimique""",
    "es": """
    {fuga|escape} de gas;
    ambulancia; hospital; urgencias; bomberos; incendio; humo; fuego; fuga; evacuar; policía; accidente;
    herido; herida; heridos; inconsciente; sangra; sangrando; no respira; convulsiones; envenenado; intoxicación;
    alergia; anafiláctico; atrapado; desaparecido; fiebre; peligro; inundación; inundado; inundando; reventado;
    goteras; amenaza; robo; se ha caído; {se ha|ha} {caído|golpeado|desmayado|quemado|cortado|atragantado|roto};
    caída grave; desmayo; desmayado; {olor|huele} a {gas|quemado|humo|gasolina}; explosión; chispas; cortocircuito;
    reacción alérgica; infarto; ictus; ahoga; ahogando; quemadura; quemaduras; fractura; golpe en; {agua|aguas}
    {sale|entra|cae|por}; tubería; atraco; agredido; agredida; agresión; cuchillo; arma; desaparecida; quirófano;
    uci; derrumbe; derrumbado; aplastado; electrocutado; hospitalizado; hospitalizada; ingresado; ingresada; sangre;
    guardia civil; {niño|niña|hombre|mujer|chico|chica} {está|solo|sola|atrapado|herido}; su
    {padre|madre|hijo|hija|marido|mujer|perro} {está|ha|se}; tu {padre|madre|hijo|hija|marido|mujer} {está|ha|se};
    medicación; medicamento; dosis {equivocada|errónea}; insulina; asma; embarazada; bebé; cable; grúa; escalera;
    tejado; tormenta; ascensor; encerrado; encerrada; cadena de frío; cámara {está|frigorífica}; y subiendo""",
    "pt": """
    fuga de gás;
    ambulância; hospital; urgências; bombeiros; incêndio; fumo; fogo; fuga; evacuar; polícia; acidente; ferido;
    ferida; inconsciente; sangra; não respira; convulsões; envenenado; intoxicação; alergia; anafilático; preso no;
    desaparecido; febre; perigo; inundação; inundado; rebentou; ameaça; assalto; caiu {de|da|do|na|no};
    {desmaiou|queimou se|cortou se|partiu|magoou se|feriu se}; queda grave; desmaio; cheiro a {gás|queimado|fumo};
    explosão; faíscas; curto circuito; reação alérgica; enfarte; avc; engasgou; queimadura; queimaduras; fratura;
    bateu com; {água} {a|entra|por}; cano; tubo {rebentado|partido}; roubo; agredido; agredida; agressão; faca;
    arma; desaparecida; bloco operatório; cuidados intensivos; desabou; esmagado; eletrocutado; internado;
    internada; sangue; dores; {criança|menino|menina|homem|mulher} {está|sozinho|sozinha|preso|ferido|lá}; {seu|teu}
    {pai|filho|marido|cão} {está|foi|caiu|teve}; {sua|tua} {mãe|filha|mulher} {está|foi|caiu|teve}; medicação;
    medicamento; dose errada; insulina; asma; grávida; bebé; cabos; cabo; grua; escada; telhado; tempestade;
    elevador; cadeia de frio; câmara frigorífica; presa nos; preso nos""",
    "it": """
    ambulanza; ospedale; pronto soccorso; vigili del fuoco; pompieri; incendio; fumo; fuga di gas; perdita;
    evacuare; polizia; carabinieri; incidente; ferito; ferita; feriti; incosciente; sanguina; non respira;
    convulsioni; avvelenato; avvelenamento; intossicazione; allergia; anafilattico; intrappolato; scomparso; febbre;
    pericolo; allagamento; allagato; minaccia; furto; {è|sei}
    {caduto|caduta|svenuto|svenuta|crollato|crollata|bruciato}; caduta; svenuto; svenuta; odore di
    {gas|bruciato|fumo}; puzza di {gas|bruciato}; esplosione; scintille; corto circuito; cortocircuito; reazione
    allergica; infarto; ictus; soffoca; soffocando; ustione; ustioni; frattura; battuto la testa; acqua
    {esce|entra|ovunque|dal}; tubo {rotto|scoppiato}; rapina; aggredito; aggredita; aggressione; coltello; arma;
    scomparsa; sala operatoria; terapia intensiva; crollo; schiacciato; folgorato; ricoverato; ricoverata; sangue;
    soccorsi; dolori; {bambino|bambina|uomo|donna|ragazzo|ragazza} {è|solo|sola|bloccato|ferito}; suo
    {padre|figlio|marito|cane} {è|ha|si}; sua {madre|figlia|moglie} {è|ha|si}; tuo {padre|figlio|marito} {è|ha|si};
    tua {madre|figlia|moglie} {è|ha|si}; farmaco; farmaci; dose sbagliata; insulina; asma; incinta; neonato; cavi;
    gru; scala; tetto; temporale; ascensore; chiuso dentro; catena del freddo; cella frigo; esce acqua; forzano la
    porta; contatori""",
    "nl": """
    ambulance; ziekenhuis; spoeddienst; brandweer; brand; rook; lek; gaslek; evacueren; politie; ongeval; ongeluk;
    gewond; gewonde; bewusteloos; bloedt; bloeding; zakt weg; ademt niet; stuipen; vergiftigd; vergiftiging;
    allergisch; vastgereden; vermist; koorts; gevaar; overstroming; waterschade; terugroeping; bedreiging; inbraak;
    infuus; slijmvliezen; kritieke toestand; overgegeven; gevallen; val van; flauwgevallen; hulpdiensten; ruikt naar
    {gas|rook|brand}; gasgeur; gasgeruch; explosie; vonken; kortsluiting; allergische; hartaanval; beroerte; stikt;
    verstikking; brandwonde; brandwonden; verbrand; breuk; gebroken; water {loopt|komt|staat|stroomt}; gesprongen;
    lekt; overval; aangevallen; mes; wapen; weggelopen; verdwenen; operatie; operatiezaal; intensieve; ingestort;
    verpletterd; geëlektrocuteerd; opgenomen; pijn; bloed; {liggen|ligt} {op de grond|bewusteloos}; stroomkabel;
    {kind|meisje|jongen|man|vrouw} {is|zit|alleen|ligt|wordt}; uw {vader|zoon|man|hond|moeder|dochter|vrouw}
    {is|heeft|werd}; je {vader|zoon|man|moeder|dochter|vrouw} {is|heeft|werd}; medicatie; medicijn; verkeerde dosis;
    insuline; astma; zwanger; baby; kabel; kraan; ladder; dak; storm; lift zit; opgesloten; koudeketen; koelcel;
    stookolie; chemisch""",
    "pl": """
    karetka; pogotowie; szpital; szpitalu; straż; pożar; pali się; dym; wyciek; cieknie; ewakuacja; policja;
    wypadek; kolizja; kolizję; ranny; ranna; nieprzytomny; krwawi; nie oddycha; zatrucie; alergia; zakleszczony;
    zaginął; gorączka; niebezpieczeństwo; zalało; zalewa; groźba; włamanie;
    {upadł|upadła|zemdlał|zemdlała|przewrócił się|poparzył|zasłabł|zasłabła|złamał|złamała}; upadek; czuć
    {gaz|dym|spalenizną}; zapach {gazu|spalenizny|dymu}; wybuch; eksplozja; iskry; zwarcie; reakcja alergiczna;
    zawał; udar; dusi się; oparzenie; złamanie; uderzył; uderzyła; woda {leje|cieknie|zalewa}; pękła rura; pęknięta;
    napad; pobity; pobita; nóż; broń; zaginęła; zniknął; intensywnej terapii; zawalił; zawaliło; przygnieciony;
    porażony; krew; ból; straż pożarna; pogotowie ratunkowe; {dziecko|dziewczynka|chłopiec|mężczyzna|kobieta}
    {jest|sam|sama|leży|utknął}; {pana|pani|twój|twoja} {syn|córka|ojciec|matka|mąż|żona|pies}
    {jest|ma|przewrócił|przewróciła|upadł|zachorował|miał|miała}; karetka jedzie; lek; leki; zła dawka; insulina;
    astma; w ciąży; niemowlę; kabel; dźwig; drabina; dach; burza; winda; winnda; zamknięty w; łańcuch chłodniczy;
    chłodnia; rękę; złamał""",
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
    ship|start|dispatch|process}; rollback; roll back;
    {service|services|site|checkout|shop|website|app|system|portal|server|database|line} {is |are
    |}{affected|failing|broken|stopped|frozen|dead|unavailable}; {customers|users|clients|patients|nobody|no one}
    {can t|cannot|can|are unable to} {pay|order|log|book|access|check|buy|reach}; {not|no longer}
    {reachable|available|loading|cooling|heating|charging|starting}; tripped {the |}{fuse|breaker|alarm}; {has|have}
    {broken|failed|stopped|crashed|frozen|died|packed up}; shutting {itself |themselves |}{down|off}; overheating;
    no {power|water|heating|electricity|signal|internet|network|cooling}; bounced; {payroll|salary|payment|transfer}
    {file|run} {|was |is |has }{bounced|rejected|failed|missing|stuck}""",
    "de": """
    ausfall; ausgefallen; ausgefallene; störung; nicht erreichbar; steht still; stillstand; läuft nicht;
    funktioniert nicht mehr; {anlage|aggregat|kühlung|heizung|server|system} {ist|steht|läuft} {aus|still|nicht|
    ausgefallen}; ist aus; temperatur {steigt|fällt|zu hoch}; stromausfall; defekt; liegengeblieben; panne; springt
    nicht an; {schalten|schaltet} sich ab; {ist|sind}
    {ausgefallen|abgestürzt|kaputt|defekt|down|offline|gestört|gesperrt}; abgestürzt; kein
    {strom|wasser|internet|netz|licht}; keine {heizung|kühlung|verbindung}; {kunden|patienten|niemand} {können|kann}
    {nicht|nichts|keine}; überhitzt; kaputt; klimaanlage {ist|läuft}; streikt; hängt fest; nichts geht mehr""",
    "fr": """
    panne; en panne; hors service; indisponible; coupure; ne {fonctionne|marche|répond|démarre} {plus|pas}; arrêt
    de; température {monte|en hausse}; à l arrêt; {est|sont}
    {tombé|tombée|tombés|coupé|coupée|arrêtée|cassé|cassée|inaccessible}; ne répond {plus|pas}; ne peuvent plus
    {payer|commander|accéder|se}; plus {d électricité|d eau|de chauffage|de réseau|d internet|de courant}; plantage;
    planté; surchauffe; tout est arrêté; s est arrêté""",
    "es": """
    caído; caída {del|de la}; no funciona; no responde; avería; averiado; averiada; fuera de servicio; apagón; corte
    de {luz|agua}; interrupción; rota; roto; se ha parado; no arranca; temperatura {sube|subiendo}; {está|están|se
    ha} {caído|caída|parado|parada|averiado|estropeado|bloqueado|colgado}; no {hay|tenemos}
    {luz|agua|internet|conexión|calefacción|corriente}; no pueden {pagar|comprar|entrar|acceder}; estropeado;
    estropeada; sobrecalentamiento; ha dejado de funcionar; se {calienta|apaga}""",
    "pt": """
    avaria; avariado; avariada; não funciona; não responde; fora de serviço; em baixo; falha {de|no|na};
    interrupção; apagão; parou; não arranca; temperatura a subir; {foi|está|estão|ficou} {abaixo|em
    baixo|parado|parada|avariado|bloqueado}; {não há|sem} {luz|água|internet|rede|aquecimento|corrente|energia};
    ninguém consegue {vender|entrar|trabalhar|pagar|aceder}; não {conseguem|podem} {pagar|comprar|aceder|entrar};
    deixou de funcionar; sobreaquecimento; estragado""",
    "it": """
    guasto; guasta; non funziona; non risponde; fuori servizio; interruzione; blackout; fermo; bloccato; non parte;
    temperatura {sale|in aumento}; si è {fermato|fermata|bloccato|bloccata|rotto|rotta|spento|spenta}; {è|sono}
    {fermo|ferma|fermi|guasto|guasta|bloccata|giù}; manca {la corrente|l acqua|la luz|la luce|internet}; non
    {possono|riescono a} {pagare|entrare|accedere|ordinare}; surriscaldamento; ha smesso di funzionare; in tilt""",
    "nl": """
    storing; uitgevallen; ligt plat; werkt niet; defect; niet bereikbaar; panne; stroomuitval; kapot; temperatuur
    {stijgt|loopt op}; start niet; {is|zijn|ligt|liggen}
    {uitgevallen|stuk|plat|kapot|eruit|stilgevallen|onbereikbaar}; geen
    {stroom|water|internet|verwarming|verbinding}; klanten kunnen niet; {kan|kunnen} niet
    {betalen|bestellen|inloggen|werken}; oververhit; stilgevallen; werkt niet meer; doet het niet""",
    "pl": """
    awaria; nie działa; nie odpowiada; przerwa w; zepsuty; zepsuta; zepsuło; temperatura rośnie; nie odpala; brak
    prądu; {padł|padła|padło|stanął|stanęła|przestał|przestała|wysiadł|wysiadła}; brak
    {wody|internetu|ogrzewania|połączenia|zasilania}; klienci nie mogą; nie {da się|można}
    {zalogować|zapłacić|pracować}; przegrzewa; zawiesił się; nie chłodzi; nie grzeje""",
    "tr": "arıza; arızalandı; çalışmıyor; çöktü; kesinti; sıcaklık yükseliyor; bozuldu",
}

SECURITY = {
    "en": """
    data breach; breach; breached; security {incident|issue|hole|flaw|vulnerability|alert}; vulnerability;
    vulnerabilities; ransomware; malware; encrypted files; hacked; compromised; unauthorised; unauthorized;
    unauthenticated; leaked; exposed; {secret|secrets|token|key|credential|credentials|password} {|was|were|has
    been|have been|found|detected|is|are} {leaked|exposed|found|detected|published|committed|public|pushed};
    publicly {accessible|available|visible|readable}; revoke; revoked; must be revoked; rotate; {was|been|got|were} stolen; stolen {laptop|phone|card|cards|passport|keys|bag|car|van|goods|credentials|data} ;
    laptop {lost|stolen}; other people s {addresses|data|names|details|labels|records|accounts}; wrong {person|
    recipient|customer|patient|address|addresses|pupil|client}; in {a |} public {repository|code|bucket|repo}; live
    {key|credential|access key|token}; lost my laptop; intrusion; exploit; cve; without a session; disclosure
    period; personal data; gdpr; logins {to|from|on}; login from; logged in {to|from} {|the |your |our }; forwarding
    rule; {sent|emailed|mailed|went} to the wrong {person|people|list|address|client|customer|patient}; lost
    {my|the|her|his} {laptop|phone|usb|badge|keys|key}; {account|mailbox|server|system|laptop} {was |is |has been
    |}{taken over|hijacked|hacked|compromised|encrypted|accessed}; phished; clicked {on |}the link; gave
    {my|the|her|his} password; encrypting; attacker; attackers; suspicious
    {login|logins|activity|access|transfers|transactions}""",
    "de": """
    datenleck; datenpanne; sicherheitsvorfall; sicherheitslücke; schwachstelle; gehackt; kompromittiert;
    schadsoftware; verschlüsselt worden; gestohlen; geleakt; unbefugt; dsgvo; zugriff von {außen|fremden};
    anmeldungen aus; verdächtige {anmeldung|anmeldungen|zugriffe|überweisungen}; laptop {verloren|gestohlen|weg};
    falschen {empfänger|verteiler|kunden|patienten} {geschickt|gesendet}; an den falschen; verschlüsselt; angreifer;
    passwort {eingegeben|weitergegeben}; erpressung""",
    "fr": """
    fuite de données; violation de données; faille; incident de sécurité; piraté; piratage; compromis; rançongiciel;
    volé; volée; rgpd; vulnérabilité; connexions {suspectes|depuis}; connexion suspecte; ordinateur {volé|perdu};
    mauvais {destinataire|client|patient}; attaquant; chiffrés; compte {piraté|compromis}; virements suspects; mot
    de passe {donné|saisi}""",
    "es": """
    filtración; brecha; incidente de seguridad; vulnerabilidad; hackeado; pirateado; comprometido; comprometida;
    ransomware; robado; robada; rgpd; fuga de datos; accesos {sospechosos|desde}; acceso no autorizado; portátil
    {robado|perdido}; destinatario equivocado; {archivos|ficheros} cifrados; atacante; cuenta
    {comprometida|hackeada|robada}; ciberataque; movimientos sospechosos""",
    "pt": """
    fuga de dados; violação de dados; incidente de segurança; vulnerabilidade; pirateado; comprometido; ransomware;
    roubado; rgpd; acessos {suspeitos|desde|de}; acesso não autorizado; portátil {roubado|perdido}; destinatário
    errado; ficheiros {cifrados|encriptados}; atacante; conta {comprometida|invadida}; ciberataque; vulnerável""",
    "it": """
    violazione dei dati; fuga di dati; incidente di sicurezza; vulnerabilità; hackerato; compromesso; ransomware;
    rubato; rubata; gdpr; accessi {sospetti|da}; accesso non autorizzato; portatile {rubato|perso|smarrito};
    destinatario sbagliato; file {cifrati|criptati}; attaccante; account {compromesso|violato}; attacco informatico;
    movimenti sospetti""",
    "nl": """
    datalek; beveiligingsincident; kwetsbaarheid; gehackt; gecompromitteerd; ransomware; gestolen; avg; verdachte
    {logins|aanmeldingen|toegang|overschrijvingen}; laptop {gestolen|kwijt|verloren}; verkeerde
    {ontvanger|persoon|klant|patiënt}; versleuteld; aanvaller; account {gehackt|overgenomen}; cyberaanval; lek in de""",
    "pl": """
    wyciek danych; naruszenie; incydent bezpieczeństwa; podatność; zhakowane; skradziony; skradziona; rodo;
    podejrzane {logowania|logowanie|przelewy}; nieautoryzowany dostęp; {skradziony|zgubiony} laptop; zły
    {adresat|odbiorca}; niewłaściwy {adresat|odbiorca}; zaszyfrowane; włamanie na; konto przejęte; cyberatak""",
}

TABLES = {
    Cue.DANGER: DANGER,
    Cue.OUTAGE: OUTAGE,
    Cue.SECURITY: SECURITY,
}
