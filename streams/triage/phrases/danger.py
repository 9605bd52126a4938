"""Harm to people and animals, and what threatens it."""

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
    {out|through|from|down}; firemen; fire fighters; fire department; fire engine; coastguard; in surgery; doctor
    {wants|says|needs}; {wrong|missed} {dose|medication}; {baby|babies} {food|formula}; kids are; child
    {is|alone|left|was}; my {mother|father|son|daughter|wife|husband|child} {is|has|fell|was}; your
    {mother|father|son|daughter|wife|husband|child|dog|cat|tenant|house|flat|car} {is|has|fell|was|have}; power
    line; live cable; tree {fell|has}; fallen tree; lift is stuck; stuck in the {lift|elevator}; locked in; locked
    out; alone in; on the {road|motorway|carriageway|tracks|runway|rails|highway}; swerved; {run|ran|knocked} over;
    hit by a; {wounded|burnt|scalded|drowned|drowning|suffocating}; pressure {is |}{rising|too high|still}; in the
    red; overpressure; {wrong|missing} {allergen|allergy}; food poisoning; salmonella; listeria; forced open; forced
    entry; intrusion; intruders; motion detected; prowler; stalker; {angry|drunk|armed|violent}
    {man|customer|father|person|parent}; {threatens|threatening|threatened} to; panic attack;
    {fits|fit|faint|faints|fainted}; unconsciousness; {high|very high} fever; {lost|losing} {blood|consciousness};
    black ice; landslide; avalanche; wildfire; earthquake; hurricane; {cracks|crack} in the; gives way; giving way;
    about to {fall|collapse|burst|break}; hot to the touch; melting; melted; fire extinguisher; sepsis; breathing
    problems; can t breathe; bitten by; dog attack; escaped; loose on; got out of""",
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
    {ist|hat|wurde}; falsche {dosis|medikament}; {baby|säugling}; leiter gefallen; umgestürzt; aufzug steckt;
    eingesperrt; türe auf; tür auf; kühlkette; auf der {straße|autobahn|fahrbahn|strecke}; angefahren; überfahren;
    verunglückt; {stecken|steckt|sitzen|sitzt} fest; feststecken; notdienst; operieren; bluthochdruck; schock;
    krampfanfall; epileptisch; kollaps; hitzschlag; unterkühlt; erfroren; überdruck; druck {steigt|ist}; abgestürzt;
    aufgebrochen; einbrecher; randaliert; droht; drohung; schlägerei; prügelei; waldbrand; hochwasser; glatteis;
    lawine; erdrutsch; salmonellen; keime; verseucht; verdorben; ansteckend; infiziert; tollwut; entlaufen;
    ausgebrochen; panik; fehlgeburt; sepsis; lebensgefährlich; {kein|keinen} puls; ohne bewusstsein""",
    "fr": """
    fuite de gaz; ambulance; samu; hôpital; pompiers; incendie; fumée; feu; fuite; évacuer; évacué; police;
    accident; blessé; blessée; blessés; inconscient; inconsciente; saigne; s est effondré; ne respire; convulsions;
    empoisonné; intoxication; allergique; anaphylactique; coincé; disparu; fièvre; danger; inondation; dégât des
    eaux; rappel de lot; en danger; menace; cambriolage; {est|a} {tombé|tombée|chuté}; chute; écrasé; écrasée;
    secours; blessure; brûlé; brûlée; brûlure; malaise; évanoui; évanouie; étouffe; allergie; réaction allergique;
    infarctus; avc; urgences; {odeur|sent} {de |le |}{gaz|brûlé|fumée}; explosion; étincelles; court circuit;
    {eau|inondé|inondée} {coule|partout|monte}; rupture; agression; agressé; agressée; couteau; arme; fugue;
    disparue; hospitalisé; hospitalisée; bloc opératoire; effondrement; s effondre; effondré; coincée; électrocuté;
    saignement; douleurs; gendarmerie; gendarmes; {ne |}{le|la|les} {retrouvons|retrouve} pas;
    {enfant|fille|garçon|homme|femme} {est|seul|seule|coincé|blessé}; votre
    {père|mère|fils|fille|mari|femme|enfant|chien} {est|a|s}; ton {père|fils|mari} {est|a|s}; ta {mère|fille|femme}
    {est|a|s}; mauvaise dose; enfermé; enfermée; chaîne du froid; fioul; produit chimique; sur la
    {route|chaussée|voie|autoroute}; renversé; renversée; accidenté; coincés; convulsion; épilepsie; insolation;
    produit {toxique|dangereux}; surpression; pression {monte|trop}; effraction; intrus; intrusion; cambrioleur;
    menacé; bagarre; violent; violente; feu de forêt; verglas; avalanche; éboulement; salmonelle; listeria;
    contaminé; contaminée; avarié; contagieux; échappé; échappés; évadé; panique; fausse couche; septicémie""",
    "es": """
    {fuga|escape} de gas; ambulancia; hospital; urgencias; bomberos; incendio; humo; fuego; fuga; evacuar; policía;
    accidente; herido; herida; heridos; inconsciente; sangra; sangrando; no respira; convulsiones; envenenado;
    intoxicación; alergia; anafiláctico; atrapado; desaparecido; fiebre; peligro; inundación; inundado; inundando;
    reventado; goteras; amenaza; robo; se ha caído; {se ha|ha}
    {caído|golpeado|desmayado|quemado|cortado|atragantado|roto}; caída grave; desmayo; desmayado; {olor|huele} a
    {gas|quemado|humo|gasolina}; explosión; chispas; cortocircuito; reacción alérgica; infarto; ictus; ahoga;
    ahogando; quemadura; quemaduras; fractura; golpe en; {agua|aguas} {sale|entra|cae|por}; atraco; agredido;
    agredida; agresión; cuchillo; desaparecida; quirófano; uci; derrumbe; derrumbado; aplastado; electrocutado;
    hospitalizado; hospitalizada; ingresado; ingresada; guardia civil; {niño|niña|hombre|mujer|chico|chica}
    {está|solo|sola|atrapado|herido}; su {padre|madre|hijo|hija|marido|mujer|perro} {está|ha|se}; tu
    {padre|madre|hijo|hija|marido|mujer} {está|ha|se}; dosis {equivocada|errónea}; encerrado; encerrada; cadena de
    frío; cámara {está|frigorífica}; y subiendo; en la {carretera|autopista|calzada|vía}; atropellado; atropellada;
    accidentado; atascados; convulsión; epilepsia; golpe de calor; producto {tóxico|químico|peligroso}; presión
    {sube|subiendo|alta}; intrusos; intruso; han entrado; ladrón; ladrones; amenazan; pelea; violento; incendio
    forestal; riada; desprendimiento; salmonela; listeria; contaminado; contaminada; en mal estado; contagioso;
    escapado; se han escapado; pánico; contracciones; mareo; mareada; mareado; fiebre alta; vomita; vómitos""",
    "pt": """
    fuga de gás; ambulância; hospital; urgências; bombeiros; incêndio; fumo; fogo; fuga; evacuar; polícia; acidente;
    ferido; ferida; inconsciente; sangra; não respira; convulsões; envenenado; intoxicação; alergia; anafilático;
    preso no; desaparecido; febre; perigo; inundação; inundado; rebentou; ameaça; assalto; caiu {de|da|do|na|no};
    {desmaiou|queimou se|cortou se|partiu|magoou se|feriu se}; queda grave; desmaio; cheiro a {gás|queimado|fumo};
    explosão; faíscas; curto circuito; reação alérgica; enfarte; avc; engasgou; queimadura; queimaduras; fratura;
    bateu com; {água} {a|entra|por}; tubo {rebentado|partido}; roubo; agredido; agredida; agressão; faca;
    desaparecida; bloco operatório; cuidados intensivos; desabou; esmagado; eletrocutado; internado; internada;
    sangue; {criança|menino|menina|homem|mulher} {está|sozinho|sozinha|preso|ferido|lá}; {seu|teu}
    {pai|filho|marido|cão} {está|foi|caiu|teve}; {sua|tua} {mãe|filha|mulher} {está|foi|caiu|teve}; dose errada;
    cadeia de frio; câmara frigorífica; presa nos; preso nos; na {estrada|autoestrada|via|faixa}; atropelado;
    atropelada; acidentado; encravados; convulsão; epilepsia; produto {tóxico|químico|perigoso}; pressão {sobe|a
    subir|alta}; intrusos; intruso; entraram; ladrão; ladrões; ameaçam; briga; violento; incêndio florestal;
    derrocada; salmonela; contaminado; contaminada; estragada; contagioso; fugiu; pânico; tonturas; febre alta;
    vomita; vómitos; deitado no chão""",
    "it": """
    ambulanza; ospedale; pronto soccorso; vigili del fuoco; pompieri; incendio; fumo; fuga di gas; perdita;
    evacuare; polizia; carabinieri; incidente; ferito; ferita; feriti; incosciente; sanguina; non respira;
    convulsioni; avvelenato; avvelenamento; intossicazione; allergia; anafilattico; intrappolato; scomparso; febbre;
    pericolo; allagamento; allagato; minaccia; furto; {è|sei}
    {caduto|caduta|svenuto|svenuta|crollato|crollata|bruciato}; svenuto; svenuta; odore di {gas|bruciato|fumo};
    puzza di {gas|bruciato}; esplosione; scintille; corto circuito; cortocircuito; reazione allergica; infarto;
    ictus; soffoca; soffocando; ustione; ustioni; frattura; battuto la testa; acqua {esce|entra|ovunque|dal}; tubo
    {rotto|scoppiato}; rapina; aggredito; aggredita; aggressione; coltello; scomparsa; sala operatoria; terapia
    intensiva; crollo; schiacciato; folgorato; ricoverato; ricoverata; sangue; soccorsi;
    {bambino|bambina|uomo|donna|ragazzo|ragazza} {è|solo|sola|bloccato|ferito}; suo {padre|figlio|marito|cane}
    {è|ha|si}; sua {madre|figlia|moglie} {è|ha|si}; tuo {padre|figlio|marito} {è|ha|si}; tua {madre|figlia|moglie}
    {è|ha|si}; dose sbagliata; chiuso dentro; catena del freddo; cella frigo; esce acqua; forzano la porta; sulla
    {strada|carreggiata|autostrada|statale}; investito; investita; malore; svenimento; convulsione; epilessia; colpo
    di calore; prodotto {tossico|chimico|pericoloso}; pressione {sale|alta}; intruso; intrusi; sono entrati; ladro;
    ladri; minacciato; rissa; violento; incendio boschivo; alluvione; frana; salmonella; contaminato; contaminata;
    avariato; avariata; contagioso; scappato; scappati; panico; contrazioni; capogiri; febbre alta; vomita; vomito;
    al pronto soccorso""",
    "nl": """
    ambulance; ziekenhuis; spoeddienst; brandweer; brand; rook; lek; gaslek; evacueren; politie; ongeval; ongeluk;
    gewond; gewonde; bewusteloos; bloedt; bloeding; zakt weg; ademt niet; stuipen; vergiftigd; vergiftiging;
    allergisch; vastgereden; vermist; koorts; gevaar; overstroming; waterschade; terugroeping; bedreiging; inbraak;
    infuus; slijmvliezen; kritieke toestand; overgegeven; gevallen; val van; flauwgevallen; hulpdiensten; ruikt naar
    {gas|rook|brand}; gasgeur; gasgeruch; explosie; vonken; kortsluiting; allergische; hartaanval; beroerte; stikt;
    verstikking; brandwonde; brandwonden; verbrand; gebroken; water {loopt|komt|staat|stroomt}; gesprongen; lekt;
    overval; aangevallen; wapen; weggelopen; verdwenen; ingestort; verpletterd; geëlektrocuteerd; bloed;
    {liggen|ligt} {op de grond|bewusteloos}; stroomkabel; {kind|meisje|jongen|man|vrouw} {is|zit|alleen|ligt|wordt};
    uw {vader|zoon|man|hond|moeder|dochter|vrouw} {is|heeft|werd}; je {vader|zoon|man|moeder|dochter|vrouw}
    {is|heeft|werd}; verkeerde dosis; lift zit; opgesloten; koudeketen; koelcel; stookolie; op de
    {weg|snelweg|rijbaan|sporen}; aangereden; overreden; verongelukt; zitten vast; epilepsie; hitteslag; druk
    {stijgt|te hoog}; indringer; indringers; inbrekers; inbreker; dreigt; bedreigd; vechtpartij; gewelddadig;
    bosbrand; wateroverlast; noodweer; gladheid; aardverschuiving; salmonella; besmet; bedorven; besmettelijk;
    hondsdolheid; ontsnapt; losgebroken; paniek; weeën; miskraam; hoge koorts; braakt""",
    "pl": """
    karetka; pogotowie; szpital; szpitalu; straż; pożar; pali się; dym; wyciek; cieknie; ewakuacja; policja;
    wypadek; kolizja; kolizję; ranny; ranna; nieprzytomny; krwawi; nie oddycha; zatrucie; alergia; zakleszczony;
    zaginął; gorączka; niebezpieczeństwo; zalało; zalewa; groźba; włamanie;
    {upadł|upadła|zemdlał|zemdlała|przewrócił się|poparzył|zasłabł|zasłabła|złamał|złamała}; czuć
    {gaz|dym|spalenizną}; zapach {gazu|spalenizny|dymu}; wybuch; eksplozja; iskry; zwarcie; reakcja alergiczna;
    zawał; udar; dusi się; oparzenie; złamanie; uderzył; uderzyła; woda {leje|cieknie|zalewa}; pękła rura; pęknięta;
    napad; pobity; pobita; broń; zaginęła; zniknął; intensywnej terapii; zawalił; zawaliło; przygnieciony; porażony;
    krew; straż pożarna; pogotowie ratunkowe; {dziecko|dziewczynka|chłopiec|mężczyzna|kobieta}
    {jest|sam|sama|leży|utknął}; {pana|pani|twój|twoja} {syn|córka|ojciec|matka|mąż|żona|pies}
    {jest|ma|przewrócił|przewróciła|upadł|zachorował|miał|miała}; karetka jedzie; zła dawka; w ciąży; zamknięty w;
    łańcuch chłodniczy; chłodnia; na {drodze|jezdni|autostradzie|torach}; potrącony; potrąciła; potrącił; utknęli;
    drgawki; padaczka; udar słoneczny; ciśnienie rośnie; intruz; intruzi; włamywacz; złodziej; grozi; groził; bójka;
    agresywny; pożar lasu; powódź; wichura; gołoledź; osuwisko; salmonella; skażona; skażony; zepsute; zaraźliwy;
    wścieklizna; uciekł; uciekła; panika; poronienie; wysoka gorączka; wymiotuje; zasłabnięcie""",
    "tr": """
    ambulans; hastane; itfaiye; yangın; duman; gaz kaçağı; polis; kaza; yaralı; bilinci; kanama; nefes; zehirlenme;
    alerji; kayıp; ateşi; tehlike; su bastı""",
}

TABLES = {
    Cue.DANGER: DANGER,
}
