"""format=flowed (RFC 3676): paragraphs that the sender's client wrapped are one line again."""


def unflow(text: str, *, delete_space: bool) -> str:
    """Lines that end in a space continue on the next line of the same quote depth (§4.2-4.5)."""
    out: list[str] = []
    paragraph: list[str] = []
    depth = 0
    for line in text.replace("\r\n", "\n").split("\n"):
        quoted = line.lstrip(">")
        marks = len(line) - len(quoted)
        content = quoted[1:] if quoted[:1] == " " else quoted  # §4.4: space-stuffed
        if paragraph and marks != depth:
            out.append(_line(depth, paragraph))
            paragraph = []
        depth = marks
        flows = content.endswith(" ") and content != "-- "  # §4.3: the signature separator is never flowed
        paragraph.append(content[:-1] if flows and delete_space else content)
        if not flows:
            out.append(_line(depth, paragraph))
            paragraph = []
    if paragraph:
        out.append(_line(depth, paragraph))
    return "\n".join(out)


def _line(depth: int, pieces: list[str]) -> str:
    text = "".join(pieces)
    return f"{'>' * depth} {text}" if depth else text
