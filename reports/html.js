// SPDX-License-Identifier: Apache-2.0
// The script of the HTML page: search, filter, the theme, and what opens by itself. A comment stands on a line of its own: the build leaves it out.
(function () {
	"use strict";

	var form = document.getElementById("filter"), theme = document.getElementById("theme");

	// The theme: that of the system until the reader chooses another one.
	function nameTheme() {
		theme.textContent = matchMedia(rule.media.mediaText).matches ? "Light theme" : "Dark theme";
	}
	var rule = Array.from(document.styleSheets[0].cssRules).find(function (rule) {
		return rule.media && rule.media.mediaText.includes("dark");
	});
	theme.hidden = false;
	nameTheme();
	theme.addEventListener("click", function () {
		rule.media.mediaText = matchMedia(rule.media.mediaText).matches ? "not all" : "screen";
		nameTheme();
	});
	matchMedia("(prefers-color-scheme: dark)").addEventListener("change", nameTheme);

	// An address that several rules give stands in the list of sources: with a script, at once.
	document.querySelectorAll("dd a[href^='#r']").forEach(function (link) {
		link.href = document.querySelector(link.getAttribute("href") + " a").href;
	});

	if (!form)
		return;

	var kinds = Array.from(document.querySelectorAll(".kind")), fields = form.elements, timer;
	var rules = [], parts = [];
	kinds.forEach(function (kind) {
		kind.fold = kind.querySelector("details.fold");
		kind.querySelectorAll("[data-g]").forEach(function (part) {
			var groups = part.dataset.g.split(" ");

			parts.push(part);
			part.querySelectorAll("h4 ~ *").forEach(function (element, i) {
				rules.push({ element: element, kind: kind, part: part, severity: part.className.slice(1), group: groups[i], text: null });
			});
		});
	});

	// data-s has a hexadecimal digit for four subjects each.
	function isOn(element, subject) {
		var bits = element.dataset.s;
		return bits === undefined || (parseInt(bits[subject >> 2] || "0", 16) >> (subject & 3) & 1) === 1;
	}
	function checked(name) {
		var on = {};
		form.querySelectorAll("[name=" + name + "]").forEach(function (box) {
			on[box.value] = box.checked;
		});
		return on;
	}
	function value(name) {
		return fields[name] ? fields[name].value : "";
	}
	function textOf(rule) {
		if (rule.text === null)
			rule.text = rule.element.textContent.toLowerCase();
		return rule.text;
	}

	// Shows what matches. Folded parts open while something is searched for, and close again as they were.
	function apply() {
		var words = value("words").toLowerCase().split(/\s+/).filter(Boolean), subject = value("subject"), group = value("group");
		var results = checked("result"), severities = checked("severity"), shown = 0;
		var narrow = words.length > 0 || subject !== "" || group !== "";

		kinds.concat(parts).forEach(function (part) {
			part.shown = 0;
		});
		rules.forEach(function (rule) {
			var good = results[rule.kind.dataset.o] && severities[rule.severity] && (group === "" || rule.group === group) &&
				(subject === "" || isOn(rule.element, Number(subject))) &&
				words.every(function (word) { return textOf(rule).includes(word); });
			rule.element.hidden = !good;
			rule.kind.shown += good ? 1 : 0;
			rule.part.shown += good ? 1 : 0;
			shown += good ? 1 : 0;
		});
		parts.forEach(function (part) {
			part.hidden = part.shown === 0;
			part.querySelector("h4 small").textContent = part.shown;
		});
		kinds.forEach(function (kind) {
			kind.hidden = kind.shown === 0;
			kind.querySelector(".n").textContent = kind.shown + (kind.shown === 1 ? " rule" : " rules");
			if (kind.fold && narrow !== !!kind.narrow)
				kind.fold.open = narrow;
			kind.narrow = narrow;
		});
		document.getElementById("none").hidden = shown > 0;
		document.getElementById("shown").textContent = shown + " of " + rules.length + " rules shown";
	}
	function openAll(open) {
		rules.forEach(function (rule) {
			if (!rule.element.hidden && rule.element.tagName === "DETAILS" && (!open || !rule.kind.fold || rule.kind.fold.open))
				rule.element.open = open;
		});
	}

	// Follows a link to a rule, by its number on this page or by its id, also where a filter hides it.
	function targetOf(hash) {
		var found = rules.find(function (rule) {
			return rule.element.querySelector("i").textContent === hash;
		});

		return /^f\d+$/.test(hash) ? document.getElementById(hash) : found && found.element.lastElementChild;
	}
	function follow() {
		var target = targetOf(decodeURIComponent(location.hash.slice(1)));

		if (!target)
			return;
		if (target.closest("[hidden]")) {
			form.reset();
			apply();
		}
		for (var up = target.closest("details"); up; up = up.parentElement.closest("details"))
			up.open = true;
		target.scrollIntoView({ block: "center" });
	}
	function choose(link, name) {
		if (!fields[name])
			return;
		form.reset();
		fields[name].value = link.dataset[name];
		apply();
	}

	form.hidden = false;
	form.addEventListener("submit", function (event) {
		event.preventDefault();
	});
	form.addEventListener("input", function () {
		clearTimeout(timer);
		timer = setTimeout(apply, rules.length > 400 ? 120 : 0);
	});
	form.addEventListener("reset", function () {
		setTimeout(apply, 0);
	});
	document.getElementById("all-open").addEventListener("click", function () {
		openAll(true);
	});
	document.getElementById("all-closed").addEventListener("click", function () {
		openAll(false);
	});
	document.addEventListener("click", function (event) {
		var link = event.target.closest("a[data-group], a[data-subject]");
		if (link)
			choose(link, link.dataset.group === undefined ? "subject" : "group");
	});
	document.addEventListener("keydown", function (event) {
		if (event.key !== "/" || /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName) || event.ctrlKey || event.metaKey || event.altKey)
			return;
		event.preventDefault();
		fields.words.focus();
	});
	window.addEventListener("hashchange", follow);

	// Paper cannot be clicked: what is to be mended is printed in full.
	window.addEventListener("beforeprint", function () {
		rules.forEach(function (rule) {
			if (rule.kind.dataset.o !== "pass" && rule.element.tagName === "DETAILS" && !rule.element.open)
				rule.element.open = rule.printed = true;
		});
	});
	window.addEventListener("afterprint", function () {
		rules.forEach(function (rule) {
			if (rule.printed)
				rule.element.open = rule.printed = false;
		});
	});

	apply();
	follow();
}());
