// The map's editor: the text of the form is the map; this draws it and writes it back. Metres with
// y upwards in the text, centimetres with y downwards in the drawing. Without it the text is edited.

const SVG = "http://www.w3.org/2000/svg";
const form = document.querySelector("#map-form");
const field = document.querySelector("#document");
const box = document.querySelector("#editor");
const canvas = document.querySelector("#canvas");
const said = document.querySelector("#editor-said");
const undoButton = document.querySelector("#undo");
const takeAway = document.querySelector("#no-picture");
const pictureForm = document.querySelector("#picture-form");
const before = [];
let map = read();
let tool = "move";
let held = null;
let chosen = null;

function read() {
  try {
    const found = JSON.parse(field.value);
    return found && typeof found === "object" && found.width_m ? found : null;
  } catch {
    return null;
  }
}

const round = (value) => Math.round(value * 10) / 10;
const heightCm = () => map.height_m * 100;
const toCm = ([x, y]) => [x * 100, heightCm() - y * 100];

function within([x, y]) {
  return [round(Math.min(Math.max(x, 0), map.width_m)), round(Math.min(Math.max(y, 0), map.height_m))];
}

function pointed(event) {
  const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(canvas.getScreenCTM().inverse());
  return within([at.x / 100, (heightCm() - at.y) / 100]);
}

function remember() {
  before.push(JSON.stringify(map));
  if (before.length > 100) before.shift();
  undoButton.disabled = false;
}

function keep() {
  field.value = JSON.stringify(map);
  draw();
}

function node(name, attributes, parent) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  parent.append(made);
  return made;
}

// Everything that can be moved: its list, its place in it, and how its points are reached.
function things() {
  const found = [];
  const add = (list, points) =>
    (map[list] ?? []).forEach((one, index) => found.push({ list, index, one, points: points(one) }));
  add("zones", (one) => one.polygon);
  add("walls", (one) => one.points ?? one.polygon);
  add("shelves", (one) => one.points ?? one.polygon);
  add("gateways", (one) => [[one.x, one.y]]);
  add("beacons", (one) => [[one.x, one.y]]);
  return found;
}

function place(thing, points) {
  const { one } = thing;
  if (one.polygon) one.polygon = points;
  else if (one.points) one.points = points;
  else {
    [one.x, one.y] = points[0];
    one.zone = zoneAt(points[0]) ?? one.zone;
  }
}

function zoneAt([x, y]) {
  const inside = (corners) => {
    let odd = false;
    corners.forEach(([ax, ay], n) => {
      const [bx, by] = corners[(n + corners.length - 1) % corners.length];
      if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) odd = !odd;
    });
    return odd;
  };
  return map.zones.find((zone) => inside(zone.polygon))?.id;
}

function draw() {
  canvas.replaceChildren();
  canvas.setAttribute("viewBox", `-40 -40 ${map.width_m * 100 + 80} ${heightCm() + 80}`);
  drawPicture();
  node("rect", { class: "wall", x: -8, y: -8, width: map.width_m * 100 + 16, height: heightCm() + 16, rx: 14 }, canvas);
  for (const thing of things()) drawThing(thing);
  if (chosen) canvas.querySelector(`[data-key="${chosen}"]`)?.focus();
}

function drawPicture() {
  takeAway.hidden = !map.image;
  if (!map.image) return;
  const { name, width_px, height_px, metres_per_pixel, x, y } = map.image;
  const [width, height] = [width_px * metres_per_pixel * 100, height_px * metres_per_pixel * 100];
  const place = { x: (x ?? 0) * 100, y: heightCm() - (y ?? 0) * 100 - height, width, height };
  node("image", { class: "underlay", href: `/plan/${name}`, preserveAspectRatio: "none", ...place }, canvas);
}

