// SPDX-License-Identifier: GPL-3.0-or-later
// Enters the code on the page that icloudpd opens on port 8080 once it is asked for one.
const [code] = process.argv.slice(2);
const deadline = Date.now() + 60_000;

async function entered() {
  try {
    const reply = await fetch("http://127.0.0.1:8080/code", {method: "POST", body: new URLSearchParams({code})});
    return reply.ok && !(await reply.text()).includes("Not waiting");
  } catch {
    return false; // the page is not there yet
  }
}

while (!(await entered())) {
  if (Date.now() > deadline) {
    console.error("icloudpd asked for no code");
    process.exit(1);
  }
  await new Promise((resolve) => setTimeout(resolve, 100));
}
