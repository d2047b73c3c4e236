// The moving part of the live page: one WebSocket, binary frames for dots, text frames for the
// numbers. Everything shown here is also rendered by the server; without this file it stands still.

const SVG = "http://www.w3.org/2000/svg";
const DOT_BYTES = 9;
const STALE = 0x80;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15000;

const plan = document.querySelector("svg.plan");
const layer = plan.querySelector("#dots");
const status = document.querySelector("#status");
const dots = new Map();
let heightCm = Number(plan.dataset.heightCm);
let waitMs = FIRST_WAIT_MS;
let newest = "";

function say(state, text) {
  if (status.dataset.state !== state) status.dataset.state = state;
  if (status.textContent !== text) status.textContent = text;
}

function makeDot() {
  const dot = document.createElementNS(SVG, "g");
  const mark = document.createElementNS(SVG, "use");
  dot.setAttribute("class", "dot");
  mark.setAttribute("class", "size");
  dot.append(mark);
  layer.append(dot);
  return { dot, mark, state: -1, at: "" };
}

function place(id, x, y, state) {
  let one = dots.get(id);
  const fresh = one === undefined;
  if (fresh) {
    one = makeDot();
    dots.set(id, one);
  }
  const at = `translate(${x}px, ${heightCm - y}px)`;
  if (one.at !== at) one.dot.style.transform = one.at = at;
  if (one.state !== state) {
    one.state = state;
    one.mark.setAttribute("href", `#shape-${state & 0x0f}`);
    one.dot.classList.toggle("stale", (state & STALE) !== 0);
  }
}

// A frame: version u8, then for each dot pseudonym u32, x u16, y u16 (cm), state u8; big-endian.
function showDots(buffer) {
  const view = new DataView(buffer);
  if (view.getUint8(0) !== 1) return;
  const seen = new Set();
  for (let at = 1; at + DOT_BYTES <= view.byteLength; at += DOT_BYTES) {
    const id = view.getUint32(at);
    seen.add(id);
    place(id, view.getUint16(at + 4), view.getUint16(at + 6), view.getUint8(at + 8));
  }
  for (const [id, one] of dots) {
    if (seen.has(id)) continue;
    dots.delete(id);
    one.dot.classList.add("gone");
    setTimeout(() => one.dot.remove(), 600);
  }
  layer.dataset.count = seen.size;
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
}

function connect() {
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  const socket = new WebSocket(`${scheme}//${location.host}/live`);
  socket.binaryType = "arraybuffer";
  socket.onopen = () => {
    waitMs = FIRST_WAIT_MS;
  };
  socket.onmessage = (event) => {
    say("live", "Live");
    if (typeof event.data === "string") showNumbers(JSON.parse(event.data));
    else showDots(event.data);
  };
  socket.onclose = (event) => {
    if (event.code === 4401) {
      location.assign("/login");
      return;
    }
    say("lost", "Connection lost, trying again");
    setTimeout(connect, waitMs);
    waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS);
  };
}

connect();
