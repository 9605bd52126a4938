"""Words of unsolicited offers and of deception."""

from __future__ import annotations

from streams.triage.cues import Cue

SPAM = {
    "en": """
    money; cash; income; earn; earnings; profit; profits; rich; wealth; millionaire; million; free; guarantee;
    guaranteed; offer; offers; credit; debt; debts; loan; loans; mortgage; mortgages; refinance; insurance;
    investment; investors; lowest; rates; pills; prescription; weight; lose weight; fat; diet; casino; gambling;
    lottery; winner; prize; prizes; adult; sex; sexy; porn; xxx; nude; teens; horny; erection; penis; breast;
    herbal; viagra; pharmacy; growth hormone; hgh; anti aging; wrinkles; toner; cartridges; dvd; dvds; cable;
    satellite; spy; software; bulk email; marketing; leads; opportunity; opportunities; home based; work at home;
    work from home; business opportunity; mlm; network marketing; downline; residual; financial {freedom|
    independence|success}; bills; mastercard; visa; checks; act now; order {now|today|form}; call now; toll free;
    click here; click below; click on; visit {our|my} ; limited time; risk free; no risk; no obligation;
    satisfaction; amazing; incredible; miracle; revolutionary; secret; secrets; hot; discreet; approved; amazing
    offer; dear {friend|sir|madam|homeowner|valued}; webmaster; web hosting; websites; search engines; traffic;
    crypto; bitcoin; trading; returns; forex; university diploma; diploma; diplomas; stock alert; stock pick;
    shares; otc; strong buy""",
    "de": """
    gewinn; geld; verdienen; kostenlos; gratis; kredit; kredite; garantiert; casino; potenz; abnehmen; reich;
    millionen; dialer; nebenverdienst; heimarbeit""",
    "fr": "argent; gagner; gratuit; gagnez; crédit; prêt; garanti; casino; maigrir; millions; fortune",
    "es": """
    dinero; ganar; gratis; crédito; préstamo; garantizado; casino; adelgazar; millones; ganancias; oportunidad de
    negocio""",
    "pt": "dinheiro; ganhar; grátis; crédito; empréstimo; garantido; casino; emagrecer; milhões; lucros",
    "it": "soldi; guadagnare; gratis; credito; prestito; garantito; casinò; dimagrire; milioni; guadagni",
    "nl": "geld; verdienen; gratis; krediet; lening; gegarandeerd; casino; afvallen; miljoen; winst",
    "pl": "pieniądze; zarobić; darmowe; kredyt; pożyczka; gwarantowane; kasyno; schudnąć; milion",
}

