// SPDX-License-Identifier: GPL-3.0-or-later
// Compares the files that icloudpd downloaded, names and bytes, with what the simulated library shows on the web: originals and
// Live videos of what is neither hidden nor thrown away. The checksum is computed here anew.
//   compare.mjs CLOUD PHOTOS
import {createHash} from "node:crypto";
import {readdirSync, readFileSync, statSync} from "node:fs";
import {join} from "node:path";

const [cloud, photos] = process.argv.slice(2);
const salt = "com.apple.XattrObjectSalt\0com.apple.DataObjectSalt\0";
const sum = (file) => createHash("sha1").update(salt, "latin1").update(readFileSync(file)).digest("hex");

// Names that repeat within a day get their size appended.
const plain = (name) => name.replace(/-[0-9]+(\.[A-Za-z]+)$/, "$1");
const liveName = (name) => name.replace(/\.HEIC$/, "_HEVC.MOV").replace(/\.JPG$/, ".MOV");

const token = readFileSync(join(cloud, "control-token"), "utf8");
const reply = await fetch("https://127.0.0.1/simulate/files", {headers: {"X-Simulate-Token": token}});
const expected = new Set();
for (const photo of (await reply.json()).photos) {
  if (photo.zone !== "PrimarySync" || photo.hidden || photo.trashed || !photo.shown_in_burst) continue;
  for (const file of photo.files) {
    if (file.slot === "resOriginal") expected.add(`${file.sha1} ${photo.filename}`);
    if (file.slot === "resOriginalVidCompl") expected.add(`${file.sha1} ${liveName(photo.filename)}`);
  }
}

const found = new Set();
for (const path of readdirSync(photos, {recursive: true})) {
  const file = join(photos, path);
  if (statSync(file).isFile()) found.add(`${sum(file)} ${plain(path.slice(path.lastIndexOf("/") + 1))}`);
}

const missing = [...expected].filter((file) => !found.has(file));
const strange = [...found].filter((file) => !expected.has(file));
for (const file of missing) console.error(`not downloaded: ${file}`);
for (const file of strange) console.error(`not in the library: ${file}`);
console.log(`${found.size} files downloaded, ${expected.size} expected`);
process.exit(missing.length + strange.length > 0 || expected.size < 150 ? 1 : 0);
