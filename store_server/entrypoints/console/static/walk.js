// The dragged shopper: pointer or arrow keys say where the figure stands, the server is told a few
// times a second, and what the store makes of it comes back as a piece of the page.

const walk = document.querySelector("#walk");
const plan = document.querySelector("#walk-plan");
const you = document.querySelector("#walk-you");
const belief = document.querySelector("#walk-belief");
const place = document.querySelector("#walk-place");
const side = document.querySelector("#walk-side");
const size = JSON.parse(walk.dataset.size);
const TELL_EVERY_MS = 150;
const LOOK_EVERY_MS = 300;
const LONGEST_WAIT_MS = 5000;
const STEP_M = 0.5;
const STRIDE_M = 2;
let at = you.dataset.outside ? null : fromDrawing(...you.getAttribute("transform").match(/-?\d+/g).map(Number));
let told = at;
let telling = false;
let shown = "";
let waitMs = LOOK_EVERY_MS;

function fromDrawing(x, y) {
  return [x / 100, size.height - y / 100];
}

function within([x, y]) {
  return [Math.min(Math.max(x, 0), size.width), Math.min(Math.max(y, 0), size.height)];
}

function stand(to) {
  at = within(to);
  you.setAttribute("transform", `translate(${at[0] * 100} ${(size.height - at[1]) * 100})`);
  delete you.dataset.outside;
  if (!telling) tell();
}

async function tell() {
  telling = true;
  while (at !== told) {
    const to = at;
    try {
      const body = new URLSearchParams({ x: to[0].toFixed(2), y: to[1].toFixed(2) });
      const answer = await fetch("/live/walk/move", { method: "POST", body });
      if (answer.status === 404) return location.assign("/live/walk");
      if (answer.ok) told = to;
    } catch {
      place.textContent = walk.dataset.lost;
    }
    await new Promise((done) => setTimeout(done, TELL_EVERY_MS));
  }
  telling = false;
}

function pointed(event) {
  const on = new DOMPoint(event.clientX, event.clientY).matrixTransform(plan.getScreenCTM().inverse());
  return fromDrawing(on.x, on.y);
}

plan.addEventListener("pointerdown", (event) => {
  plan.setPointerCapture(event.pointerId);
  stand(pointed(event));
  event.preventDefault();
});
plan.addEventListener("pointermove", (event) => {
  if (plan.hasPointerCapture(event.pointerId)) stand(pointed(event));
});

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
you.addEventListener("keydown", (event) => {
  const way = ARROWS[event.key];
  if (!way) return;
  const step = event.shiftKey ? STRIDE_M : STEP_M;
  const [x, y] = at ?? [0, 0];
  stand([x + way[0] * step, y + way[1] * step]);
  event.preventDefault();
});

function show(text) {
  const piece = new DOMParser().parseFromString(text, "text/html");
  const state = piece.querySelector("#walk-state");
  if (state.dataset.walking === "no") return location.assign("/live/walk");
  for (const name of ["x", "y", "r"]) {
    belief.setAttribute(name === "r" ? "r" : `c${name}`, state.dataset[name] ?? 0);
    delete state.dataset[name];
  }
  const said = piece.querySelector("#walk-said").textContent;
  if (place.textContent !== said) place.textContent = said;
  if (state.outerHTML === shown) return;
  shown = state.outerHTML;
  // Who is about to press a button must not lose it.
  if (document.activeElement?.closest("#walk-state form")) return;
  document.querySelector("#walk-state").replaceWith(document.adoptNode(state));
}

async function look() {
  try {
    const answer = await fetch("/live/walk/state", { cache: "no-store" });
    if (answer.status === 401 || answer.redirected) return location.assign("/login");
    if (answer.ok) show(await answer.text());
    waitMs = LOOK_EVERY_MS;
  } catch {
    place.textContent = walk.dataset.lost;
    waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS);
  }
  setTimeout(look, document.hidden ? LONGEST_WAIT_MS : waitMs);
}

look();
