CREATE TABLE source(
  id INTEGER PRIMARY KEY,
  uid BLOB NOT NULL UNIQUE,              -- the 128-bit id of the configuration
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  ignored INTEGER NOT NULL DEFAULT 0,    -- files there that are no photos, at the last scan
  last_success INTEGER
) STRICT;
CREATE TABLE source_memory(
  source INTEGER NOT NULL REFERENCES source(id) ON DELETE CASCADE,
  key BLOB NOT NULL,
  value BLOB NOT NULL,
  PRIMARY KEY(source, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE asset(
  id INTEGER PRIMARY KEY,
  source INTEGER NOT NULL REFERENCES source(id) ON DELETE CASCADE,
  library BLOB NOT NULL,
  source_id BLOB NOT NULL,
  name BLOB NOT NULL,
  kind TEXT NOT NULL,
  taken TEXT,                            -- RFC 3339, see base/time.h
  taken_zone TEXT,
  taken_from TEXT,
  latitude REAL,
  longitude REAL,
  camera TEXT,
  burst TEXT,
  title TEXT,
  caption TEXT,
  rating INTEGER,
  keywords TEXT,                         -- JSON lists; NULL when empty
  people TEXT,
  albums TEXT,
  aliases TEXT,
  warnings TEXT,
  favorite INTEGER NOT NULL,
  hidden INTEGER NOT NULL,
  trashed INTEGER NOT NULL,
  shelf TEXT NOT NULL,
  gone_at INTEGER, record TEXT, moved_from_library BLOB, moved_from_id BLOB,
  UNIQUE(source, library, source_id)
) STRICT;
CREATE INDEX asset_by_name ON asset(name);
CREATE INDEX asset_by_id ON asset(source_id);
CREATE INDEX asset_of_source ON asset(source, gone_at);
CREATE TABLE rendition(
  id INTEGER PRIMARY KEY,
  asset INTEGER NOT NULL REFERENCES asset(id) ON DELETE CASCADE,
  role TEXT NOT NULL,
  key BLOB NOT NULL,
  name BLOB NOT NULL,
  present INTEGER NOT NULL,
  UNIQUE(asset, key)
) STRICT;
CREATE INDEX rendition_by_key ON rendition(key);
CREATE INDEX rendition_by_name ON rendition(name);
CREATE TABLE content(
  id INTEGER PRIMARY KEY,
  sha256 BLOB NOT NULL UNIQUE,
  size INTEGER NOT NULL
) STRICT;
CREATE TABLE version(
  id INTEGER PRIMARY KEY,
  rendition INTEGER NOT NULL REFERENCES rendition(id) ON DELETE CASCADE,
  seq INTEGER NOT NULL,
  source_version TEXT NOT NULL,
  apple_checksum BLOB,                   -- of the bytes; until they were read, the claim
  claimed_checksum BLOB,                 -- what the source's library remembers
  size INTEGER NOT NULL,
  modified INTEGER,
  content INTEGER REFERENCES content(id),
  first_seen INTEGER NOT NULL,
  superseded_at INTEGER,
  unavailable TEXT,
  UNIQUE(rendition, seq)
) STRICT;
CREATE INDEX version_superseded ON version(superseded_at) WHERE superseded_at IS NOT NULL;
CREATE INDEX version_by_content ON version(content) WHERE content IS NOT NULL;
CREATE TABLE destination(
  id INTEGER PRIMARY KEY,
  uid BLOB NOT NULL UNIQUE,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  rules TEXT NOT NULL DEFAULT '',        -- what it excludes and which sources it takes, as last planned
  fingerprint BLOB,                      -- how it looked when it was last left, where it can tell
  last_success INTEGER,
  last_verified INTEGER
) STRICT;
CREATE TABLE holding(
  destination INTEGER NOT NULL REFERENCES destination(id) ON DELETE CASCADE,
  content INTEGER NOT NULL REFERENCES content(id),
  stored_at INTEGER NOT NULL,
  verified_at INTEGER,
  PRIMARY KEY(destination, content)
) STRICT, WITHOUT ROWID;
CREATE TABLE naming(
  destination INTEGER NOT NULL REFERENCES destination(id) ON DELETE CASCADE,
  asset INTEGER NOT NULL REFERENCES asset(id) ON DELETE CASCADE,
  folder TEXT NOT NULL,
  stem TEXT NOT NULL,
  month TEXT NOT NULL,
  described BLOB,
  PRIMARY KEY(destination, asset)
) STRICT, WITHOUT ROWID;
CREATE INDEX naming_of_asset ON naming(asset);
CREATE TABLE path(
  destination INTEGER NOT NULL REFERENCES destination(id) ON DELETE CASCADE,
  path TEXT NOT NULL,
  folded TEXT NOT NULL,                  -- NFC, case-folded: no two places may be equal in it
  rendition INTEGER NOT NULL REFERENCES rendition(id) ON DELETE CASCADE,
  version INTEGER REFERENCES version(id) ON DELETE SET NULL,
  file_time INTEGER NOT NULL DEFAULT 0,
  stored_at INTEGER,
  verified_at INTEGER,
  damaged INTEGER NOT NULL DEFAULT 0, quarantined_at INTEGER, asked_back_at INTEGER,
  PRIMARY KEY(destination, path),
  UNIQUE(destination, folded)
) STRICT, WITHOUT ROWID;
CREATE INDEX path_of_rendition ON path(rendition, destination);
CREATE INDEX path_kept ON path(destination, damaged) WHERE version IS NOT NULL;
CREATE INDEX path_of_version ON path(version, destination) WHERE version IS NOT NULL;
CREATE TABLE owed(
  destination INTEGER NOT NULL REFERENCES destination(id) ON DELETE CASCADE,
  asset INTEGER NOT NULL REFERENCES asset(id) ON DELETE CASCADE,
  PRIMARY KEY(destination, asset)
) STRICT, WITHOUT ROWID;
CREATE INDEX owed_by_asset ON owed(asset);
CREATE TABLE owed_album(
  destination INTEGER NOT NULL REFERENCES destination(id) ON DELETE CASCADE,
  album TEXT NOT NULL,
  PRIMARY KEY(destination, album)
) STRICT, WITHOUT ROWID;
CREATE TABLE album_member(
  album TEXT NOT NULL,
  asset INTEGER NOT NULL REFERENCES asset(id) ON DELETE CASCADE,
  PRIMARY KEY(album, asset)
) STRICT, WITHOUT ROWID;
CREATE INDEX album_of_asset ON album_member(asset);
CREATE TABLE outcome(
  destination INTEGER NOT NULL REFERENCES destination(id) ON DELETE CASCADE,
  version INTEGER NOT NULL REFERENCES version(id) ON DELETE CASCADE,
  state TEXT NOT NULL CHECK(state IN ('pending', 'failed', 'excluded')),
  cause TEXT NOT NULL,
  message TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  PRIMARY KEY(destination, version)
) STRICT, WITHOUT ROWID;
CREATE INDEX outcome_of_version ON outcome(version);
CREATE TABLE run(
  id INTEGER PRIMARY KEY,
  verb TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  finished_at INTEGER,
  exit_code INTEGER,
  summary TEXT
) STRICT;
CREATE INDEX asset_by_past_id ON asset(moved_from_id) WHERE moved_from_id IS NOT NULL;
CREATE INDEX version_by_claim ON version(claimed_checksum) WHERE claimed_checksum IS NOT NULL;
CREATE INDEX asset_with_aliases ON asset(id) WHERE aliases IS NOT NULL;
INSERT INTO source VALUES(1, X'01010101010101010101010101010101', 'phone', 'folder', 0, NULL);
INSERT INTO source_memory VALUES(1, X'637572736F72', X'00FF');
INSERT INTO asset VALUES(1, 1, X'6F776E', X'4443494D2F494D475F312E4A5047', X'494D475F312E4A5047', 'photo', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'it''s a lake', NULL, NULL, NULL, '[["Lake"]]', NULL, NULL, 0, 0, 0, 'visible', NULL, '{"lake":["it''s","blue"]}', NULL, NULL);
INSERT INTO asset VALUES(2, 1, X'6F776E', X'4443494D2F494D475FFF2E4A5047', X'494D475FFF2E4A5047', 'photo', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, 0, 'visible', NULL, NULL, NULL, NULL);
INSERT INTO asset VALUES(3, 1, X'6F776E', X'676F6E652E6A7067', X'676F6E652E6A7067', 'photo', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, 0, 'visible', 1717200003000, NULL, NULL, NULL);
INSERT INTO rendition VALUES(1, 1, 'original', X'4443494D2F494D475F312E4A5047', X'494D475F312E4A5047', 1);
INSERT INTO rendition VALUES(2, 2, 'original', X'4443494D2F494D475FFF2E4A5047', X'494D475FFF2E4A5047', 1);
INSERT INTO rendition VALUES(3, 3, 'original', X'676F6E652E6A7067', X'676F6E652E6A7067', 1);
INSERT INTO content VALUES(1, X'7692C3AD3540BB803C020B3AEE66CD8887123234EA0C6E7143C0ADD73FF431ED', 3);
INSERT INTO version VALUES(1, 1, 1, 'one', NULL, NULL, 3, NULL, 1, 1717200001000, NULL, NULL);
INSERT INTO version VALUES(2, 2, 1, 'two', NULL, NULL, 3, NULL, NULL, 1717200001000, NULL, NULL);
INSERT INTO version VALUES(3, 3, 1, 'three', NULL, NULL, 5, NULL, NULL, 1717200001000, NULL, NULL);
INSERT INTO destination VALUES(1, X'02020202020202020202020202020202', 'disk', 'folder', '', NULL, NULL, NULL);
INSERT INTO destination VALUES(2, X'03030303030303030303030303030303', 'drive', 'drive', '', NULL, NULL, NULL);
INSERT INTO holding VALUES(1, 1, 1717200002000, NULL);
INSERT INTO naming VALUES(1, 1, 'Photos', 'IMG_1.JPG', 'undated', NULL);
INSERT INTO path VALUES(1, 'Photos/DCIM/IMG_1.JPG', 'photos/dcim/img_1.jpg', 1, 1, 0, 1717200002000, NULL, 0, NULL, NULL);
INSERT INTO owed VALUES(1, 2);
INSERT INTO owed VALUES(1, 3);
INSERT INTO owed VALUES(2, 1);
INSERT INTO owed VALUES(2, 2);
INSERT INTO owed VALUES(2, 3);
INSERT INTO owed_album VALUES(1, '["Lake"]');
INSERT INTO owed_album VALUES(2, '["Lake"]');
INSERT INTO album_member VALUES('["Lake"]', 1);
INSERT INTO outcome VALUES(1, 3, 'failed', 'denied', 'because', 1);
INSERT INTO run VALUES(1, 'backup', 1717200005000, 1717200006000, 3, '{}');
