"""Settings of the second opinion, a part of `infra.settings`: the model, its limits, whose mail it may see."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, Field, SecretStr

from infra import secret_files


class CrewSettings(BaseModel):
    """Without CREW_URL nothing is reviewed: no record on mail.review, and `triage crew` does not start."""

    crew_url: str = Field("", pattern=r"^(https?://[^\s/]+(/\S*)?)?$")
    """OpenAI-compatible endpoint that reviews, e.g. http://127.0.0.1:11434/v1 (Ollama); empty: no second opinion."""
    crew_model: str = "llama3.1"
    """Model that is asked, by the endpoint's own name."""
    crew_api_key: SecretStr = SecretStr("")
    """Of the endpoint, where it wants one."""
    crew_api_key_file: Path | None = None
    """A file with it instead, its first line; read when `triage crew` starts."""
    crew_accounts: str = "*"
    """Accounts whose mail may be sent to the endpoint, separated by commas; *: all."""
    crew_redact: bool = False
    """Addresses, numbers and names are replaced before a mail is sent."""
    crew_shadow: bool = False
    """Opinions are recorded on mail.reviewed and not applied."""
    crew_brief: bool = False
    """Urgent mail is summarised and an answer drafted, on mail.reviewed; one more call."""
    crew_concurrency: int = Field(16, ge=1, le=256)
    """Reviews at the same time, per process."""
    crew_timeout_s: float = Field(30.0, gt=0, le=600)
    """Longest wait for one answer of the model."""
    crew_attempts: int = Field(3, ge=1, le=10)
    """Most tries of one review, where another try can help."""
    crew_retry_s: float = Field(1.0, gt=0, le=60)
    """First pause between tries, doubled and jittered; an endpoint's Retry-After counts more."""
    crew_answer_tokens: int = Field(400, ge=50, le=8000)
    """Longest answer of one agent."""
    crew_tokens_per_minute: int = Field(0, ge=0)
    """Of one process, all accounts; 0: no bound."""
    crew_tokens_per_day: int = Field(200_000, ge=0)
    """Of one account, until midnight UTC; then its mail gets no opinion. 0: no bound."""
    crew_backlog: int = Field(1000, ge=1, le=4096)
    """Requests of one partition that are held to take the most important first."""
    crew_expire_s: float = Field(3600.0, gt=0, le=3 * 86_400)
    """Requests that waited longer get no opinion: nobody changes lanes under a person's hands hours later."""
    cache_enabled: bool = True
    """The same content, prompts and model get the same answer without a call."""
    cache_url: str = Field("", pattern=r"^(rediss?://\S+)?$")
    """redis://HOST:PORT/DB of a cache that all crew processes share; empty: each has its own, in memory."""
    cache_ttl: float = Field(86_400.0, gt=0)
    """Seconds that an answer is kept."""

    def crew_may_see(self, account: str) -> bool:
        """Whether an account's mail may be sent to the endpoint."""
        return self.crew_accounts.strip() == "*" or account in map(str.strip, self.crew_accounts.split(","))

    def crew_key(self) -> str:
        """CREW_API_KEY, or the first line of CREW_API_KEY_FILE; empty: the endpoint wants none.

        Raises:
            ConfigError: the file cannot be read, or is empty.
        """
        return secret_files.value(self.crew_api_key, "CREW_API_KEY", self.crew_api_key_file)