BLATANT = {
    "en": """
    this is not spam; cock; pussy; sluts; slut; cum; webcam; lesbian; lesbians; escorts; singles; {single|lonely|
    beautiful|russian} {women|girls|ladies}; real man; toners; stun guns; stun gun; driver s license; green card;
    legal herb; get out of debt; repair your credit; credit breakthrough; guarantee you {signups|sales}; sign ups;
    signups; underwriting; annuity; annuities; commissions; {be|to be} removed {please|click|just|simply|send|reply|
    from|email|visit|go} ; was obtained from; purchased list; {sent|received} this {email|message|mail} in error;
    clearance sale; limited quantities; handling within; allow #n; toll free #n; call #n #n #n; fax #n #n #n; {usd|
    us} #n; dvd copy; copy dvd; norton; systemworks; win a; you win; cartridge; mlm; forced matrix; {website|web
    site|site} promotion; earn {money|cash} ; reverse aging; human growth; sexual; libido; orgasm; penis;
    cigarettes; tobacco; pheromone; pheromones; timeshare; homeowners; homeowner; second mortgage; home loan; equity
    loan; lenders compete; {debt|bill} consolidation; internet {business|marketing} ; {million|thousands of} {opt in
    |} {email|e mail} ; {web|internet} {casino|casinos} ; sweepstakes; collect your; not spam; {not|never} {sent |}
    unsolicited; was not sent unsolicited; cannot be considered spam; bill s #n; section #n; #n {free|guaranteed|
    legal} ; #n percent {free|guaranteed|legal}; risk free; money back guarantee; one time mailing; one time {email|
    message}; this is a one time; {to be |} removed from {our|this|future|my|any} {mailing|mailings|list|database|
    further|}; remove in the subject; remove as the subject; {type|put|with|word|words} remove; reply with remove;
    with remove; removal instructions; removed {|permanently} from; per our {records|database}; you opted in; opt in
    {list|email|subscriber}; our opt in; your email address was {obtained|given}; got {your|this} email; safelist;
    be your own boss; work {from|at} home; home based business; financial freedom; make money; making money; make
    {big |extra |fast |serious |real |} money; extra {income|cash}; earn {up to|thousands|extra|big|#n} ; fast cash;
    get paid; pay off; credit card debt; consolidate; no credit check; bad credit; clear up your credit; credit
    repair; lowest {mortgage |interest |} rates; mortgage {rates|rate|quotes|lenders|companies}; refinance your; low
    rate; interest rates; lose {weight|#n} ; weight loss; burn fat; growth hormone; hgh; viagra; cialis; xanax;
    valium; phentermine; no prescription; online pharmacy; enlarge; enlargement; bigger penis; barely legal;
    hardcore; xxx; live girls; hot {girls|teens|babes|asian|women}; adult {site|only|content|sites|entertainment};
    must be #n; over #n; at least #n; #n or older; nude; casino; online gambling; free {money|cash|access|info|
    information|membership|preview|tour|quote|quotes|report|consultation|vacation|dvd|cell|phone|sample|samples} ;
    as seen on; as featured on; million {email|e mail|emails} addresses; email {marketing|addresses} {is|cd|list|
    software|works}; bulk {email|e mail|mail|mailing|friendly}; direct email; {e mail|email} {extractor|lists|blast|
    harvester}; targeted {email|emails|traffic}; search engine {submission|placement|ranking}; multi level; chain
    letter; pyramid; {reports|report} #n; copy of your credit; printer cartridges; ink cartridges; toner cartridges;
    inkjet; cable {descrambler|tv box}; descrambler; spy {software|camera|on anyone}; find out anything; university
    diploma; diploma; non accredited; prestigious; life experience; term life; life insurance; extended warranty;
    auto warranty; vacation package; you {have|ve} {been selected|won|been chosen|been approved}; you are {a winner|
    approved|a guaranteed}; pre approved; congratulations you; claim your; dear {friend|homeowner|internet user|
    future|fellow|opportunity|entrepreneur|sir or madam|sir madam}; dearest {friend|one|in}; undervalued; penny
    stock; stock {alert|pick|symbol}; investor alert; forward looking statements; hot stock; explosive; double your
    {money|investment}; international {driver s|drivers} license; offshore; tax free; guaranteed returns; daily
    returns; crypto {signals|investment|trading}; passive income; limited {time|supply} offer; call {toll free|now|
    today|us now|for free}; order by {fax|phone|mail}; {cash|check} or money order; all {credit cards|orders}; ships
    within; satisfaction guaranteed; unlimited {income|traffic|calls}; cents {per|a} minute; long distance; {no|
    zero} cost to you; absolutely free; no purchase necessary; what are you waiting for; don t delete; do not
    delete; read this twice; please read this; serious inquiries; click here to {be removed|remove|unsubscribe now};
    if you wish to be removed; if you no longer wish; take me off; we apologize for any; sorry if you; accept our
    apologies; adv; miracle; herbal; aphrodisiac; cellulite; wrinkle; snoring; hair loss; impotence; erectile;
    generic""",
    "de": """
    {#n|hundert} prozent kostenlos; schnell reich; viagra; potenzmittel; geld verdienen; heimarbeit; erotik;
    sofortkredit; ohne schufa""",
    "fr": "gagner de l argent; devenez riche; viagra; crédit immédiat; sans justificatif; revenus complémentaires",
    "es": """
    gane dinero; ganar dinero; dinero {fácil|rápido|extra}; hágase rico; viagra; trabaje desde casa; crédito
    inmediato; sin aval; ingresos extras""",
    "pt": "ganhe dinheiro; dinheiro {fácil|rápido}; viagra; trabalhe em casa; renda extra; mala direta",
    "it": "guadagnare da casa; soldi facili; viagra; lavora da casa; diventa ricco",
    "nl": "snel rijk; thuis geld verdienen; viagra; snel geld",
    "pl": "zarabiaj; szybkie pieniądze; viagra; praca w domu",
}

