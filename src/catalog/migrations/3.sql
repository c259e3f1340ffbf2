-- What its source called an asset before it moved, or was imported anew.
ALTER TABLE asset ADD COLUMN moved_from_library BLOB;
ALTER TABLE asset ADD COLUMN moved_from_id BLOB;
CREATE INDEX asset_by_past_id ON asset(moved_from_id) WHERE moved_from_id IS NOT NULL;
CREATE INDEX version_by_claim ON version(claimed_checksum) WHERE claimed_checksum IS NOT NULL;
