"""Cues of languages that put no space between words: found as they stand, and only in texts that have such letters."""

from __future__ import annotations

import re

from streams.triage.cues import Cue

_LETTERS = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]")
_PATTERNS = {
    Cue.ASK: re.compile(
        r"お願い|ください|下さい|いただけ|ご確認|ご返信|ご連絡|教えて|请你|请您|請您|请回复|请确认|麻烦|能否|부탁|주세요|주시기|해 주"
    ),
    Cue.YOU: re.compile(r"様|さん|您|你|님"),
    Cue.NOW: re.compile(r"至急|大至急|直ちに|すぐに|今すぐ|立即|马上|馬上|尽快|즉시|지금|바로"),
    Cue.URGENT: re.compile(r"緊急|重要|紧急|긴급|중요"),
    Cue.SOON: re.compile(r"本日|今日|明日|明日中|今夜|今天|明天|今晚|오늘|내일"),
    Cue.DEADLINE: re.compile(r"までに|締切|期限|期日|截止|之前|마감|까지"),
    Cue.DANGER: re.compile(r"事故|火災|怪我|救急|病院|火灾|受伤|医院|사고|화재|부상|병원"),
    Cue.OUTAGE: re.compile(r"障害|停止|故障|宕机|장애|고장"),
    Cue.MEETING: re.compile(r"会議|打ち合わせ|会议|회의"),
    Cue.THANKS: re.compile(r"ありがとうござい|谢谢|感谢|감사합니다"),
    Cue.UNSUBSCRIBE: re.compile(r"配信停止|退订|수신거부"),
    Cue.CREDENTIALS: re.compile(r"パスワード|アカウントを確認|ログイン|密码|登录|验证|비밀번호|로그인"),
    Cue.THREAT: re.compile(r"アカウントが停止|利用制限|冻结|정지"),
}
_READ = 4_000


def scan_ideographs(text: str) -> dict[Cue, int]:
    """How often each cue occurs in the first characters of a text without spaces; nothing for other scripts."""
    if text.isascii() or not _LETTERS.search(text, 0, _READ):
        return {}
    head = text[:_READ]
    counts: dict[Cue, int] = {cue: len(pattern.findall(head)) for cue, pattern in _PATTERNS.items()}
    return {cue: count for cue, count in counts.items() if count}
