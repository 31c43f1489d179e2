"use strict";
// Search, theme, copying, tabs and the matrix's switches. Pages can be read without it.
(function () {
  const page = document.documentElement;
  const root = page.dataset.root;
  const remember = (name, value) => {
    try { value === null ? localStorage.removeItem(name) : localStorage.setItem(name, value); } catch (error) { /* closed */ }
  };
  const recall = (name) => {
    try { return localStorage.getItem(name); } catch (error) { return null; }
  };
  const said = document.getElementById("said");

  // Theme: as the system, light, dark.
  const theme = document.getElementById("theme");
  const themes = ["auto", "light", "dark"];
  const showTheme = () => { theme.lastChild.textContent = page.dataset.theme || "auto"; };
  theme.hidden = false;
  showTheme();
  theme.addEventListener("click", () => {
    const next = themes[(themes.indexOf(page.dataset.theme || "auto") + 1) % themes.length];
    if (next === "auto") delete page.dataset.theme; else page.dataset.theme = next;
    remember("quarry-theme", next === "auto" ? null : next);
    showTheme();
  });

  // Copying.
  const copyText = async (text) => {
    if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(text);
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  };
  // Queries that are not shown in full are in a script of their own, which loads from a folder on disk as well.
  const wholeText = (file) => new Promise((done, failed) => {
    const give = () => done(window.quarryQueries[file]);
    if (window.quarryQueries) { give(); return; }
    const script = document.createElement("script");
    script.src = "queries.js";
    script.addEventListener("load", give);
    script.addEventListener("error", failed);
    document.head.append(script);
  });
  for (const button of document.querySelectorAll("button.copy")) {
    const code = button.closest("figure").querySelector("pre code");
    const label = button.firstChild;
    button.hidden = false;
    button.addEventListener("click", async () => {
      const whole = button.dataset.from ? await wholeText(button.dataset.from) : code.textContent;
      await copyText(whole);
      label.textContent = "Copied";
      said.textContent = "Copied";
      setTimeout(() => { label.textContent = "Copy"; said.textContent = ""; }, 1600);
    });
  }

  // Tabs: one language at a time, the same everywhere on the page.
  const groups = [...document.querySelectorAll(".tabs")].map((box, number) => {
    const panels = [...box.querySelectorAll(":scope > .panel")];
    if (panels.length < 2) return null;
    const list = document.createElement("div");
    list.className = "tablist";
    list.setAttribute("role", "tablist");
    list.setAttribute("aria-label", "Language");
    const tabs = panels.map((panel, index) => {
      const tab = document.createElement("button");
      tab.type = "button";
      tab.id = "tab-" + number + "-" + index;
      tab.textContent = panel.dataset.label;
      tab.setAttribute("role", "tab");
      panel.id = panel.id || "panel-" + number + "-" + index;
      tab.setAttribute("aria-controls", panel.id);
      panel.setAttribute("role", "tabpanel");
      panel.removeAttribute("aria-label");
      panel.setAttribute("aria-labelledby", tab.id);
      panel.querySelector("h4, h3.name").hidden = true;
      tab.addEventListener("click", () => choose(panel.dataset.label));
      tab.addEventListener("keydown", (event) => {
        const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        if (!step) return;
        event.preventDefault();
        const next = (index + step + panels.length) % panels.length;
        choose(panels[next].dataset.label);
        tabs[next].focus();
      });
      list.append(tab);
      return tab;
    });
    box.prepend(list);
    return { panels, tabs };
  }).filter(Boolean);
  const show = (group, label) => {
    if (!group.panels.some((panel) => panel.dataset.label === label)) label = group.panels[0].dataset.label;
    group.panels.forEach((panel, index) => {
      const chosen = panel.dataset.label === label;
      panel.hidden = !chosen;
      group.tabs[index].setAttribute("aria-selected", chosen);
      group.tabs[index].tabIndex = chosen ? 0 : -1;
    });
  };
  const choose = (label) => {
    for (const group of groups) show(group, label);
    remember("quarry-language", label);
  };
  for (const group of groups) show(group, recall("quarry-language"));

  // The matrix: version of ATT&CK, and only what has a pack.
  const releases = [...document.querySelectorAll(".release")];
  if (releases.length) {
    const versions = [...document.querySelectorAll("input[name=version]")];
    const only = document.getElementById("only");
    document.querySelector(".attack .controls").hidden = false;
    const update = () => {
      const version = versions.find((input) => input.checked).value;
      for (const release of releases) release.hidden = release.dataset.version !== version;
      document.querySelector(".attack").classList.toggle("only", only.checked);
    };
    const before = recall("quarry-attack");
    for (const input of versions) {
      if (before) input.checked = input.value === before;
      input.addEventListener("change", () => { remember("quarry-attack", input.value); update(); });
    }
    if (!versions.some((input) => input.checked)) versions[0].checked = true;
    only.checked = matchMedia("(max-width: 700px)").matches;
    only.addEventListener("change", update);
    update();
  }

  // A link into something folded unfolds it.
  const unfold = () => {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    if (target.matches("details")) target.open = true;
    for (let box = target.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
    target.scrollIntoView();
  };
  addEventListener("hashchange", unfold);
  unfold();

  // The part of the page that is read, in its table of contents.
  const links = new Map([...document.querySelectorAll(".toc a")].map((link) => [link.hash.slice(1), link]));
  if (links.size && "IntersectionObserver" in window) {
    const headings = [...links.keys()].map((id) => document.getElementById(id)).filter(Boolean);
    const mark = () => {
      const passed = headings.filter((heading) => heading.getBoundingClientRect().top < 120);
      const now = passed.at(-1) || headings[0];
      for (const [id, link] of links) {
        if (id === now.id) link.setAttribute("aria-current", "true"); else link.removeAttribute("aria-current");
      }
    };
    let waiting = false;
    addEventListener("scroll", () => {
      if (waiting) return;
      waiting = true;
      requestAnimationFrame(() => { waiting = false; mark(); });
    }, { passive: true });
    mark();
  }

  // Search. The index is a script, so that it loads from a folder on disk as well.
  const box = document.getElementById("search");
  const found = document.getElementById("found");
  let options = [];
  let chosen = -1;
  const load = () => {
    if (window.quarryIndex || load.begun) return;
    load.begun = true;
    const script = document.createElement("script");
    script.src = root + "search-index.js";
    script.addEventListener("load", () => search());
    document.head.append(script);
  };
  const rank = (entry, words) => {
    const title = entry.t.toLowerCase();
    let score = { technique: 4, detection: 2, dialect: 1 }[entry.k] || 0;
    for (const word of words) {
      if (title.startsWith(word)) score += 40;
      else if (title.split(/[^\p{L}\p{N}.]+/u).some((part) => part.startsWith(word))) score += 25;
      else if (title.includes(word)) score += 15;
      else if ((" " + entry.w).includes(" " + word)) score += 6;
      else if (entry.w.includes(word) || entry.d.toLowerCase().includes(word)) score += 3;
      else return 0;
    }
    return score;
  };
  const close = () => {
    found.hidden = true;
    box.setAttribute("aria-expanded", "false");
    box.removeAttribute("aria-activedescendant");
    chosen = -1;
  };
  const pick = (index) => {
    chosen = (index + options.length) % options.length;
    options.forEach((option, number) => option.setAttribute("aria-selected", number === chosen));
    box.setAttribute("aria-activedescendant", options[chosen].id);
    options[chosen].scrollIntoView({ block: "nearest" });
  };
  const search = () => {
    const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
    if (!words.length || !window.quarryIndex) { close(); return; }
    const hits = window.quarryIndex
      .map((entry) => ({ entry, score: rank(entry, words) }))
      .filter((hit) => hit.score > 0)
      .sort((left, right) => right.score - left.score || left.entry.t.localeCompare(right.entry.t))
      .slice(0, 12);
    found.replaceChildren();
    options = hits.map(({ entry }, number) => {
      const option = document.createElement("li");
      option.id = "found-" + number;
      option.setAttribute("role", "option");
      option.dataset.url = root + entry.u;
      const title = document.createElement("b");
      title.textContent = entry.t;
      const kind = document.createElement("span");
      kind.className = "muted";
      kind.textContent = entry.k;
      const text = document.createElement("span");
      text.className = "text";
      text.textContent = entry.d;
      option.append(title, " ", kind, text);
      option.addEventListener("mousedown", (event) => { event.preventDefault(); location.href = option.dataset.url; });
      return option;
    });
    if (!options.length) {
      const none = document.createElement("li");
      none.className = "none";
      none.setAttribute("role", "option");
      none.setAttribute("aria-disabled", "true");
      none.textContent = "Nothing found";
      found.append(none);
    }
    found.append(...options);
    found.hidden = false;
    box.setAttribute("aria-expanded", "true");
    chosen = -1;
  };
  box.addEventListener("focus", () => { load(); search(); });
  box.addEventListener("input", () => { load(); search(); });
  box.addEventListener("blur", close);
  box.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { box.value = ""; close(); }
    if (found.hidden || !options.length) return;
    if (event.key === "ArrowDown") { event.preventDefault(); pick(chosen + 1); }
    if (event.key === "ArrowUp") { event.preventDefault(); pick(chosen < 0 ? options.length - 1 : chosen - 1); }
    if (event.key === "Enter") { event.preventDefault(); location.href = options[Math.max(chosen, 0)].dataset.url; }
  });
  addEventListener("keydown", (event) => {
    const typing = event.target.matches("input, textarea, select, [contenteditable]");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey) { event.preventDefault(); box.focus(); }
  });
})();
