-- archived_by_lane: Mails per lane by their current verdict, all accounts, and how many of them are the account's ($1).
SELECT lane, count(*) AS mails, count(*) FILTER (WHERE account = $1) AS ours FROM current_verdicts GROUP BY lane;

-- archived_ids: Every mail of an account ($1) that is archived, once.
SELECT DISTINCT event_id FROM verdicts WHERE account = $1;