PITCH = {
    "en": """
    our agency; our services include; we are a leading; we specialise in; we specialize in; {your|the} website and
    {noticed|saw|found}; on your website; browsing your website; i came across your; came across your; page #n of
    google; first page of google; seo; backlink; backlinks; guest post; guest posts; sponsored post; link insertion;
    domain authority; quick {call|chat|question}; #n min call; hop on a; jump on a; book a demo; free audit; free
    trial; no questions asked; offshore {|development|team}; dedicated developers; on bench; senior {developers|
    engineers|spark}; per hour; decision maker; concerned {person|decision}; right person; attendees {email |} list;
    attendee list; email list; verified contacts; lead generation; leads per; grow your {business|sales|revenue};
    increase {your |} {sales|traffic|revenue}; following up on my; just following up; bumping this; circling back;
    did you see my; not interested; if i don t hear back; reply interested; reply yes; a simple yes; manufacturer
    of; factory; competitive price; best price; dear {purchasing|sourcing|buyer|manager|business owner}; oem; price
    list; outsourcing; white label; pricing available; samples""",
    "de": """
    unsere agentur; auf ihrer website; suchmaschinenoptimierung; gastbeitrag; backlinks; kurzes gespräch; mehr
    kunden; leadgenerierung; kostenlose erstanalyse; unverbindlich""",
    "fr": """
    notre agence; sur votre site; référencement; article invité; plus de clients; audit gratuit; génération de
    leads; sans engagement""",
    "es": """
    nuestra agencia; su página web; tu página web; posicionamiento; primera página; artículo invitado; más clientes;
    auditoría gratuita; una llamada rápida; sin compromiso""",
    "pt": "nossa agência; seu site; primeira página; mais clientes; auditoria gratuita; sem compromisso",
    "it": "nostra agenzia; suo sito; tuo sito; prima pagina; più clienti; audit gratuito; senza impegno",
    "nl": "ons bureau; uw website; je website; eerste pagina; meer klanten; gratis audit; vrijblijvend",
    "pl": "nasza agencja; państwa strona; pierwsza strona; więcej klientów; bezpłatny audyt",
}

FRAUD = {
    "en": """
    next of kin; late husband; late client; late father; widow; deceased; inheritance; beneficiary; million {us |
    united states |} dollars; sum of; million usd; foreign partner; confidential {business|transaction|proposal};
    business {proposal|relationship} ; god fearing; in the lord; remain blessed; nigeria; nigerian; lagos;
    barrister; the {sum|fund|funds|money}; transfer {of |} {the |this |} {fund|funds|money|sum}; your {full names|
    bank account|account number} ; consignment; sierra leone; ivory coast; zimbabwe; congo; oil {company|servicing};
    central bank; contract payment; over invoiced; percent of the; utmost {confidence|secrecy|confidentiality};
    urgent assistance; your assistance; sick bed; cancer; donate this; recorded you; your {camera|webcam}; in
    bitcoin; bitcoin; wallet; btc; pervert; masturbat; porn {site|sites|video}; installed {itself|a trojan|malware};
    full access to your; in your system; hacked your; i delete everything; do not go to the police; lottery {winner|
    winning|commission}; won the {sum|lottery}; claim {agent|number|your prize}; compensation fund""",
    "de": """
    erbschaft; nachlass; verstorbener; millionen {euro|dollar}; begünstigter; bitcoin; deine kamera; aufgenommen;
    webcam""",
    "fr": "héritage; défunt; défunte; millions {d euros|de dollars}; bénéficiaire; bitcoin; votre caméra; don de",
    "es": "herencia; difunto; difunta; millones de {dólares|euros}; beneficiario; bitcoin; tu cámara; grabado",
    "pt": "herança; falecido; milhões de {dólares|euros}; beneficiário; bitcoin; sua câmara",
    "it": "eredità; defunto; milioni di {dollari|euro}; beneficiario; bitcoin; tua webcam",
    "nl": "erfenis; overleden; miljoen {dollar|euro}; begunstigde; bitcoin; je camera",
    "pl": "spadek; zmarły; milionów {dolarów|euro}; bitcoin; twoja kamera",
}

