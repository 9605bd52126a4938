"""Words that tell the kind of a mail: meetings, receipts, parcels, codes, machines, newsletters, family."""

from __future__ import annotations

from streams.triage.cues import Cue

MEETING = {
    "en": """
    meeting; meet {you|up|on|at|with|tomorrow|in|to} ; conference call; agenda; invitation; invite; appointment;
    calendar; conf call; catch up; interview; workshop; {lunch|dinner|coffee|breakfast|drinks} {on|with|at|tomorrow|
    next|thurs|wed|fri} ; reschedule; video call; dial in; schedule; available dates; slot""",
    "de": "besprechung; termin; sitzung; treffen; einladung; telefonat; meeting; kalender; agenda; tagesordnung",
    "fr": "réunion; rendez vous; rdv; invitation; ordre du jour; visio; entretien",
    "es": "reunión; cita; convocatoria; invitación; videollamada; orden del día; entrevista; quedar",
    "pt": "reunião; encontro; convite; videochamada; ordem de trabalhos; entrevista",
    "it": "riunione; appuntamento; incontro; invito; videochiamata; ordine del giorno; colloquio",
    "nl": "vergadering; afspraak; overleg; uitnodiging; bespreking; agenda",
    "pl": "spotkanie; zaproszenie; termin wizyty; rozmowa; zebranie",
    "tr": "toplantı; görüşme; davet; randevu",
}

CHANGED = {
    "en": """
    cancelled; canceled; cancellation; cancel; postponed; rescheduled; moved to; moved from; brought forward; pulled
    forward; called off; change of plan; new {time|date|room|place}; instead of; {time|date|room|plan} {has |}
    changed; swap; swapped; off tomorrow; won t {be|come|happen|take place}; not take place; will now""",
    "de": """
    abgesagt; abgesagte; verschoben; vorgezogen; verlegt; entfällt; fällt aus; terminänderung; statt {am|um|wie|des|der|dem|in|bei}; neuer {termin|
    raum}""",
    "fr": "annulé; annulée; annulation; reporté; reportée; décalé; décalée; avancé; déplacé; au lieu de; changement",
    "es": """
    cancelado; cancelada; anulado; anulada; aplazado; aplazada; se adelanta; adelantado; se retrasa; cambio de; se
    cambia; en lugar de; se pospone""",
    "pt": "cancelado; cancelada; adiado; adiada; antecipado; antecipada; mudança de; em vez de",
    "it": "annullato; annullata; rinviato; rinviata; anticipato; anticipata; spostato; spostata; cambio di; invece di",
    "nl": "geannuleerd; afgelast; uitgesteld; vervroegd; verplaatst; gaat niet door; in plaats van",
    "pl": "odwołane; odwołany; przełożone; przesunięte; przesunąć; zmiana terminu; zamiast",
    "tr": "iptal; ertelendi; öne alındı; değişti",
}

RECEIPT = {
    "en": """
    receipt; your order; order confirmation; order confirmed; booking confirmed; booking confirmation; reservation;
    confirmation number; invoice available; your {invoice|bill|statement|payslip|ticket|tickets} ; statement {|#n} ;
    payment received; payment confirmation; purchase order; paid with; total; amount paid; thank you for your
    {order|purchase|payment|booking}; placed in the portal; has been credited; payslip; direct debit""",
    "de": """
    quittung; bestellbestätigung; auftragsbestätigung; buchungsbestätigung; ihre {bestellung|rechnung|buchung|
    abrechnung} ; zahlungseingang; beleg; kontoauszug; gehaltsabrechnung; lohnabrechnung""",
    "fr": """
    reçu; confirmation de commande; votre {commande|facture|réservation|relevé} ; paiement reçu; bon de commande;
    fiche de paie""",
    "es": """
    recibo; confirmación de pedido; su {pedido|factura|reserva} ; tu {pedido|factura|reserva} ; pago recibido;
    factura disponible; ha recibido un pago; extracto; nómina; hemos recibido""",
    "pt": "recibo; confirmação de encomenda; {sua|tua} {encomenda|fatura|reserva} ; pagamento recebido; extrato",
    "it": """
    ricevuta; conferma d ordine; {tuo|suo} ordine; {tua|sua} {fattura|prenotazione} ; pagamento ricevuto; estratto
    conto""",
    "nl": """
    ontvangstbewijs; bestelbevestiging; orderbevestiging; {je|uw} {bestelling|factuur|reservering|boeking} ;
    betaling ontvangen; bon; bestelbon""",
    "pl": """
    paragon; potwierdzenie {zamówienia|rezerwacji} ; {twoje|państwa} zamówienie; faktura dostępna; otrzymaliśmy
    płatność""",
}

