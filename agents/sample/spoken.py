"""How a day is said in a mail, by language (Content-Language, RFC 3282): weekday and month names for ten languages."""

from __future__ import annotations

from datetime import datetime

_LANGUAGES = {
    # language: pattern, seven weekdays from Monday, twelve months
    "en": (
        "{weekday} {day} {month}",
        "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
        "January February March April May June July August September October November December",
    ),
    "de": (
        "{weekday}, {day}. {month}",
        "Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag",
        "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    ),
    "fr": (
        "{weekday} {day} {month}",
        "lundi mardi mercredi jeudi vendredi samedi dimanche",
        "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    ),
    "es": (
        "{weekday} {day} de {month}",
        "lunes martes miércoles jueves viernes sábado domingo",
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    ),
    "pt": (
        "{weekday}, {day} de {month}",
        "segunda-feira terça-feira quarta-feira quinta-feira sexta-feira sábado domingo",
        "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    ),
    "it": (
        "{weekday} {day} {month}",
        "lunedì martedì mercoledì giovedì venerdì sabato domenica",
        "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    ),
    "nl": (
        "{weekday} {day} {month}",
        "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag",
        "januari februari maart april mei juni juli augustus september oktober november december",
    ),
    "pl": (
        "{weekday}, {day} {month}",
        "poniedziałek wtorek środa czwartek piątek sobota niedziela",
        "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia",
    ),
    "ja": ("{month}{day}日({weekday})", "月 火 水 木 金 土 日", "1月 2月 3月 4月 5月 6月 7月 8月 9月 10月 11月 12月"),
    "zh": ("{month}{day}日", "一 二 三 四 五 六 日", "1月 2月 3月 4月 5月 6月 7月 8月 9月 10月 11月 12月"),
}


def spoken_day(moment: datetime, language: str) -> str:
    """The day of `moment` as a person would write it, e.g. "Donnerstag, 26. November". KeyError: unknown language."""
    pattern, weekdays, months = _LANGUAGES[language]
    return pattern.format(
        weekday=weekdays.split()[moment.weekday()], day=moment.day, month=months.split()[moment.month - 1]
    )