CREDENTIALS = {
    "en": """
    {verify|confirm|validate|update|restore|reactivate|secure|unlock|re verify|review} your {account|identity|
    information|details|password|billing|payment|mailbox|email|card|bank|wallet|credentials|profile|login|data|
    access} ; {log|sign} in {|below|here|now|to {view|verify|confirm|keep|continue|access|your|avoid|read}} ; login;
    your password {expires|expired|will expire|is about|has expired}; password {expires|expiry|expiration};
    {mailbox|storage|quota|inbox} {is |} {full|exceeded|limit|almost full|over}; keep {your |} {current |same |}
    password; re enrol; re enroll; re enrolled; enrolment expires; mfa; multi factor; authenticator; two factor;
    scan the {code|qr}; qr code; access token; token {expires|named}; click {|the} {here|below|link|button|on the
    link} {to |} {verify|confirm|restore|update|keep|release|view|review|listen|avoid|secure|login|log|cancel} ;
    shared {a |} {document|file|folder} with you; view {the |shared |} document; open {the |} {document|attachment|
    attached} ; voicemail; voice message; new voice; missed call; {quarantined|pending|held|undelivered} {messages|
    mails|emails|incoming}; release {messages|them}; one click; regenerate; helpdesk; it {support|department|
    service|desk}; employee portal; payroll portal; bank details; direct deposit""",
    "de": """
    {bestätigen|verifizieren|aktualisieren|überprüfen} sie {ihr|ihre|ihren} {konto|daten|identität|zugang|passwort|
    bankverbindung|kontodaten|zahlungsdaten} ; passwort läuft; bankverbindung; {ihr|ihre} {konto|zugang|karte}
    {wurde|ist|wird} {gesperrt|eingeschränkt|vorübergehend}; anmelden; einloggen; mitarbeiterportal; photo{tan|tan
    app}; pushtan; tan verfahren; postfach {ist |} {voll|fast}; qr code; sprachnachricht; hier klicken; klicken sie
    {hier|auf}; freischalten; reaktivieren; verifizierung""",
    "fr": """
    {vérifiez|confirmez|mettez à jour|validez|actualisez} {votre|vos} {compte|identité|informations|données|
    coordonnées|mot de passe} ; mot de passe expire; coordonnées bancaires; {votre|votre} compte {a été|est|sera}
    {suspendu|bloqué|limité|restreint}; connectez vous; cliquez {ici|sur|ci dessous} ; identifiez vous; code qr;
    messagerie vocale; boîte {|mail} {pleine|saturée}; carte vitale; ameli; régulariser""",
    "es": """
    {verifique|confirme|actualice|valide|verifica|confirma|actualiza} {su|sus|tu|tus} {cuenta|identidad|datos|
    información|contraseña|tarjeta} ; contraseña {caduca|expira|vence}; datos bancarios; {su|tu} {cuenta|tarjeta}
    {ha sido|está|será} {suspendida|bloqueada|limitada|restringida}; limitado {|temporalmente} su; inicie sesión;
    haga clic; haz clic; pulse aquí; acceda a; código qr; buzón {|está} lleno; anular el cargo; anule el; no
    reconoce""",
    "pt": """
    {verifique|confirme|atualize|valide} {a |os |} {sua|seus|seu} {conta|identidade|dados|informações|senha|palavra
    passe} ; {senha|palavra passe} expira; dados bancários; {sua} conta {foi|está|será} {suspensa|bloqueada|
    limitada}; inicie sessão; clique {aqui|no|em} ; aceda; código qr; mbway; multibanco""",
    "it": """
    {verifica|conferma|aggiorna|verifichi|confermi|aggiorni} {il |la |i |} {tuo|tua|tuoi|suo|sua|suoi} {account|
    conto|identità|dati|password|carta} ; password scade; dati bancari; {conto|account|carta} {è stato|è stata|
    verrà} {sospeso|sospesa|bloccato|bloccata|limitato}; accedi; acceda; clicca {qui|sul} ; clicchi; codice qr; spid""",
    "nl": """
    {verifieer|bevestig|update|controleer|actualiseer} {je|uw} {account|identiteit|gegevens|wachtwoord|rekening|
    kaart} ; wachtwoord verloopt; bankgegevens; {uw|je} {account|rekening|kaart|pas} {is|wordt|werd} {geblokkeerd|
    opgeschort|beperkt}; log in; inloggen; aanmelden; klik {hier|op} ; qr code; itsme; digipass; mailbox {is |} vol""",
    "pl": """
    {zweryfikuj|potwierdź|zaktualizuj} {swoje|swój|swoją} {konto|dane|tożsamość|hasło|kartę} ; hasło wygasa; dane
    bankowe; konto {zostało|jest|zostanie} {zawieszone|zablokowane}; zaloguj się; kliknij {tutaj|w}; kod qr""",
    "tr": """
    hesabınızı {doğrulayın|onaylayın|güncelleyin} ; şifreniz; giriş yapın; tıklayın; hesabınız {askıya|kısıtlandı|
    kapatılacak}""",
}