SHIPPING = {
    "en": """
    tracking; has shipped; {have|has been|was|been|we} {shipped|dispatched|handed}; your {parcel|package|delivery|
    shipment}; on its way; out for delivery; delivered; courier; carrier""",
    "de": "sendung; sendungsverfolgung; {ihr|dein} paket; versandt; zugestellt; unterwegs; paketdienst",
    "fr": "votre colis; expédié; expédiée; suivi; livraison; livré",
    "es": "su paquete; tu paquete; enviado; envío; seguimiento; en camino; entregado",
    "pt": "encomenda enviada; rastreio; entregue; a caminho",
    "it": "spedito; spedizione; tracciamento; consegnato; in consegna",
    "nl": "pakket; verzonden; bezorgd; onderweg; track trace; levering",
    "pl": "paczka; przesyłka; wysłane; doręczona; śledzenie",
}

CODE = {
    "en": """
    {verification|security|login|sign in|access|one time|confirmation|authentication} {code|password|passcode|pin};
    your code; code is; otp; passcode; expires in #n minutes; valid for #n minutes; never share this; do not share
    this""",
    "de": "bestätigungscode; sicherheitscode; verifizierungscode; einmalpasswort; tan; ihr code; dein code",
    "fr": "code de {vérification|sécurité|connexion|confirmation}; votre code; mot de passe à usage unique",
    "es": "código de {verificación|seguridad|acceso|confirmación|un solo uso}; tu código; su código",
    "pt": "código de {verificação|segurança|acesso|confirmação}; o seu código",
    "it": "codice di {verifica|sicurezza|accesso|conferma}; il tuo codice",
    "nl": "verificatiecode; beveiligingscode; {je|uw} code; inlogcode; toegangscode",
    "pl": "kod {weryfikacyjny|dostępu|bezpieczeństwa|jednorazowy}; twój kod",
}

ACCOUNT = {
    "en": """
    your account; new sign in; signed in; your password; password {was |has been |} changed; your subscription; your
    plan; your settings; your {website|domain|certificate|hosting} ; terms of service; privacy notice; scheduled
    maintenance; maintenance window; maintenance; service announcement; goes live; new version; release notes;
    released; version #n; weekly summary; usage report; you get this because; you are receiving this because;
    automatic message; automated message; do not reply to this; this mailbox is not""",
    "de": """
    ihr konto; dein konto; neue anmeldung; passwort {wurde |} geändert; wartungsarbeiten; wartungsfenster;
    automatische nachricht; nicht auf diese""",
    "fr": "votre compte; nouvelle connexion; mot de passe {a été |} modifié; maintenance; message automatique",
    "es": """
    su cuenta; tu cuenta; nuevo inicio de sesión; contraseña {ha sido |} cambiada; mantenimiento; mensaje automático""",
    "pt": "{sua|tua} conta; novo início de sessão; manutenção; mensagem automática",
    "it": "{tuo|suo} account; nuovo accesso; manutenzione; messaggio automatico",
    "nl": "{je|uw} account; nieuwe aanmelding; onderhoud; automatisch bericht; wachtwoord gewijzigd",
    "pl": "{twoje|państwa} konto; nowe logowanie; konserwacja; wiadomość automatyczna",
}