function drawThing(thing) {
  const key = `${thing.list}-${thing.index}`;
  const name = thing.one.name ?? thing.one.id ?? thing.one.kind ?? thing.list;
  const group = node("g", { class: `thing ${thing.list}`, tabindex: 0, "data-key": key, "aria-label": name, role: "button" }, canvas);
  const spots = thing.points.map(toCm);
  const line = spots.map((spot) => spot.join(",")).join(" ");
  if (thing.list === "zones") {
    group.classList.add("zone");
    node("polygon", { points: line }, group);
    node("text", { x: Math.min(...spots.map((s) => s[0])) + 28, y: Math.min(...spots.map((s) => s[1])) + 78 }, group).textContent = name;
  } else if (spots.length > 1) {
    node("polyline", { points: line, class: "inner", "data-kind": thing.one.kind ?? "wall" }, group);
  } else {
    const [x, y] = spots[0];
    if (thing.list === "gateways") node("rect", { class: "spot", x: x - 32, y: y - 32, width: 64, height: 64, rx: 15 }, group);
    else node("circle", { class: "spot", cx: x, cy: y, r: 20 }, group);
  }
  if (spots.length > 1) {
    spots.forEach(([x, y], corner) => node("circle", { class: "corner", cx: x, cy: y, r: 18, "data-corner": corner }, group));
  }
}

function found(key) {
  return things().find((thing) => `${thing.list}-${thing.index}` === key);
}

function freeName(list, stem) {
  const taken = new Set((map[list] ?? []).map((one) => one.id));
  let number = 1;
  while (taken.has(`${stem}-${number}`)) number += 1;
  return `${stem}-${number}`;
}

function make(kind, from, to) {
  const [[ax, ay], [bx, by]] = [from, to];
  if (kind === "zone" && Math.abs(ax - bx) > 0.3 && Math.abs(ay - by) > 0.3) {
    const id = freeName("zones", "zone");
    const name = window.prompt(box.dataset.name, id) || id;
    map.zones.push({ id, name, kind: "sales", polygon: [[ax, ay], [bx, ay], [bx, by], [ax, by]] });
  } else if ((kind === "wall" || kind === "shelf") && Math.hypot(ax - bx, ay - by) > 0.3) {
    (map.walls ??= []).push({ kind, points: [from, to] });
  } else if (kind === "gateway") {
    (map.gateways ??= []).push({ id: freeName("gateways", "gw"), x: bx, y: by, z: 3, zone: zoneAt(to) ?? map.zones[0].id });
  } else if (kind === "beacon") {
    makeBeacon(to);
  }
}

