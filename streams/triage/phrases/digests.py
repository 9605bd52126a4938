"""What programs send to be looked at some day: summaries of a week, new entries of a search, wishes to be rated."""

from __future__ import annotations

from streams.triage.cues import Cue

DIGEST = {
    "en": """
    digest; {daily|weekly|monthly} {digest|summary|recap|report|roundup|update|activity|job}; {summary|recap|overview} of
    {your|the|this|last} {day|week|month|year}; your {day|week|month|year} {in|at|with|on}; weekly activity; activity
    report; here s {how your|what you missed|your week}; what you missed; job {alert|alerts}; new jobs {for|match};
    saved search; your search; matching your {search|alert}; new {topics|posts|followers|listings|items|suggestions};
    {viewed|visited} your profile; your profile got; {people|someone} you may know; pending invitations;
    {started following|people like} you; memories from; your memories; rate {your|us|our|the}; review your {stay|visit|purchase|trip}; rate it; how was
    your; leave {a|us a} review; left something in your {basket|cart|bag}; your {basket|cart|wishlist|watchlist};
    on your {wishlist|watchlist}; price {drop|alert}; prices dropped; complete your profile; {change|adjust} {how often|the
    frequency}; edit alert; stop alert; steps {this|in}; personal best; your streak; keep {it|your streak} going""",
    "de": """
    {tages|wochen|monats} {bericht|übersicht|rückblick}; tagesbericht; wochenbericht; monatsbericht; wochenübersicht;
    wochenrückblick; monatsrückblick; jahresrückblick; tageszusammenfassung; wochenzusammenfassung; deine woche; ihre woche;
    dein {monat|jahr}; ihr {monat|jahr} {in|im|bei|mit}; zusammenfassung {ihrer|deiner|der|vom}; auf einen blick; neue
    {stellen|inserate|anzeigen|beiträge|vorschläge|treffer|follower|angebote für}; suchauftrag; gespeicherte suche;
    {deiner|ihrer} suche; passende stellen; jobs für; merkliste; wunschliste; profil {angesehen|besucht|vervollständigen}; {bewerten|bewerte|beurteilen} {sie|ihren|ihre|deine|deinen|uns|jetzt}; wie war {ihr|dein|ihre|deine};
    ihre meinung; deine meinung; im warenkorb; häufigkeit {dieser|der}; monatsziel; tagesziel; abzeichen""",
    "fr": """
    {récapitulatif|résumé|bilan|rapport} {hebdomadaire|quotidien|mensuel|de la semaine|du jour|du mois|de votre}; votre
    {semaine|mois|année} {en|sur|avec|chez}; nouvelles {annonces|publications|offres d emploi|suggestions}; nouveaux
    {abonnés|sujets|messages du}; votre recherche; recherche enregistrée; alerte emploi; {consulté|vu|visité} votre profil;
    compléter votre profil; vos souvenirs; {évaluez|notez} {votre|nous|le|la}; donnez votre avis; votre avis;
    comment s est {passé|passée}; dans votre panier; liste de souhaits; fréquence de ces; fréquence des; a aimé votre; vos
    pas; gérer mes notifications""",
    "es": """
    resumen {diario|semanal|mensual|de la semana|del día|del mes|de tu|de su}; tu {semana|mes|año} {en|con}; su {semana|mes|año}
    en; {nuevos|nuevas} {anuncios|publicaciones|ofertas de empleo|seguidores|sugerencias|temas}; búsqueda guardada; tu
    búsqueda; su búsqueda; alerta de empleo; {visto|visitado} tu perfil; completa tu perfil; tus recuerdos;
    {valora|valore|califica|evalúa} {tu|su|nuestro|la|el}; tu opinión; su opinión; qué tal {tu|fue|estuvo}; en tu
    {carrito|cesta}; lista de deseos; frecuencia de estos; desactivar alerta; te echan de menos; tus pasos; vuelve hoy""",
    "pt": """
    resumo {diário|semanal|mensal|da semana|do dia|do mês|do seu|da sua|do fórum|do grupo}; {sua|tua} semana {em|no|na|com};
    {seu|teu} {mês|ano} em; {novos|novas} {anúncios|publicações|vagas|seguidores|sugestões|tópicos}; pesquisa guardada; busca
    salva; vagas da semana; alerta de {emprego|vagas}; {viu|visitou} o {seu|teu} perfil; complete o {seu|teu} perfil; suas
    memórias; {avalie|avalia|classifique} {a|o|sua|seu|tua|teu}; sua opinião; como foi {a|o|sua|seu}; no {seu|teu} carrinho;
    lista de desejos; frequência {deste|destes|dos}; alterar alertas; seus passos; metas esta semana""",
    "it": """
    {riepilogo|resoconto|riassunto} {settimanale|giornaliero|mensile|della settimana|del giorno|del mese|di}; la tua
    settimana; il tuo {mese|anno|riepilogo}; {nuovi|nuove} {annunci|offerte di lavoro|follower|post|discussioni|suggerimenti};
    ricerca salvata; la tua ricerca; avviso di lavoro; {visto|visitato} il tuo profilo; completa il tuo profilo; i tuoi
    ricordi; {valuta|recensisci} {il|la|il tuo|la tua}; lascia una recensione; la tua opinione; com è {andata|andato}; nel tuo
    carrello; lista dei desideri; frequenza di queste; modifica avviso; i tuoi passi""",
    "nl": """
    {dagelijkse|wekelijkse|maandelijkse} {samenvatting|update|digest|overzicht}; weekoverzicht; dagoverzicht; maandoverzicht;
    {jouw|je|uw} week {in|bij|met}; {jouw|je|uw} {maand|jaar} in; nieuwe {vacatures|woningen|advertenties|berichten in|volgers|
    suggesties}; opgeslagen zoekopdracht; zoekopdracht; zoekgebied; {je|jouw|uw} profiel {bekeken|aanvullen};
    herinneringen van; {beoordeel|beoordeelt} {je|uw|ons|de|het}; laat een review; {jouw|je|uw} mening; hoe was {je|uw}; in
    {je|uw} winkelwagen; verlanglijst; hoe vaak je; zoekopdracht aanpassen""",
    "pl": """
    {podsumowanie|raport|przegląd} {dnia|tygodnia|miesiąca|roku|tygodniowy|tygodniowe|dzienny|dzienne|miesięczny|miesięczne|
    twojego|twoich}; {tygodniowe|dzienne|miesięczne|codzienne} {podsumowanie|zestawienie}; tygodniowy raport; twój {tydzień|
    miesiąc|rok} {z|w|na}; nowe {oferty pracy|ogłoszenia|posty|propozycje|oferty dla}; nowych {postów|ofert|ogłoszeń|
    obserwujących}; zapisane wyszukiwanie; twoje wyszukiwanie; oferty pracy; {oglądał|odwiedził} twój profil; uzupełnij profil;
    wspomnienia; {oceń|oceniaj} {swój|swoją|swoje|nas|zakup|wizytę}; zostaw opinię; twoja opinia; {jak się sprawuje|jak
    oceniasz}; w twoim koszyku; w koszyku; lista życzeń; częstotliwość {tych|wiadomości}; wyłączyć te wiadomości; seria dni;
    zaproszenia do grona""",
}

TABLES = {Cue.DIGEST: DIGEST}
