// The moving part of the live page: one WebSocket, binary frames for dots, text frames for the
// numbers. Everything shown here is also rendered by the server; without this file it stands still.

const SVG = "http://www.w3.org/2000/svg";
const PERSON_BYTES = 15;
const UNKNOWN = 65535;
const MOST_UNPLACED = 12;
const GLIDE_M_PER_S = 2.5;
const LONGEST_GLIDE_S = 2.5;
const STALE = 0x80;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15000;

const words = JSON.parse(document.querySelector("#live").dataset.words);
const language = document.querySelector("#live").dataset.language;
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
const plan = document.querySelector("svg.plan");
const layer = plan.querySelector("#dots");
const halos = plan.querySelector("#halos");
const zoneNames = [...plan.querySelectorAll(".zone .name")].map((name) => name.textContent);
const status = document.querySelector("#status");
const dots = new Map();
let heightCm = Number(plan.dataset.heightCm);
let waitMs = FIRST_WAIT_MS;
let newest = "";
let people = [];

function say(state, text) {
  if (status.dataset.state !== state) status.dataset.state = state;
  if (status.textContent !== text) status.textContent = text;
}

function draw(name, kind) {
  const node = document.createElementNS(SVG, name);
  node.setAttribute("class", kind);
  return node;
}

function makeDot() {
  const dot = draw("g", "dot");
  const mark = draw("use", "size");
  const title = draw("title", "");
  const halo = draw("circle", "halo");
  halo.setAttribute("r", "100");
  dot.append(title, mark);
  layer.append(dot);
  halos.append(halo);
  return { dot, mark, title, halo, x: 0, y: 0, radius: -1, state: -1 };
}

// A belief that moves glides there at a brisk walk; it is never seen to jump.
function glide(one, person, fresh) {
  const metres = Math.hypot(person.x - one.x, person.y - one.y) / 100;
  const seconds = fresh ? 0 : Math.min(LONGEST_GLIDE_S, Math.max(0.6, metres / GLIDE_M_PER_S));
  const at = `translate(${person.x}px, ${heightCm - person.y}px)`;
  one.dot.style.transitionDuration = one.halo.style.transitionDuration = `${seconds}s, .5s`;
  one.dot.style.transform = at;
  one.halo.style.transform = `${at} scale(${person.radius / 100})`;
  // One shopper has one drop of ink: the wider the belief, the thinner it is spread.
  const wide = Math.max(1, person.radius / 100);
  one.halo.style.fillOpacity = Math.min(0.2, 0.55 / (wide * wide)).toFixed(3);
  one.halo.style.strokeOpacity = Math.min(0.6, 1.8 / wide ** 1.6).toFixed(3);
  [one.x, one.y, one.radius] = [person.x, person.y, person.radius];
}

function place(person) {
  let one = dots.get(person.id);
  const fresh = one === undefined;
  if (fresh) {
    one = makeDot();
    dots.set(person.id, one);
  }
  if (one.x !== person.x || one.y !== person.y || one.radius !== person.radius) {
    glide(one, person, fresh);
  }
  if (one.state !== person.state) {
    one.state = person.state;
    one.mark.setAttribute("href", `#shape-${person.state & 0x0f}`);
    one.halo.dataset.mark = person.state & 0x0f;
  }
  const stale = (person.state & STALE) !== 0;
  for (const node of [one.dot, one.halo]) {
    node.classList.toggle("stale", stale);
    node.classList.toggle("unsure", person.sure < 0.5);
  }
  one.mark.style.opacity = stale ? "" : (0.45 + 0.55 * person.sure).toFixed(2);
  one.person = person;
}

// A frame: version u8, then for each pseudonym u32, x u16, y u16, state u8, radius u16 (cm),
// sure u8 (of 255), age u8 (s), zone u16; big-endian, 65,535 where it is not known.
function readPeople(buffer) {
  const view = new DataView(buffer);
  const people = [];
  if (view.getUint8(0) !== 2) return people;
  for (let at = 1; at + PERSON_BYTES <= view.byteLength; at += PERSON_BYTES) {
    people.push({
      id: view.getUint32(at),
      x: view.getUint16(at + 4),
      y: view.getUint16(at + 6),
      state: view.getUint8(at + 8),
      radius: view.getUint16(at + 9),
      sure: view.getUint8(at + 11) / 255,
      age: view.getUint8(at + 12),
      zone: view.getUint16(at + 13),
    });
  }
  return people;
}

function showPeople(buffer) {
  people = readPeople(buffer).sort((one, other) => one.zone - other.zone || one.id - other.id);
  const placed = people.filter((one) => one.x !== UNKNOWN && one.radius !== UNKNOWN);
  const seen = new Set(placed.map((one) => one.id));
  placed.forEach(place);
  for (const [id, one] of dots) {
    if (seen.has(id)) continue;
    dots.delete(id);
    one.dot.classList.add("gone");
    one.halo.classList.add("gone");
    setTimeout(() => [one.dot, one.halo].forEach((node) => node.remove()), 600);
  }
  layer.dataset.count = seen.size;
  showUnplaced(people.filter((one) => one.x === UNKNOWN && one.zone === UNKNOWN));
}

const heard = (age) => (age < 2 ? words.now : age > 254 ? words.long_ago : fill(words.ago, { n: age }));
const zoneName = (one) => zoneNames[one.zone] ?? (one.x === UNKNOWN ? words.unknown : words.no_zone);

function wordsOf(one) {
  const offer = ["-", words.got_one, words.redeemed][one.state & 0x0f] ?? "-";
  const within = one.radius === UNKNOWN ? "-" : `${(one.radius / 100).toFixed(1)} m`;
  const sure = one.zone === UNKNOWN ? "-" : `${Math.round(one.sure * 100)}%`;
  const code = one.id.toString(16).padStart(8, "0").slice(0, 6);
  return [code, zoneName(one), within, sure, heard(one.age), offer];
}

