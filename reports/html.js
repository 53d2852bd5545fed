// SPDX-License-Identifier: Apache-2.0
// The script of the HTML page: search, filter, the theme, and what opens by itself. A comment stands on a line of its own: the build leaves it out.
// The build also joins lines and takes the white space around operators: every statement ends in a semicolon.
(function () {
	"use strict";

	function all(selector, within) {
		return Array.from((within || document).querySelectorAll(selector));
	}
	function byId(id) {
		return document.getElementById(id);
	}
	function on(element, event, what) {
		element.addEventListener(event, what);
	}

	// The theme: that of the system until the reader chooses another one.
	var theme = byId("theme"), form = byId("filter"), media = Array.from(document.styleSheets[0].cssRules).find(function (rule) {
		return rule.media && rule.media.mediaText.includes("dark");
	}).media;
	function isDark() {
		return matchMedia(media.mediaText).matches;
	}
	function nameTheme() {
		theme.textContent = isDark() ? "Light theme" : "Dark theme";
	}
	theme.hidden = false;
	nameTheme();
	on(theme, "click", function () {
		media.mediaText = isDark() ? "not all" : "screen";
		nameTheme();
	});
	on(matchMedia("(prefers-color-scheme:dark)"), "change", nameTheme);

	// What several rules refer to stands in the list of sources: with a script, one click is enough.
	all("dd a[href^='#r']").forEach(function (link) {
		link.href = byId(link.hash.slice(1)).firstChild.href;
	});
	if (!form)
		return;

	var fields = form.elements, timer, kinds = all(".kind"), parts = [], rules = [];
	kinds.forEach(function (kind) {
		kind.fold = kind.querySelector("details.fold");
		all("[data-g]", kind).forEach(function (part) {
			var groups = part.dataset.g.split(" "), severities = part.dataset.v;

			parts.push(part);
			all(severities ? "i" : "details", part).forEach(function (element, i) {
				rules.push({ element: element, kind: kind, part: part, group: groups[i], severity: severities ? severities[i] : part.className.slice(1) });
			});
		});
	});

	// data-s has a hexadecimal digit for four subjects each.
	function isOn(bits, subject) {
		return bits === undefined || (parseInt(bits[subject >> 2] || "0", 16) >> (subject & 3) & 1) === 1;
	}
	function checked(name) {
		var boxes = {};

		all("[name=" + name + "]", form).forEach(function (box) {
			boxes[box.value] = box.checked;
		});
		return boxes;
	}
	function value(name) {
		return fields[name] ? fields[name].value : "";
	}
	function textOf(rule) {
		var element = rule.element;

		if (!rule.text)
			rule.text = (element.tagName === "I" ? element.textContent + " " + element.parentElement.firstChild.data : element.textContent).toLowerCase();
		return rule.text;
	}

	// Shows what matches. Folded parts open while something is searched for, and close again as they were.
	function apply() {
		var words = value("words").toLowerCase().split(/\s+/).filter(Boolean), subject = value("subject"), group = value("group"), shown = 0;
		var results = checked("result"), severities = checked("severity"), narrow = words.length > 0 || subject !== "" || group !== "";

		kinds.concat(parts).forEach(function (part) {
			part.shown = 0;
		});
		rules.forEach(function (rule) {
			var good = results[rule.kind.dataset.o] && severities[rule.severity] && (group === "" || rule.group === group) &&
				(subject === "" || isOn(rule.element.dataset.s, Number(subject))) &&
				words.every(function (word) { return textOf(rule).includes(word); });

			rule.element.hidden = !good;
			if (good) {
				rule.kind.shown++;
				rule.part.shown++;
				shown++;
			}
		});
		kinds.concat(parts).forEach(function (part) {
			var number = part.querySelector("h3 small,h4 small");

			part.hidden = part.shown === 0;
			if (number)
				number.textContent = part.shown + (number.parentElement.tagName === "H4" ? "" : part.shown === 1 ? " rule" : " rules");
			if (part.fold && narrow !== !!part.narrow)
				part.fold.open = narrow;
			part.narrow = narrow;
		});
		all(".fold p").forEach(function (line) {
			line.hidden = !line.querySelector("i:not([hidden])");
		});
		byId("none").hidden = shown > 0;
		byId("shown").textContent = shown + " of " + rules.length + " rules shown";
	}
	function openAll(open) {
		rules.forEach(function (rule) {
			if (!rule.element.hidden && (!open || !rule.kind.fold || rule.kind.fold.open))
				rule.element.open = open;
		});
	}

	// Follows a link to a rule, by its number on this page or by its id, also where a filter hides it.
	function idOf(element) {
		return (element.querySelector("i") || element).firstChild.data.split(" ")[0];
	}
	function follow() {
		var hash = location.hash.slice(1).replace(/%2d/gi, "-"), up, target = /^f\d+$/.test(hash) ? byId(hash) : null;
		var rule = hash && rules.find(function (rule) {
			return rule.element.contains(target) || idOf(rule.element) === hash;
		});

		all(".here").forEach(function (element) {
			element.classList.remove("here");
		});
		if (!rule)
			return;
		if (rule.element.closest("[hidden]")) {
			form.reset();
			apply();
		}
		for (up = rule.element; up; up = up.parentElement.closest("details"))
			up.open = true;
		(rule.element.lastElementChild || rule.element).classList.add("here");
		rule.element.scrollIntoView();
	}

	form.hidden = false;
	on(form, "submit", function (event) {
		event.preventDefault();
	});
	on(form, "input", function () {
		clearTimeout(timer);
		timer = setTimeout(apply, rules.length > 400 ? 120 : 0);
	});
	on(form, "reset", function () {
		setTimeout(apply);
	});
	on(byId("all-open"), "click", function () {
		openAll(true);
	});
	on(byId("all-closed"), "click", function () {
		openAll(false);
	});
	on(document, "click", function (event) {
		var link = event.target.closest("a[data-group],a[data-subject]"), name = link && (link.dataset.group ? "group" : "subject");

		if (link && fields[name]) {
			form.reset();
			fields[name].value = link.dataset[name];
			apply();
		}
	});
	on(document, "keydown", function (event) {
		if (event.key !== "/" || /^(INPUT|SELECT)$/.test(event.target.tagName) || event.ctrlKey || event.metaKey || event.altKey)
			return;
		event.preventDefault();
		fields.words.focus();
	});
	on(window, "hashchange", follow);

	// Paper cannot be clicked: what is to be mended is printed in full.
	on(window, "beforeprint", function () {
		rules.forEach(function (rule) {
			if (rule.kind.dataset.o !== "pass" && !rule.element.open)
				rule.element.open = rule.printed = true;
		});
	});
	on(window, "afterprint", function () {
		rules.forEach(function (rule) {
			if (rule.printed)
				rule.element.open = rule.printed = false;
		});
	});

	apply();
	follow();
}());