THREAT = {
    "en": """
    {account|access|mailbox|card|service|domain|subscription|profile|password|enrolment} {|will be|has been|is|is
    about to be|was|may be|temporarily|is being} {suspended|limited|restricted|locked|deactivated|disabled|closed|
    terminated|deleted|blocked|expire|revoked}; will be {suspended|deactivated|terminated|permanently deleted|
    permanently closed|locked}; lose access; final {notice|warning|reminder}; last warning; termination; failure to
    {complete|comply|verify|confirm|act|do so}; unusual {activity|sign in|login}; suspicious {activity|sign in|
    login|transaction}; unauthorised {|transaction|login}; unauthorized {|transaction|login}; avoid {suspension|
    interruption|closure|termination|cancellation|disruption|charges|return}; within {#n|twenty four} hours; expires
    {today|in #n hours}; at your own risk; legal consequences; {parcel|package|shipment} {|is|was|has been} {held|on
    hold|returned|waiting|undeliverable}; is held; goes back; customs {charges|fee|fees|duty}; unpaid {fee|toll|
    customs|shipping}; failed delivery; pending delivery; tax refund; refund {pending|is ready|of}""",
    "de": """
    {gesperrt|eingeschränkt|deaktiviert|gelöscht} {werden|wird|worden}; wird {gesperrt|deaktiviert|gelöscht|
    zurückgeschickt}; letzte {mahnung|warnung|erinnerung|aufforderung}; ungewöhnliche aktivität; verdächtige; nach
    ablauf der frist; zollgebühr; zollgebühren; {paket|sendung} {konnte|wird|wurde} {nicht|zurückgehalten|
    angehalten}; sonst {wird|werden}; binnen #n stunden; einmalig bestätigen""",
    "fr": """
    sera {suspendu|bloqué|supprimé|désactivé|restreint}; dernier {avertissement|rappel}; activité {inhabituelle|
    suspecte}; sous #n heures; frais de douane; colis {en attente|bloqué|retenu}; amende; passé ce délai""",
    "es": """
    será {suspendida|suspendido|bloqueada|eliminada|cancelada}; último aviso; actividad {inusual|sospechosa};
    próximas #n horas; en #n horas; gastos de aduana; tasas de aduana; paquete {retenido|pendiente}; transcurrido
    ese plazo; motivos de seguridad; multa pendiente""",
    "pt": """
    será {suspensa|suspenso|bloqueada|eliminada|cancelada}; último aviso; atividade {invulgar|suspeita}; nas
    próximas #n horas; taxas alfandegárias; encomenda {retida|pendente}; motivos de segurança""",
    "it": """
    sarà {sospeso|sospesa|bloccato|bloccata|eliminato|disattivato}; ultimo avviso; attività {insolita|sospetta};
    entro #n ore; spese doganali; pacco {in attesa|bloccato|trattenuto}; motivi di sicurezza""",
    "nl": """
    wordt {opgeschort|geblokkeerd|verwijderd|gesloten}; laatste {waarschuwing|herinnering}; {ongebruikelijke|
    verdachte} activiteit; binnen #n uur; douanekosten; invoerrechten; pakket {wacht|vastgehouden|tegengehouden};
    veiligheidsredenen""",
    "pl": """
    zostanie {zawieszone|zablokowane|usunięte}; ostatnie {ostrzeżenie|wezwanie}; {nietypowa|podejrzana} aktywność; w
    ciągu #n godzin; opłata celna; dopłata; paczka {wstrzymana|oczekuje}""",
    "tr": "askıya alınacak; kapatılacak; son uyarı; şüpheli; gümrük ücreti; #n saat içinde",
}

