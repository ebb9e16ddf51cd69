// A light guess at how strong a new password is, while it is typed. It stays in the page; the server decides.

const COMMON = /pass ?wor[dt]|passwort|letmein|welcome|admin|login|master|secret|dragon|monkey|football|baseball|sunshine|princess|shadow|superman|iloveyou|trustno1|starwars|qwert[yz]?|asdfg?h?|zxcvb|janua/g;
const RUNS = ["abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "qwertzuiop", "asdfghjkl", "zxcvbnm", "1qaz2wsx3edc4rfv5tgb"];
const PLAIN = { "@": "a", 4: "a", 3: "e", 1: "i", "!": "i", 0: "o", $: "s", 5: "s", 7: "t" };

/** How many characters surprise: known words, runs and repetitions count as one or two. */
function surprise(password, words) {
  let rest = password.slice(0, 200).normalize("NFKC").toLowerCase();
  for (const word of words) rest = rest.replaceAll(word, "*");
  const plain = rest.replace(/[@431!0$57]/g, (sign) => PLAIN[sign]);
  if (COMMON.test(plain)) rest = plain.replace(COMMON, "*");
  rest = rest.replace(/(.+?)\1+/gu, "$1*").replace(/(19|20)\d\d/g, "*");
  let count = 0;
  for (let at = 0; at < rest.length; count++) at += Math.max(1, runAt(rest, at));
  return Math.min(count, new Set(rest).size * 2);
}

/** The length of the run of neighbours that begins here, such as "4567" or "edcba"; 0 if it is no run. */
function runAt(text, at) {
  let longest = 0;
  for (const run of RUNS) {
    for (const line of [run, [...run].reverse().join("")]) {
      let length = 3;
      while (at + length <= text.length && line.includes(text.slice(at, at + length))) length++;
      if (length > 3) longest = Math.max(longest, length - 1);
    }
  }
  return longest;
}

/** What the person typed into the form's other fields is no secret. */
function knownWords(input) {
  const others = [...input.form.elements].filter((field) => field !== input && /text|email/.test(field.type));
  return others.flatMap((field) => field.value.toLowerCase().split(/[^\p{L}\p{N}]+/u)).filter((word) => word.length > 2);
}

function judge(input) {
  if (!input.value) return "";
  if ([...input.value].length < Number(input.dataset.shortest)) return "short";
  return surprise(input.value, knownWords(input)) < 11 ? "weak" : "good";
}

for (const line of document.querySelectorAll(".strength")) {
  const input = document.getElementById(line.dataset.password);
  input.addEventListener("input", () => {
    const level = judge(input);
    if (line.dataset.level === level) return; // said once, not with each key
    line.dataset.level = level;
    line.textContent = line.dataset[level] ?? "";
  });
}
