// What the explorer's pages do beyond links and forms. Loaded with `defer`; under Node.js its pure functions alone.
(function (root, make) {
  const explore = make();
  if (typeof module === "object" && module.exports) {
    module.exports = explore;
  } else {
    root.Explore = explore;
    if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => explore.start());
    else explore.start();
  }
})(typeof self === "object" ? self : this, function () {
  "use strict";

  // ---- Figures: docs/method.md §11.3 and §11.4 -----------------------------------------------------------------------------

  /** Nearest whole nano-nat, halves away from zero. Adding a half first would round the number below a half up. */
  function nanoNats(nats) {
    const size = Math.abs(nats * 1e9), below = Math.floor(size);
    return Math.sign(nats) * (size - below >= 0.5 ? below + 1 : below);
  }

  /** A `RemovalTable` out of its bytes; throws a sentence when they are none. */
  function readTable(buffer) {
    const view = new DataView(buffer);
    const word = place => view.getUint32(place, true);
    if (buffer.byteLength < 24 || word(0) !== 0x54544e45 || word(4) !== 1) {
      throw new Error("these are not the numbers of a picture; reload the page after an update of the server");
    }
    const [concepts, language, bank, overlap] = [8, 12, 16, 20].map(word);
    const start = Math.ceil((24 + concepts) / 8) * 8, cells = (overlap + 1) * (concepts - overlap + 1);
    if (overlap > concepts || buffer.byteLength !== start + 8 * (overlap + 1 + 2 * cells)) {
      throw new Error("the numbers of this picture are cut off; reload the page");
    }
    const doubles = (from, count) => Float64Array.from({ length: count }, (_, i) => view.getFloat64(from + 8 * i, true));
    const second = start + 8 * (overlap + 1);
    return {
      matches: Array.from(new Uint8Array(buffer, 24, concepts), byte => byte === 1), language, bank, overlap,
      released: doubles(start, overlap + 1), membership: doubles(second, cells), pValue: doubles(second + 8 * cells, cells),
    };
  }

  /** What is left when some concepts are taken away: curves and their means in nano-nats, p, and how many of each kind there are. */
  function remaining(table, removed) {
    const left = table.matches.filter((_, i) => !removed[i]);
    const columns = table.matches.length - table.overlap + 1;
    let both = left.filter(Boolean).length, others = left.length - both;
    const pValue = table.pValue[both * columns + others];
    const counts = { both, seen: others, said: table.language - both };
    const released = [table.released[both]], membership = [table.membership[both * columns + others]];
    for (const isMatch of left) {
      if (isMatch) both -= 1; else others -= 1;
      released.push(table.released[both]);
      membership.push(table.membership[both * columns + others]);
    }
    const dynamics = curve => {
      // From the front, as the sum is taken there.
      let sum = 0;
      for (const value of curve) sum += value;
      return { curve: curve.map(nanoNats), auc: nanoNats(sum / curve.length) };
    };
    return { released: dynamics(released), membership: dynamics(membership), pValue: Number.isNaN(pValue) ? null : pValue, counts };
  }

  /** Nats with nine decimals out of whole nano-nats. */
  function nats(count) {
    const digits = String(Math.abs(count)).padStart(10, "0");
    return (count < 0 ? "−" : "") + digits.slice(0, -9) + "." + digits.slice(-9);
  }

  function probability(p) {
    if (p === null) return "–";
    if (p >= 0.001) return p.toPrecision(3);
    return p === 0 ? "0" : p.toExponential(2).replace("e-", "e−");
  }

  // ---- Parts ---------------------------------------------------------------------------------------------------------------

  /** Parts as rasters of 0 and 1: `u32 "ENTM", u16 width, height, parts, 0`, then a bit a pixel, of each byte the lowest first. */
  function readMasks(buffer) {
    const view = new DataView(buffer);
    if (buffer.byteLength < 12 || view.getUint32(0, true) !== 0x4d544e45) {
      throw new Error("these are not the parts of a picture; reload the page after an update of the server");
    }
    const [width, height, count] = [4, 6, 8].map(place => view.getUint16(place, true));
    const size = Math.ceil(width * height / 8);
    if (buffer.byteLength < 12 + count * size) throw new Error("the parts of this picture are cut off; reload the page");
    const planes = Array.from({ length: count }, (_, part) => {
      const bytes = new Uint8Array(buffer, 12 + part * size, size), plane = new Uint8Array(width * height);
      for (let i = 0; i < plane.length; i++) plane[i] = bytes[i >> 3] >> (i & 7) & 1;
      return plane;
    });
    return { width, height, planes };
  }

  /** Which plane covers a place, given as shares of width and height; of two that do the later, -1 of none. */
  function planeAt(masks, x, y) {
    const column = Math.floor(x * masks.width), row = Math.floor(y * masks.height);
    if (column < 0 || row < 0 || column >= masks.width || row >= masks.height) return -1;
    return masks.planes.findLastIndex(plane => plane[row * masks.width + column]);
  }

  // ---- Maps of texts: docs/dense.md §4 -------------------------------------------------------------------------------------

  /** 32-bit numbers, little-endian, out of base64. */
  function readNumbers(text) {
    const bytes = Uint8Array.from(atob(text), letter => letter.charCodeAt(0)), view = new DataView(bytes.buffer);
    return Float32Array.from({ length: bytes.length >> 2 }, (_, i) => view.getFloat32(4 * i, true));
  }

  /** Values of `side` × `side` patches as `width` × `height`, bilinear, corners not aligned. */
  function enlarged(values, side, width, height) {
    const taps = size => Array.from({ length: size }, (_, i) => {
      const place = Math.max(0, (i + 0.5) * side / size - 0.5), first = Math.min(Math.floor(place), side - 1);
      return [first, Math.min(first + 1, side - 1), place - first];
    });
    const columns = taps(width), result = new Float32Array(width * height);
    taps(height).forEach(([top, bottom, down], y) => columns.forEach(([left, right, across], x) => {
      const row = at => values[at * side + left] * (1 - across) + values[at * side + right] * across;
      result[y * width + x] = row(top) * (1 - down) + row(bottom) * down;
    }));
    return result;
  }

  /** The colour of a value of 0 to 1 on a ramp of colours. */
  function heatColor(ramp, value) {
    const place = Math.min(Math.max(value, 0), 1) * (ramp.length - 1), first = Math.min(Math.floor(place), ramp.length - 2);
    return ramp[first].map((from, i) => from + (ramp[first + 1][i] - from) * (place - first));
  }

  // ---- Drawing -------------------------------------------------------------------------------------------------------------

  /** Round numbers from 0 to at least `top`, four to six of them. */
  function ticks(top) {
    if (!(top > 0)) return [0, 1];
    const rough = top / 4, power = 10 ** Math.floor(Math.log10(rough));
    const step = power * [1, 2, 2.5, 5, 10].find(factor => factor * power >= rough * (1 - 1e-9));
    const count = Math.ceil(top / step - 1e-9);
    return Array.from({ length: count + 1 }, (_, i) => Number((i * step).toPrecision(12)));
  }

  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  function make(name, attributes = {}, ...children) {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.append(...children);
    return element;
  }

  function draw(name, attributes = {}, text) {
    const element = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    if (text !== undefined) element.textContent = text;
    return element;
  }

  async function bytes(address) {
    const answer = await fetch(address);
    if (answer.ok) return answer.arrayBuffer();
    const reason = (answer.headers.get("content-type") || "").startsWith("text/plain") ? (await answer.text()).trim() : "";
    throw new Error(reason || `the server answered ${answer.status}`);
  }

  function complain(place, error) {
    place.append(make("p", { class: "problem", role: "status" }, error.message));
  }

  // ---- The picture and its parts -------------------------------------------------------------------------------------------

  /** Parts over a picture, lit by pointing at a chip, at a part's line or at the picture itself. */
  function overlay(figure, scope) {
    const canvas = figure.querySelector("canvas.overlay"), image = figure.querySelector("img");
    if (!canvas || !figure.dataset.masks) return;
    const stage = make("div", { class: "stage" });
    canvas.before(stage);
    if (image) stage.append(image);
    stage.append(canvas);
    const slider = scope.querySelector("input.opacity:not([data-of])");
    const lines = all("[data-part]", scope).filter(line => line.closest(".parts"));
    const numbers = lines.map(line => line.dataset.part);
    const chips = all(".chip[data-parts]", scope);
    const partsOf = chip => chip.dataset.parts.split(" ").filter(Boolean);
    let masks = null, held = null;

    // What of the picture the encoder saw: left, top, width and height as shares.
    const crop = (figure.dataset.crop || "0 0 1 1").split(" ").map(Number);
    ["left", "top", "width", "height"].forEach((side, i) => { canvas.style[side] = 100 * crop[i] + "%"; });

    const colors = () => {
      const style = getComputedStyle(document.documentElement);
      return masks.planes.map((_, part) => {
        const hex = style.getPropertyValue(`--part-${(numbers[part] ?? part) % 8}`).trim();
        return [1, 3, 5].map(place => parseInt(hex.slice(place, place + 2), 16));
      });
    };

    function paint(lit) {
      if (!masks) return;
      const pixels = new ImageData(masks.width, masks.height), palette = colors();
      masks.planes.forEach((plane, part) => {
        const [red, green, blue] = palette[part];
        const isLit = lit === null || lit.includes(numbers[part]);
        for (let i = 0; i < plane.length; i++) if (plane[i]) pixels.data.set([red, green, blue, isLit ? 255 : 40], 4 * i);
      });
      canvas.width = masks.width;
      canvas.height = masks.height;
      canvas.getContext("2d").putImageData(pixels, 0, 0);
    }

    function light(parts) {
      for (const line of lines) line.classList.toggle("lit", parts !== null && parts.includes(line.dataset.part));
      for (const chip of chips) chip.classList.toggle("lit", parts !== null && partsOf(chip).some(part => parts.includes(part)));
      for (const list of all(".chips, .parts", scope)) list.classList.toggle("dim", parts !== null);
      paint(parts);
    }

    function lights(element, parts) {
      element.addEventListener("pointerenter", () => light(parts()));
      element.addEventListener("pointerleave", () => light(held));
      element.addEventListener("focusin", () => light(parts()));
      element.addEventListener("focusout", () => light(held));
    }
    for (const chip of chips) lights(chip, () => partsOf(chip));
    for (const line of lines) lights(line, () => [line.dataset.part]);

    const under = event => {
      const box = canvas.getBoundingClientRect();
      const part = masks ? planeAt(masks, (event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height) : -1;
      return part < 0 || numbers[part] === undefined ? null : [numbers[part]];
    };
    stage.addEventListener("pointermove", event => { if (event.pointerType !== "touch") light(under(event) || held); });
    stage.addEventListener("pointerleave", () => light(held));
    // A press holds a part, another one there or beside lets it go.
    stage.addEventListener("click", event => {
      const parts = under(event);
      held = parts && held && parts[0] === held[0] ? null : parts;
      light(held);
    });

    const fade = () => { canvas.style.opacity = slider ? slider.value / 100 : 0.45; };
    if (slider) slider.addEventListener("input", fade);
    fade();
    // Without a picture the parts lie on plain ground, in the shape of their grid.
    const shape = () => {
      const isThere = image && !figure.classList.contains("gone");
      const [across, down] = isThere ? [image.naturalWidth, image.naturalHeight] : masks ? [masks.width, masks.height] : [1, 1];
      if (down) stage.style.setProperty("--aspect", across / down);
      stage.classList.toggle("bare", !isThere);
    };
    if (image) {
      image.addEventListener("load", shape);
      const gone = () => {
        figure.classList.add("gone");
        shape();
        // The answer to the same address says why.
        bytes(image.src).catch(error => complain(figure, error));
      };
      image.addEventListener("error", gone);
      if (image.complete && !image.naturalWidth) gone();
    }
    shape();
    bytes(figure.dataset.masks).then(buffer => { masks = readMasks(buffer); shape(); light(null); })
      .catch(error => complain(figure, error));
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => light(held));
  }

  // ---- The map of a text ---------------------------------------------------------------------------------------------------

  /** The map over the picture itself, so that its opacity and its scale can be changed. */
  function heat(figure) {
    const canvas = figure.querySelector("canvas"), image = figure.querySelector("img"), section = figure.closest("section.map");
    const slider = section.querySelector("input.opacity"), scale = section.querySelector("select[name=scale]");
    const side = Number(figure.dataset.side);
    const style = getComputedStyle(document.documentElement);
    const ramp = [0, 1, 2, 3, 4].map(step => {
      const hex = style.getPropertyValue(`--heat-${step}`).trim();
      return [1, 3, 5].map(place => parseInt(hex.slice(place, place + 2), 16));
    });

    function paint() {
      const isAbsolute = scale.value === "absolute";
      const size = Math.max(side, Math.min(512, 16 * side));
      const values = enlarged(readNumbers(isAbsolute ? figure.dataset.absolute : figure.dataset.relative), side, size, size);
      const pixels = new ImageData(size, size);
      values.forEach((value, i) => pixels.data.set([...heatColor(ramp, value), 255], 4 * i));
      canvas.width = canvas.height = size;
      canvas.getContext("2d").putImageData(pixels, 0, 0);
      for (const end of all(".heat-ends [data-relative]", figure)) end.textContent = isAbsolute ? end.dataset.absolute : end.dataset.relative;
      figure.querySelector(".heat-scale").textContent = isAbsolute ? "absolute: the same for all pictures" : "relative: where, not whether";
      image.alt = image.alt.replace(/(relative|absolute) scale$/, `${scale.value} scale`);
    }

    const fade = () => { canvas.style.opacity = slider.value / 100; };
    slider.addEventListener("input", fade);
    scale.addEventListener("change", () => {
      paint();
      const address = new URL(location.href);
      address.searchParams.set("scale", scale.value);
      for (const kept of document.querySelectorAll("form.switches input[name=scale]")) kept.value = scale.value;
      history.replaceState(history.state, "", address);
    });
    paint();
    fade();
    const plain = make("img", { src: figure.dataset.plain, alt: image.alt });
    plain.decode().then(() => {
      figure.style.setProperty("--aspect", plain.naturalWidth / plain.naturalHeight);
      image.src = plain.src;
      figure.classList.add("live");
    }).catch(() => bytes(plain.src).catch(error => complain(figure, error)));
  }

  /** A map takes a while when the model is read first. */
  function asking(form) {
    const line = form.parentNode.querySelector(".wait");
    form.addEventListener("submit", () => {
      if (line) line.textContent = "The map is being made; the first one of a model takes the longest.";
    });
    addEventListener("pageshow", () => { if (line) line.textContent = ""; });
  }

  // ---- Taking concepts away ------------------------------------------------------------------------------------------------

  function removal(section, address, scope) {
    const svg = section.querySelector("svg.curve");
    const estimator = section.dataset.estimator === "membership" ? "membership" : "released";
    const chips = all(".chip[data-concept]", scope);
    const restore = section.querySelector("button.restore");
    let table = null, removed = [];

    const count = () => removed.filter(Boolean).length;
    const isPrefix = () => removed.lastIndexOf(true) + 1 === count();

    function show() {
      const now = remaining(table, removed), away = count(), { curve, auc } = now[estimator];
      const say = (name, text) => all(`output.${name}`, section).forEach(output => { output.textContent = text; });
      say("mi-now", nats(curve[0]));
      say("auc-now", nats(auc));
      say("p-now", probability(now.pValue));
      for (const element of all("[data-count]", scope)) {
        if (element.dataset.count in now.counts) element.textContent = now.counts[element.dataset.count];
      }
      for (const chip of chips) {
        const isGone = removed[chip.dataset.concept] === true;
        chip.classList.toggle("gone", isGone);
        chip.setAttribute("aria-pressed", isGone);
      }
      const line = section.querySelector(".left");
      if (line) {
        line.textContent = away || !removed.length ? `${away} of ${removed.length} concepts taken away`
          : `All ${removed.length} concepts; press one, or draw the handle, to take it away`;
      }
      if (restore) restore.hidden = away === 0;
      if (svg) drawCurve(svg, table, estimator, removed, curve, take);
      const which = removed.flatMap((isGone, i) => isGone ? [i] : []).join(".");
      if (which || location.hash.startsWith("#without")) {
        // Browsers refuse what comes too often, as while a handle is drawn; the next one is taken.
        try {
          history.replaceState(history.state, "", which ? `#without=${which}` : location.pathname + location.search);
        } catch { /* The address lags behind the page. */ }
      }
    }

    /** The first so many, and no others. */
    function take(front) {
      const place = Math.max(0, Math.min(removed.length, front));
      if (place === count() && isPrefix()) return;
      removed = removed.map((_, i) => i < place);
      show();
    }

    bytes(address).then(buffer => {
      table = readTable(buffer);
      removed = table.matches.map(() => false);
      const wanted = /^#without=([\d.]+)$/.exec(location.hash);
      if (wanted) for (const place of wanted[1].split(".")) if (place in removed) removed[place] = true;
      for (const chip of chips) {
        if (!(chip.dataset.concept in removed)) continue;
        chip.addEventListener("click", () => {
          removed[chip.dataset.concept] = !removed[chip.dataset.concept];
          show();
        });
      }
      if (restore) restore.addEventListener("click", () => take(0));
      section.classList.add("live");
      show();
      if (svg) new ResizeObserver(show).observe(svg);
    }).catch(error => complain(section, error));
  }

  /** The stored curve, what is left of it, and a handle that takes concepts away from the front. */
  function drawCurve(svg, table, estimator, removed, curve, take) {
    // In pixels of the screen, so that its text is as large as other text.
    svg.classList.add("live");
    const width = Math.max(240, svg.clientWidth), height = Math.max(160, svg.clientHeight);
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    const sides = { left: 52, right: 14, top: 26, bottom: 38 };
    const concepts = removed.length, away = removed.filter(Boolean).length;
    const whole = remaining(table, removed.map(() => false))[estimator].curve;
    const levels = ticks(Math.max(...whole, ...curve) / 1e9);
    const x = step => sides.left + (width - sides.left - sides.right) * (concepts ? step / concepts : 0);
    const y = value => height - sides.bottom - (height - sides.top - sides.bottom) * value / levels[levels.length - 1];
    const round = number => Math.round(number * 100) / 100;
    const path = (points, from) => points.map((value, i) => `${i ? "L" : "M"}${round(x(from + i))} ${round(y(value / 1e9))}`).join("");

    let handle = svg.querySelector(".handle");
    const parts = [];
    const digits = Math.max(0, ...levels.map(level => (String(level).split(".")[1] || "").length));
    for (const level of levels) {
      parts.push(draw("line", { class: "grid", x1: sides.left, x2: width - sides.right, y1: round(y(level)), y2: round(y(level)) }));
      parts.push(draw("text", { class: "label num", x: sides.left - 11, y: round(y(level)) + 4, "text-anchor": "end" },
        digits > 5 ? level.toExponential(0).replace("-", "−") : level.toFixed(digits)));
    }
    const stride = Math.max(1, Math.ceil(concepts / 10));
    for (let step = 0; step <= concepts; step += stride) {
      parts.push(draw("text", { class: "label num", x: round(x(step)), y: height - sides.bottom + 16, "text-anchor": "middle" }, step));
    }
    parts.push(draw("line", { class: "axis", x1: sides.left, x2: width - sides.right, y1: round(y(0)), y2: round(y(0)) }));
    parts.push(draw("text", { class: "label", x: round((sides.left + width - sides.right) / 2), y: height - 4, "text-anchor": "middle" },
      "concepts taken away"));
    parts.push(draw("text", { class: "label", x: 4, y: 11 }, `nats, ${estimator}`));
    parts.push(draw("path", { class: `line ${estimator} stored`, d: path(whole, 0) }));
    parts.push(draw("path", { class: `band ${estimator}`, d: `${path(curve, away)}L${round(x(concepts))} ${round(y(0))}L${round(x(away))} ${round(y(0))}Z` }));
    parts.push(draw("path", { class: `line ${estimator}`, d: path(curve, away) }));

    if (!handle) {
      handle = draw("g", { class: "handle", role: "slider", tabindex: 0, "aria-label": "Concepts taken away, most relevant first" });
      handle.append(draw("line", {}), draw("circle", { class: "reach", r: 22 }), draw("circle", { class: "knob", r: 7 }));
      svg.setAttribute("role", "group");
      const at = event => {
        const box = svg.getBoundingClientRect(), view = svg.viewBox.baseVal, scale = Math.min(box.width / view.width, box.height / view.height);
        const place = (event.clientX - box.left - (box.width - view.width * scale) / 2) / scale;
        return Math.round((place - sides.left) / (view.width - sides.left - sides.right) * concepts);
      };
      svg.addEventListener("pointerdown", event => {
        if (event.button !== 0) return;
        svg.setPointerCapture(event.pointerId);
        take(at(event));
        handle.focus({ preventScroll: true });
        event.preventDefault();
      });
      svg.addEventListener("pointermove", event => { if (svg.hasPointerCapture(event.pointerId)) take(at(event)); });
      handle.addEventListener("keydown", event => {
        const now = Number(handle.getAttribute("aria-valuenow"));
        const to = {
          ArrowRight: now + 1, ArrowUp: now + 1, ArrowLeft: now - 1, ArrowDown: now - 1, PageUp: now + 5, PageDown: now - 5,
          Home: 0, End: concepts,
        }[event.key];
        if (to === undefined) return;
        event.preventDefault();
        take(to);
      });
    }
    const [line, ...circles] = handle.children;
    for (const [key, value] of [["x1", x(away)], ["x2", x(away)], ["y1", sides.top], ["y2", y(0)]]) line.setAttribute(key, round(value));
    for (const circle of circles) {
      circle.setAttribute("cx", round(x(away)));
      circle.setAttribute("cy", round(y(curve[0] / 1e9)));
    }
    handle.setAttribute("aria-valuemin", 0);
    handle.setAttribute("aria-valuemax", concepts);
    handle.setAttribute("aria-valuenow", away);
    handle.setAttribute("aria-valuetext", `${away} of ${concepts}, MI ${nats(curve[0])} nats`);
    // The handle stays where it is, so that a press on it and the focus outlive the drawing.
    for (const child of [...svg.childNodes]) if (child !== handle) child.remove();
    if (handle.parentNode !== svg) svg.append(handle);
    handle.before(...parts);
  }

  // ---- Two pictures, one over the other ------------------------------------------------------------------------------------

  function slide(box) {
    const figures = all("figure", box);
    if (figures.length !== 2) return;
    const input = make("input", { type: "range", min: 0, max: 100, value: 50, class: "cut" });
    const label = make("label", { class: "cut" }, "Left and right ", input);
    const cut = () => box.style.setProperty("--cut", input.value + "%");
    input.addEventListener("input", cut);
    cut();
    box.classList.add("ready");
    box.after(label);
    const stage = figures[0];
    const drag = event => {
      const area = stage.getBoundingClientRect();
      input.value = 100 * (event.clientX - area.left) / area.width;
      cut();
    };
    box.addEventListener("pointerdown", event => {
      if (event.button !== 0 || event.target.closest("a, button, input, figcaption")) return;
      event.preventDefault();
      box.setPointerCapture(event.pointerId);
      drag(event);
    });
    box.addEventListener("pointermove", event => { if (box.hasPointerCapture(event.pointerId)) drag(event); });
  }

  // ---- Habits --------------------------------------------------------------------------------------------------------------

  function switches(form) {
    for (const button of all("button, input[type=submit]", form)) button.hidden = true;
    form.addEventListener("change", event => { if (event.target.matches("select, input[type=checkbox], input[type=radio]")) form.requestSubmit(); });
  }

  function copies(button) {
    const target = document.querySelector(button.dataset.copyTarget);
    if (!target) return;
    const label = button.textContent;
    button.hidden = false;
    button.setAttribute("aria-live", "polite");
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(target.textContent);
        button.textContent = "Copied";
      } catch {
        // Over plain HTTP from elsewhere there is no clipboard: selected, it is one press away.
        const folded = target.closest("details");
        if (folded) folded.open = true;
        getSelection().selectAllChildren(target);
        button.textContent = "Selected: press Ctrl-C";
      }
      setTimeout(() => { button.textContent = label; }, 2500);
    });
  }

  function prompted(details) {
    details.addEventListener("toggle", () => {
      if (!details.open || details.querySelector("img") || !details.dataset.src) return;
      const image = make("img", { src: details.dataset.src, alt: details.querySelector("summary")?.textContent || "Prompted pictures" });
      image.addEventListener("error", () => {
        image.remove();
        bytes(details.dataset.src).catch(error => complain(details, error));
      });
      details.append(image);
    });
  }

  const SHORTCUTS = [["j", "next line"], ["k", "line before"], ["Enter", "open it"], ["/", "search"], ["?", "these keys"], ["Esc", "close"]];
  const SILENT = "entente-keys";

  function keys() {
    const rows = all("[data-row]");
    let dialog = document.querySelector("dialog#keys");
    const isSilent = () => { try { return localStorage.getItem(SILENT) === "off"; } catch { return false; } };

    function help() {
      if (!dialog) {
        const list = make("dl", {});
        for (const [key, what] of SHORTCUTS) list.append(make("div", {}, make("dt", {}, make("kbd", {}, key)), make("dd", {}, what)));
        const off = make("input", { type: "checkbox" });
        off.checked = !isSilent();
        off.addEventListener("change", () => { try { localStorage.setItem(SILENT, off.checked ? "on" : "off"); } catch { /* not kept */ } });
        dialog = make("dialog", { id: "keys", "aria-labelledby": "keys-title" }, make("h2", { id: "keys-title" }, "Keys"), list,
          make("label", {}, off, " Letters move and search"),
          make("form", { method: "dialog" }, make("button", {}, "Close")));
        document.body.append(dialog);
      }
      if (!dialog.open) dialog.showModal();
    }

    function move(by) {
      if (!rows.length) return;
      const now = rows.findIndex(row => row.contains(document.activeElement));
      const next = now < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.max(0, Math.min(rows.length - 1, now + by));
      const link = rows[next].querySelector("a[href], button") || rows[next];
      link.focus();
      rows[next].scrollIntoView({ block: "nearest" });
    }

    document.addEventListener("keydown", event => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select, dialog")) return;
      if (event.key === "?") { event.preventDefault(); help(); return; }
      if (isSilent()) return;
      if (event.key === "j") move(1);
      else if (event.key === "k") move(-1);
      else if (event.key === "/") {
        const search = document.querySelector("input[name=q]");
        if (search) { event.preventDefault(); search.focus(); search.select(); }
      }
    });
    for (const button of all("button.keys")) { button.hidden = false; button.addEventListener("click", help); }
  }

  function start() {
    document.documentElement.classList.add("script");
    all("form.switches").forEach(switches);
    all("button.copy[data-copy-target]").forEach(copies);
    all("details.prompted").forEach(prompted);
    all("div.slider").forEach(slide);
    all("figure.heat").forEach(heat);
    all("form.map").forEach(asking);
    for (const figure of all("figure.picture")) overlay(figure, figure.closest("[data-scope]") || document);
    for (const section of all("section.mi")) {
      const scope = section.closest("[data-scope]") || document;
      const figure = scope.querySelector("figure.picture[data-toggle]");
      const address = section.dataset.toggle || (figure && figure.dataset.toggle);
      if (address) removal(section, address, scope);
    }
    keys();
  }

  return { nanoNats, readTable, remaining, readMasks, planeAt, readNumbers, enlarged, heatColor, nats, probability, ticks, start };
});
