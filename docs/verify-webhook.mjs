// Verifies a notification of importwatchd with nothing but Node.
import { createHmac, timingSafeEqual } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The notification, or an exception: headers in lower case, the body's text as it came, whsec_… */
export function verified(headers, body, secret) {
  const age = Math.abs(Date.now() / 1000 - Number(headers["webhook-timestamp"]));
  if (!(age < 300)) throw new Error("the notification is too old");
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  const signed = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`;
  const expected = createHmac("sha256", key).update(signed).digest();
  const isRight = headers["webhook-signature"].split(" ").some((signature) => {
    const [version, value] = signature.split(",");
    const bytes = Buffer.from(value ?? "", "base64");
    return version === "v1" && bytes.length === expected.length && timingSafeEqual(bytes, expected);
  });
  if (!isRight) throw new Error("no signature is right");
  return JSON.parse(body);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { headers, body, secret } = JSON.parse(readFileSync(0, "utf8"));
  const notification = verified(headers, body, secret);
  console.log(notification.type, notification.data.job_id);
}