MACHINE = {
    "en": """
    build {failed|passed|succeeded|is}; pipeline; pull request; merge request; workflow; workflows; commit;
    commented on; mentioned you; assigned to; changed the assignee; merged; issue #n; ticket; nightly; cron; alert;
    alerts; incident; monitor; check passed; host; uptime; threshold; backup completed; report generated; reply
    above this line; {review requested|requested your review|requested changes}; your review on; files changed;
    assigned you; {you were|you have been|you ve been} {assigned|mentioned|added}; left a comment; approved your;
    replied to your comment; shared {a|the} {document|file|folder}; task {is |}{assigned|due|overdue}; awaits your""",
    "de": """
    alarm; meldung; vorfall; ticket; schwellwert; kommentar; hat {dich|sie} {erwähnt|zugewiesen|eingeladen}; ihnen
    zugewiesen; dir zugewiesen; aufgabe; überwachung; schwellenwert; freigabe angefordert; pipeline fehlgeschlagen""",
    "fr": """
    alerte; alarme; ticket; seuil; vous a {mentionné|mentionnée|assigné|assignée|invité}; t a {mentionné|assigné};
    commentaire; tâche; supervision; incident; relecture demandée; en attente de votre""",
    "es": """
    alerta; alarma; incidencia; umbral; te ha {mencionado|asignado|invitado}; le ha {mencionado|asignado|invitado};
    comentario; tarea; incidente; monitorización; revisión solicitada; pendiente de su; pendiente de tu""",
    "pt": """
    alerta; alarme; incidente; mencionou {te|o|a}; atribuiu {te|lhe}; foi {te |lhe |}atribuída; comentário; tarefa;
    monitorização; limiar; revisão pedida""",
    "it": """
    allarme; avviso; ticket; soglia; ti ha {menzionato|assegnato|invitato}; le ha {assegnato|inviato}; commento;
    attività assegnata; incidente; monitoraggio; revisione richiesta; in attesa della tua""",
    "nl": """
    alarm; melding; ticket; drempel; heeft {je|u} {vermeld|toegewezen|uitgenodigd}; toegewezen aan; opmerking; taak;
    incident; monitoring; review gevraagd; wacht op {jouw|uw}""",
    "pl": """
    alarm; zgłoszenie; próg; {wspomniał|oznaczył|przypisał|zaprosił} {cię|ciebie}; przypisano; komentarz; zadanie;
    incydent; monitoring; alert; prośba o recenzję; czeka na twoją""",
}

AWAY = {
    "en": """
    out of {the |} office; automatic reply; auto reply; autoreply; on {annual |parental |maternity |sick |} leave;
    on holiday until; on vacation; limited access to email; undelivered; undeliverable; delivery status; could not
    be delivered; returned to sender; mail delivery; accepted; declined; tentative; will not be reading""",
    "de": """
    abwesenheit; abwesenheitsnotiz; nicht im büro; im urlaub; automatische antwort; unzustellbar; zugesagt;
    abgelehnt""",
    "fr": "absence du bureau; absent; absente; réponse automatique; en congé; accepté; refusé",
    "es": "fuera de la oficina; respuesta automática; de vacaciones; ausente; aceptado; rechazado",
    "pt": "fora do escritório; resposta automática; de férias; ausente; aceite",
    "it": "fuori ufficio; risposta automatica; in ferie; assente; accettato",
    "nl": "afwezig; afwezigheid; automatisch antwoord; met verlof; niet op kantoor; geaccepteerd",
    "pl": "poza biurem; odpowiedź automatyczna; na urlopie; nieobecny",
    "tr": "ofis dışında; izindeyim; otomatik yanıt",
}

UNSUBSCRIBE = {
    "en": """
    unsubscribe; unsubscribing; opt out; opt in; optout; remove {me|yourself|your address|your email|your name|from}
    ; to be removed; manage {your |} {preferences|subscription|subscriptions}; email preferences; no longer wish to
    receive; stop {these|receiving|reminders|getting} ; leave this list; mailing list; you subscribed; you are subscribed; you re subscribed; account preferences; your subscription preferences; change your {subscription|preferences} ; you re receiving; you are receiving; view in browser; view this email; click here to; removal; if
    you received this {|message|email} in error; delete alert; no more {invitations|mails|emails}; update your
    profile; you received this {|email|message|mail} because""",
    "de": """
    abmelden; abbestellen; newsletter abbestellen; austragen; im browser {ansehen|anzeigen}; keine weiteren e mails""",
    "fr": """
    se désabonner; désabonner; désinscrire; désinscription; se désinscrire; voir dans {le|votre} navigateur; ne plus
    recevoir""",
    "es": """
    darse de baja; dar de baja; date de baja; cancelar suscripción; baja; en el navegador; no desea recibir; dejar
    de recibir; suscripción""",
    "pt": """
    cancelar {a |} subscrição; anular {a |} subscrição; remover; ver no navegador; deixar de receber; descadastrar""",
    "it": "disiscriviti; cancellarsi; annulla {l |} iscrizione; disiscrizione; nel browser; non ricevere più",
    "nl": "uitschrijven; afmelden; in {je|uw} browser; geen mails meer",
    "pl": "wypisz się; wypisać; rezygnacja z subskrypcji; zrezygnować",
    "tr": "abonelikten {çık|ayrıl}; listeden çık",
}

