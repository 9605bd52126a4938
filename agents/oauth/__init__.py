"""Access to mailboxes by OAuth 2.0 (RFC 6749): tokens that stay alive, kept encrypted.

tokens = access_tokens(settings, account)
token = await tokens.token()      # raises AuthFailed, ProviderTransient
tokens.refused(token)             # after a 401
"""

from agents.oauth.token import AccessToken, StoredToken
from agents.oauth.tokens import AccessTokens, access_tokens

__all__ = ["AccessToken", "AccessTokens", "StoredToken", "access_tokens"]
