-- What an asset's source itself says of it, as JSON (photo/asset.h).
ALTER TABLE asset ADD COLUMN record TEXT;