function showUnplaced(lost) {
  const list = document.querySelector("#unplaced-list");
  const rows = lost.slice(0, MOST_UNPLACED).map((one, number) => {
    const row = list.children[number] ?? document.createElement("li");
    const mark = row.querySelector("use") ?? draw("use", "");
    if (!row.firstChild) {
      const icon = draw("svg", "unsure");
      icon.setAttribute("viewBox", "-36 -36 72 72");
      icon.setAttribute("aria-hidden", "true");
      icon.append(mark);
      row.append(icon, document.createElement("span"));
    }
    mark.setAttribute("href", `#shape-${one.state & 0x0f}`);
    row.lastChild.textContent = fill(words.heard, { ago: heard(one.age) });
    return row;
  });
  if (lost.length > MOST_UNPLACED) {
    rows.push(document.createElement("li"));
    rows.at(-1).textContent = fill(words.more, { n: lost.length - MOST_UNPLACED });
  }
  list.replaceChildren(...rows);
  document.querySelector("#unplaced").hidden = lost.length === 0;
  setText(document, "unplaced", lost.length);
}

function showTable() {
  if (!document.querySelector("#everybody").open) return;
  const body = document.querySelector("#people");
  const rows = people.map((one, number) => {
    const row = body.children[number] ?? document.querySelector("#person-row").content.cloneNode(true).firstElementChild;
    wordsOf(one).forEach((text, cell) => {
      if (row.children[cell].textContent !== text) row.children[cell].textContent = text;
    });
    return row;
  });
  body.replaceChildren(...rows);
}

function setText(root, field, text) {
  for (const node of root.querySelectorAll(`[data-field="${field}"]`)) {
    if (node.textContent !== String(text)) node.textContent = text;
  }
}

function showZones(zones) {
  const most = Math.max(1, ...zones.map((zone) => zone.count));
  for (const zone of zones) {
    for (const node of document.querySelectorAll(`[data-zone="${CSS.escape(zone.id)}"]`)) {
      setText(node, "count", zone.count);
      setText(node, "expected", zone.expected);
      node.dataset.heat = zone.heat;
      const bar = node.querySelector("progress");
      if (bar) [bar.max, bar.value] = [most, zone.count];
    }
  }
}

function showGateways(gateways) {
  for (const gateway of gateways) {
    for (const node of document.querySelectorAll(`[data-gateway="${CSS.escape(gateway.id)}"]`)) {
      node.dataset.state = gateway.state;
      for (const field of ["state_text", "adverts", "queued", "heard"]) {
        setText(node, field, gateway[field]);
      }
      const badge = node.querySelector(".badge");
      if (badge) badge.dataset.kind = gateway.state;
    }
  }
}

function decisionRow(decision) {
  const row = document.querySelector("#decision-row").content.cloneNode(true).firstElementChild;
  const time = row.querySelector("time");
  time.dateTime = decision.at;
  time.textContent = decision.clock;
  const badge = row.querySelector(".badge");
  badge.dataset.kind = decision.outcome;
  badge.textContent = decision.outcome_text;
  setText(row, "zone", decision.zone);
  setText(row, "text", decision.text);
  row.dataset.id = decision.id;
  return row;
}

function showDecisions(decisions) {
  if (decisions.length === 0 || decisions[0].id === newest) return;
  const list = document.querySelector("#decisions");
  const known = new Set([...list.children].map((row) => row.dataset.id));
  const rows = decisions.map((decision) => {
    const row = decisionRow(decision);
    row.classList.toggle("new", known.size > 0 && !known.has(decision.id));
    return row;
  });
  list.replaceChildren(...rows);
  list.hidden = false;
  document.querySelector("#no-decisions").hidden = true;
  newest = decisions[0].id;
}

function showNumbers(message) {
  setText(document, "in_store", message.in_store);
  setText(document, "delivered", message.delivered);
  setText(document, "redeemed", message.redeemed);
  setText(document, "lift", message.lift);
  setText(document, "store_clock", message.store_clock);
  showZones(message.zones);
  showGateways(message.gateways);
  showDecisions(message.decisions);
  showTable();
}

// What a dot says in words is written when somebody points at it.
layer.addEventListener("pointerover", (event) => {
  const over = event.target.closest(".dot");
  for (const one of dots.values()) {
    one.halo.classList.toggle("pointed", one.dot === over);
    if (one.dot !== over) continue;
    const [code, place, within, sure, ago] = wordsOf(one.person);
    one.title.textContent = fill(words.dot, { code, place, sure, within, ago });
  }
});
document.querySelector("#everybody").addEventListener("toggle", showTable);

function connect() {
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  const socket = new WebSocket(`${scheme}//${location.host}/live/socket?language=${language}`);
  socket.binaryType = "arraybuffer";
  socket.onopen = () => {
    waitMs = FIRST_WAIT_MS;
  };
  socket.onmessage = (event) => {
    say("live", words.live);
    if (typeof event.data === "string") showNumbers(JSON.parse(event.data));
    else showPeople(event.data);
  };
  socket.onclose = (event) => {
    if (event.code === 4401) {
      location.assign("/login");
      return;
    }
    say("lost", words.lost);
    setTimeout(connect, waitMs);
    waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS);
  };
}

// The dots of the moment in which the page was made: those that stand give way to those that move.
plan.querySelector("#still").remove();
showPeople(Uint8Array.from(atob(document.querySelector("#live").dataset.dots), (one) => one.charCodeAt(0)).buffer);
connect();