// By hand: `randomUUID` is only there over https.
function newUuid() {
  const hex = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

// A region of its own unless the map has one: then the next number in it.
function makeBeacon([x, y]) {
  const beacons = (map.beacons ??= []);
  const [uuid, major] = (beacons.at(-1)?.identity ?? `${newUuid()}:1:0`).split(":");
  const minor = 1 + Math.max(0, ...beacons.map((one) => Number(one.identity.split(":")[2])));
  const zone = zoneAt([x, y]) ?? map.zones[0].id;
  beacons.push({ id: freeName("beacons", "b"), identity: `${uuid}:${major}:${minor}`, x, y, z: 2.5, zone, measured_power_dbm: -59 });
}

function rename(key) {
  const one = found(key)?.one;
  if (!one || !("id" in one)) return;
  const named = window.prompt(box.dataset.name, one.name ?? one.id)?.trim();
  if (!named) return;
  remember();
  if ("name" in one) one.name = named.slice(0, 80);
  else one.id = named.toLowerCase().replaceAll(/[^a-z0-9-]+/g, "-").slice(0, 32);
  keep();
}

function asked(from, to) {
  const drawn = Math.hypot(from[0] - to[0], from[1] - to[1]);
  const real = Number(String(window.prompt(box.dataset.scale, drawn.toFixed(1)) ?? "").replace(",", "."));
  return drawn > 0.2 && real > 0.2 && real <= 2000 ? real / drawn : null;
}

// The picture grows or shrinks around the point where the measuring began.
function fit(from, to) {
  const by = map.image && asked(from, to);
  if (by) fitBy(from, by);
}

function fitBy(from, by) {
  const image = map.image;
  image.metres_per_pixel = Number((image.metres_per_pixel * by).toFixed(6));
  [image.x, image.y] = [image.x ?? 0, image.y ?? 0].map((at, axis) => round(from[axis] + (at - from[axis]) * by));
}

function shift(from, to) {
  if (map.image) [map.image.x, map.image.y] = [map.image.x ?? 0, map.image.y ?? 0].map((at, axis) => round(at + to[axis] - from[axis]));
}

function scale(from, to) {
  const by = asked(from, to);
  if (!by) return;
  for (const thing of things()) place(thing, thing.points.map(([x, y]) => [round(x * by), round(y * by)]));
  [map.width_m, map.height_m] = [round(map.width_m * by), round(map.height_m * by)];
  if (map.image) fitBy([0, 0], by);
}

function erase(key) {
  const thing = found(key);
  if (!thing) return;
  remember();
  map[thing.list].splice(thing.index, 1);
  chosen = null;
  keep();
}

canvas.addEventListener("pointerdown", (event) => {
  const group = event.target.closest(".thing");
  const at = pointed(event);
  if (tool === "erase") return group && erase(group.dataset.key);
  if (tool === "name") return group && rename(group.dataset.key);
  if (tool !== "move") held = { from: at };
  else if (group) {
    chosen = group.dataset.key;
    remember();
    held = { key: chosen, corner: event.target.dataset.corner, from: at, points: found(chosen).points };
  }
  if (held) canvas.setPointerCapture(event.pointerId);
  return undefined;
});

canvas.addEventListener("pointermove", (event) => {
  if (!held?.key) return;
  const [dx, dy] = pointed(event).map((value, axis) => value - held.from[axis]);
  const corner = held.corner === undefined ? null : Number(held.corner);
  place(found(held.key), held.points.map((point, n) => (corner === null || corner === n ? within([point[0] + dx, point[1] + dy]) : point)));
  draw();
});

canvas.addEventListener("pointerup", (event) => {
  if (!held) return;
  const { from, key } = held;
  held = null;
  if (!key) {
    remember();
    const measure = { scale, fit, shift }[tool];
    if (measure) measure(from, pointed(event));
    else make(tool, from, pointed(event));
  }
  keep();
});

canvas.addEventListener("keydown", (event) => {
  const key = document.activeElement?.dataset?.key;
  const step = { ArrowLeft: [-0.1, 0], ArrowRight: [0.1, 0], ArrowUp: [0, 0.1], ArrowDown: [0, -0.1] }[event.key];
  if (!key || (!step && event.key !== "Delete" && event.key !== "Enter")) return;
  event.preventDefault();
  chosen = key;
  if (event.key === "Enter") return rename(key);
  if (!step) return erase(key);
  remember();
  const thing = found(key);
  place(thing, thing.points.map(([x, y]) => within([x + step[0], y + step[1]])));
  keep();
});

takeAway.addEventListener("click", () => {
  remember();
  map.image = null;
  keep();
});

// What is drawn and not yet kept goes along with the picture.
pictureForm.addEventListener("submit", () => {
  pictureForm.elements.document.value = field.value;
});

undoButton.addEventListener("click", () => {
  map = JSON.parse(before.pop());
  undoButton.disabled = before.length === 0;
  keep();
});

for (const button of box.querySelectorAll("[data-tool]")) {
  button.addEventListener("click", () => {
    tool = button.dataset.tool;
    for (const other of box.querySelectorAll("[data-tool]")) other.setAttribute("aria-pressed", String(other === button));
  });
}

field.addEventListener("change", () => {
  const typed = read();
  if (!typed) return;
  remember();
  map = typed;
  draw();
});

if (map) {
  box.hidden = false;
  draw();
} else {
  said.textContent = "";
}
form.dataset.ready = "yes";