PAYOUT = {
    "en": """
    discreet; discreetly; confidentially; get to a shop; {can t|cannot} take {calls|a call}; change of {our |}
    {account|bank|iban}; old bank; can t receive {funds|payments}; cannot receive {funds|payments}; gift {card|
    cards}; steam cards; itunes cards; google play cards; vouchers; scratch the; send me the codes; {our|new|
    updated|changed} {bank|banking} {details|account|information}; bank details {have|has} changed; {changed|
    changing|moved} {our |} bank; new {account|iban} ; updated iban; wire transfer; wire {the|today|payment}; change
    {my|of|the} {direct deposit|bank|payroll}; small {fee|charge}; pay a fee; are you {at your desk|free right now|
    available right now}; in a meeting {right now|and can t|so}; can t talk; keep this {confidential|between us|
    quiet}; don t {tell|mention|discuss}; i ll reimburse; reimburse you; quick favour; quick favor; do not {tell|
    mention|discuss}; processing fee; release fee; pay now""",
    "de": """
    geschenkkarten; gutscheinkarten; geänderte bankverbindung; neue bankverbindung; neue iban; überweisung {noch|
    heute|sofort}; vertraulich behandeln; sprechen sie {bitte |} nicht; nicht mit kollegen""",
    "fr": """
    cartes cadeaux; nouveau rib; nouvelles coordonnées bancaires; changement de rib; virement {urgent|immédiat};
    confidentiel; ne parlez""",
    "es": """
    tarjetas regalo; tarjetas de regalo; nueva cuenta bancaria; cambio de cuenta; nuevo iban; transferencia
    {urgente|inmediata}; confidencial; no lo comentes""",
    "pt": """
    cartões presente; cartões oferta; nova conta bancária; novo iban; alteração de iban; transferência urgente;
    confidencial""",
    "it": "carte regalo; nuovo iban; nuove coordinate bancarie; cambio iban; bonifico {urgente|immediato}; riservato",
    "nl": """
    cadeaukaarten; cadeaubonnen; nieuw rekeningnummer; nieuwe bankgegevens; nieuwe iban; overschrijving;
    vertrouwelijk""",
    "pl": "karty podarunkowe; nowy numer konta; zmiana konta; nowy iban; przelew {pilny|natychmiastowy}; poufne",
}

TABLES = {
    Cue.SPAM: SPAM,
    Cue.BLATANT: BLATANT,
    Cue.PITCH: PITCH,
    Cue.FRAUD: FRAUD,
    Cue.CREDENTIALS: CREDENTIALS,
    Cue.THREAT: THREAT,
    Cue.PAYOUT: PAYOUT,
}
