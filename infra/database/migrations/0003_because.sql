-- What a verdict says of itself in short: the reasons that mattered most, and what its lane turns on.
-- Constant defaults: the table is not written anew, and a program of before may go on writing rows without them.
ALTER TABLE verdicts
    ADD COLUMN because text NOT NULL DEFAULT '',
    ADD COLUMN counterfactual jsonb;  -- {"lane", "without": rules, "text"}; null: no few reasons turn it

CREATE OR REPLACE VIEW current_verdicts AS
SELECT v.*
FROM verdicts AS v
WHERE NOT EXISTS (
    SELECT FROM verdicts AS later WHERE later.event_id = v.event_id AND later.revision > v.revision
);
