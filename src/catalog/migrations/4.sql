-- Since when a file lies in quarantine, and when its owner last took it out of there.
ALTER TABLE path ADD COLUMN quarantined_at INTEGER;
ALTER TABLE path ADD COLUMN asked_back_at INTEGER;