NEWSLETTER = {
    "en": """
    newsletter; weekly; issue #n; digest; in this issue; this week s; this week in; what s new; top stories;
    headlines; edition; monthly; volume #n; sponsored by; advertisement; sponsor; subscribers; read more; full
    story; webinar; call for {papers|talks|proposals}; conference; highlights; roundup; round up; round-up; latest
    news; editor; bulletin; what shipped; survey; feedback""",
    "de": "newsletter; ausgabe; rundbrief; wochenrückblick; in dieser ausgabe; monatlich; umfrage; webinar",
    "fr": "infolettre; lettre d information; newsletter; édition; à la une; numéro #n; sondage; webinaire",
    "es": "boletín; newsletter; edición; novedades; en este número; encuesta; seminario web; agenda de",
    "pt": "boletim; newsletter; edição; novidades; inquérito",
    "it": "newsletter; bollettino; edizione; novità; sondaggio",
    "nl": "nieuwsbrief; editie; nieuws; enquête; bevraging",
    "pl": "newsletter; biuletyn; wydanie; nowości; ankieta",
    "tr": "bülten; haber bülteni",
}

MARKETING = {
    "en": """
    #n off; off your; discount; discounts; sale; sales end; coupon; promo; promo code; special offer; limited time;
    limited offer; offer ends; early bird; {save|saving} {up to |} {#n|big|now|money|today} ; {order|buy|shop|book|
    register|subscribe|upgrade|switch|sign up|donate|enroll|enrol} {now|today|here|before|yours|yourself} ; free
    shipping; free trial; free sample; free gift; best deal; deals; deal; bargain; exclusive; gift card for; win a;
    win one; last {chance|call|few|seats|places} ; don t miss; only #n {left|seats|places|hours|days} ; hours left;
    ends {tonight|today|soon|at midnight|sunday|friday}; tick tock; from only; starting at; black friday; cyber
    monday; seats left; places left; your cart; back in stock; get #n; bonus; reward; rewards; points; loyalty;
    fares; every gift; your {donation|gift|support} ; donate; will be doubled; grab; hurry; act now; don t wait; per
    seat; price goes up; introductory""",
    "de": """
    rabatt; rabatte; aktion; angebot; angebote; sonderangebot; gutschein; sparen sie; jetzt {bestellen|kaufen|
    buchen|sichern|anmelden|zugreifen}; nur {noch |} heute; schnäppchen; kostenlos testen; frühbucher; nur solange;
    spenden; prozent auf""",
    "fr": """
    promotion; promo; soldes; remise; offre; offres; offre spéciale; code promo; profitez; commandez; réservez;
    dernière chance; plus que; livraison gratuite; essai gratuit; bon plan; faites un don""",
    "es": """
    descuento; descuentos; oferta; ofertas; rebajas; promoción; cupón; aprovecha; compra ya; compra ahora; reserva
    ya; última oportunidad; últimas plazas; solo hoy; envío gratis; prueba gratuita; gratis; dona; donativo""",
    "pt": """
    desconto; descontos; oferta; ofertas; saldos; promoção; cupão; aproveite; compre já; última oportunidade; só
    hoje; portes grátis; grátis""",
    "it": """
    sconto; sconti; offerta; offerte; saldi; promozione; coupon; approfitta; acquista ora; ultima occasione; solo
    oggi; spedizione gratuita; prova gratuita; gratis""",
    "nl": """
    korting; kortingen; aanbieding; aanbiedingen; actie; uitverkoop; kortingscode; bestel nu; koop nu; laatste kans;
    alleen vandaag; gratis verzending; gratis""",
    "pl": """
    rabat; zniżka; zniżki; promocja; oferta; wyprzedaż; kupon; kup teraz; ostatnia szansa; tylko dziś; darmowa
    dostawa; gratis""",
    "tr": "indirim; kampanya; fırsat; kupon; hemen al; son şans",
}

