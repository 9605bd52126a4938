"""A Gmail API and Google OAuth server that behaves as the published ones do, errors included.

`python -m agents.fakes.google --port N`. State: mailbox, generated, world, tokens, quota, faults, pushes. HTTP: gmail
with methods, resources and partial (`fields`), batch, oauth, control, server. Its remote control: client.
"""
