// SPDX-License-Identifier: GPL-3.0-or-later
// Whether what icloudpd downloaded was adopted: at the simulated account, only files that icloudpd does not have were asked for, and
// the tree holds all of the account. The checksum is computed here anew.
//   adopted.mjs forget CLOUD                          forgets the calls so far
//   adopted.mjs judge CLOUD PHOTOS TREE SUMMARY
import {createHash} from "node:crypto";
import {readdirSync, readFileSync, statSync} from "node:fs";
import {join} from "node:path";

const [verb, cloud, photos, tree, summaryFile] = process.argv.slice(2);
const salt = "com.apple.XattrObjectSalt\0com.apple.DataObjectSalt\0";
const sum = (file) => createHash("sha1").update(salt, "latin1").update(readFileSync(file)).digest("hex");
const sumsBelow = (folder) =>
  new Set(readdirSync(folder, {recursive: true}).map((path) => join(folder, path)).filter((file) => statSync(file).isFile()).map(sum));

const token = readFileSync(join(cloud, "control-token"), "utf8");
const say = async (word, body) =>
  (await fetch(`https://127.0.0.1/simulate/${word}`, {method: "POST", headers: {"X-Simulate-Token": token}, body: JSON.stringify(body)})).json();

if (verb === "forget") {
  await say("calls", {clear: true});
  process.exit(0);
}
const downloads = (await say("calls", {})).calls.download ?? 0;
const files = (await say("files", {})).photos.flatMap((photo) => photo.files.map((file) => file.sha1));
const summary = JSON.parse(readFileSync(summaryFile, "utf8").trim().split("\n").pop());
const theirs = sumsBelow(photos);
const ours = sumsBelow(tree);
const adoptable = files.filter((file) => theirs.has(file)).length;
const lost = files.filter((file) => !ours.has(file));

console.log(`${summary.renditions_adopted} files adopted from icloudpd's ${theirs.size}, ${downloads} downloaded, ${files.length} in the account`);
const isRight = lost.length === 0 && adoptable >= 150 && summary.renditions_adopted === adoptable && downloads === files.length - adoptable;
process.exit(isRight ? 0 : 1);