PERSONAL = {
    "en": """
    love; xx; xxx; kisses; hugs; mum; mom; dad; grandma; granny; grandpa; my {wife|husband|son|daughter|sister|
    brother|mother|father|kids|boyfriend|girlfriend|partner|mum|dad} ; our {kids|son|daughter|holiday} ; birthday;
    wedding; party; holiday; holidays; weekend; book club; dinner at; miss you; see you {soon|saturday|sunday} ; the
    kids; family; baby; beer; pub; school run; the house; garden; recipe; training; match; team mates; parents;
    flat; landlord; tenant; boiler; funeral; christmas""",
    "de": """
    liebe grüße; lg; bussi; kuss; mama; papa; oma; opa; meine {frau|tochter|schwester|mutter} ; mein {mann|sohn|
    bruder|vater} ; geburtstag; hochzeit; urlaub; familie; eltern; kinder; fußball; auswärtsspiel; wohnung;
    weihnachten; moin liebe""",
    "fr": """
    bisous; bises; je t embrasse; maman; papa; mamie; papi; ma {femme|fille|sœur|mère} ; mon {mari|fils|frère|père}
    ; anniversaire; mariage; vacances; famille; parents; enfants; noël""",
    "es": """
    besos; un beso; abrazo; un abrazo; mamá; papá; abuela; abuelo; aita; ama; mi {mujer|marido|hijo|hija|hermana|
    hermano|madre|padre} ; cumpleaños; boda; vacaciones; familia; niños; piso; inquilino; caldera; muxu; navidad""",
    "pt": """
    beijinhos; beijos; abraço; mãe; pai; avó; avô; aniversário; casamento; férias; família; filhos; apartamento;
    natal""",
    "it": """
    baci; un bacio; un abbraccio; mamma; papà; nonna; nonno; compleanno; matrimonio; vacanze; famiglia; figli;
    appartamento; natale""",
    "nl": """
    kusjes; groetjes; mama; papa; oma; opa; mijn {vrouw|man|zoon|dochter|zus|broer} ; verjaardag; huwelijk;
    vakantie; familie; kinderen; klas; juf; kerst""",
    "pl": "buziaki; całuję; mama; tata; babcia; dziadek; urodziny; ślub; wakacje; rodzina; dzieci; święta",
    "tr": "öpüyorum; anne; baba; doğum günü; düğün; tatil; aile; çocuklar",
}

CHAIN = {
    "en": """
    forward this {|to|email|message|mail} ; pass {this|it} on; send this to; {#n|ten|seven|five} {friends|people} ;
    joke; jokes; funny; chain letter; bad luck; lol; haha; hilarious; humor; humour; ever wonder; a man walks; why
    did the; dirty jokes; fwd fwd; fw fw""",
    "de": "leite {das|dies|diese} weiter; witz; witze; kettenbrief",
    "fr": "fais suivre; faites suivre; blague; blagues",
    "es": "reenvía; reenvíalo; chiste; chistes; cadena",
    "pt": "reencaminha; piada; piadas; corrente",
    "it": "inoltra a; barzelletta; barzellette; catena",
    "nl": "stuur dit door; mop; moppen; kettingbrief",
    "pl": "prześlij {to |}dalej; żart; żarty; dowcip; dowcipy; łańcuszek",
}

TABLES = {
    Cue.MEETING: MEETING,
    Cue.CHANGED: CHANGED,
    Cue.RECEIPT: RECEIPT,
    Cue.SHIPPING: SHIPPING,
    Cue.CODE: CODE,
    Cue.ACCOUNT: ACCOUNT,
    Cue.MACHINE: MACHINE,
    Cue.AWAY: AWAY,
    Cue.UNSUBSCRIBE: UNSUBSCRIBE,
    Cue.NEWSLETTER: NEWSLETTER,
    Cue.MARKETING: MARKETING,
    Cue.PERSONAL: PERSONAL,
    Cue.CHAIN: CHAIN,
}
