-- Every verdict that reached a lane: one row per mail (event_id) and revision.
-- Ids compare bytewise (COLLATE "C"), so that the prefix of an id is found by the primary key.
CREATE TABLE verdicts (
    event_id         text COLLATE "C" NOT NULL,
    revision         integer NOT NULL CHECK (revision >= 0),
    account          text NOT NULL,
    sender_address   text NOT NULL,
    sender_name      text NOT NULL,
    subject          text NOT NULL,
    mail_date        timestamptz,           -- the mail's own Date header: the sender's claim
    received_at      timestamptz NOT NULL,  -- when ingest found the mail
    snippet          text NOT NULL,
    message_id       text NOT NULL,
    thread_id        text NOT NULL,
    attachments      integer NOT NULL,
    size             bigint NOT NULL,       -- bytes at the provider
    flags            text[] NOT NULL,
    priority         smallint NOT NULL CHECK (priority BETWEEN 0 AND 10),
    lane             text NOT NULL,
    category         text NOT NULL,
    needs_reply      boolean NOT NULL,
    confidence       double precision NOT NULL CHECK (confidence BETWEEN 0 AND 1),
    reasons          jsonb NOT NULL,
    facts            jsonb NOT NULL,
    policy_version   text NOT NULL,
    model_version    text NOT NULL,
    origin_topic     text NOT NULL,         -- the mail itself, on mail.received
    origin_partition integer NOT NULL,
    origin_offset    bigint NOT NULL,
    location         text NOT NULL,         -- where the provider keeps it
    lane_topic       text NOT NULL,         -- the lane record that this row was made from
    lane_partition   integer NOT NULL,
    lane_offset      bigint NOT NULL,
    lane_timestamp   timestamptz NOT NULL,  -- the broker's clock
    archived_at      timestamptz NOT NULL DEFAULT now(),  -- first time; a later duplicate leaves it alone
    PRIMARY KEY (event_id, revision)
);

CREATE INDEX verdicts_account_time ON verdicts (account, received_at DESC);
CREATE INDEX verdicts_lane_time ON verdicts (lane, received_at DESC);
CREATE INDEX verdicts_sender ON verdicts (account, sender_address, received_at DESC);
CREATE INDEX verdicts_thread ON verdicts (account, thread_id, received_at DESC);

-- The verdict that counts for each mail. A row without a later revision, so that every index above serves the view too.
CREATE VIEW current_verdicts AS
SELECT v.*
FROM verdicts AS v
WHERE NOT EXISTS (
    SELECT FROM verdicts AS later WHERE later.event_id = v.event_id AND later.revision > v.revision
);
