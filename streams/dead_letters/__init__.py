"""Dead letters after the fact: what is on `mail.dead`, what was done about each, putting them back, giving them up.

Nothing here runs by itself: `mail.dead` has no reader but people."""
