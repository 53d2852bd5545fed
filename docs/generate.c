/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes what is made from tables: plimsoll(1), plimsoll.conf(5) and completion from the verbs and options, plimsoll-benchmark(7) and the XML
 * schema of the check language from the descriptors of the checks, plimsoll-waivers(5) from the keys of a waiver. Run by make; the output is
 * never edited.
 */
#include "checks/checks.h"
#include "cli/completion.h"
#include "cli/config_file.h"
#include "cli/options.h"
#include "core/audit/waiver.h"
#include "core/base/text.h"
#include "core/benchmark/engine_plimsoll.h"
#include "reports/formats.h"

/* ---- roff ---- */

/* A backslash, a dash and a leading dot or quote mean something to roff. */
static void roff(const char *text)
{
	bool line_start = true;

	for (; *text; text++) {
		if (line_start && (*text == '.' || *text == '\''))
			fputs("\\&", stdout);
		if (*text == '\\')
			fputs("\\e", stdout);
		else if (*text == '-')
			fputs("\\-", stdout);
		else
			putchar(*text);
		line_start = *text == '\n';
	}
}

static void roff_line(const char *text)
{
	roff(text);
	putchar('\n');
}

/* A paragraph with the words between `backquotes` in bold. */
static void roff_reference(const char *text)
{
	bool bold = false;

	for (const char *c = text; *c; c++) {
		char one[2] = { *c, '\0' };

		if (*c == '`') {
			bold = !bold;
			fputs(bold ? "\\fB" : "\\fR", stdout);
		} else {
			roff(one);
		}
	}
	putchar('\n');
}

static void heading(const char *name, const char *section, const char *summary)
{
	printf(".\\\" Made from the tables of the program; not to be edited.\n.TH %s %s \"\" \"plimsoll %s\"\n.SH NAME\n", name, section,
	       PACKAGE_VERSION);
	roff_line(summary);
}

/* ---- plimsoll(1) ---- */

static void option_entry(const struct option_row *row)
{
	auto_arena struct arena *arena = arena_new();

	fputs(".TP\n", stdout);
	if (row->letter)
		printf("\\fB\\-%c\\fR, ", row->letter);
	printf("\\fB\\-\\-");
	roff(row->name);
	printf("\\fR");
	if (row->argument) {
		printf(" \\fI");
		roff(row->argument);
		printf("\\fR");
	}
	putchar('\n');
	roff_line(option_help(arena, row));
}

static void verb_entry(const struct verb *verb)
{
	printf(".SS plimsoll %s ", verb->name);
	roff_line(verb->arguments);
	fputs(".nf\n", stdout);
	roff_line(verb->about);
	fputs(".fi\n", stdout);
	for (const struct option_row *row = option_rows; row->name; row++)
		if ((row->verbs & verb->bit) && !streq(row->name, "help") && !streq(row->name, "version"))
			option_entry(row);
}

static void snapshot_section(void)
{
	fputs(".SH SNAPSHOTS\nA snapshot is a directory:\n.I DIR/manifest\nlists every answer that the audit was given, a line each and sorted by name, and\n"
	      ".I DIR/files\nholds the files that were read, under their own paths;\n.I calls\nand\n.I other\nhold what has no path of its own. What was denied, absent or\n"
	      "broken is so again when it is replayed, for root, too. What a newer plimsoll or another benchmark asks and the recorded run did not is\n"
	      "unknown. The report of a replay is that of the recorded run to the byte but for its duration: host, root directory, time, and\n"
	      "whether an ordinary user looked are those that were recorded; benchmarks and waivers are those at hand. A manifest that was cut off or edited, and contents of another size, are\n"
	      "refused with file and line.\n"
	      ".PP\nWith\n.B \\-\\-redact\nnames are replaced, each by the same word everywhere, also in names of files: that of the host and its domain, of the users and groups\n"
	      "from number 1000 on and of those in /etc/subuid, the machine's id and that of the boot, addresses of IPv4, IPv6 and network cards, and password hashes,\n"
	      "of which kind and cost stay. A name that is also a word of the system stays, and is told on standard error. Names that stand in no such\n"
	      "file, as of users of a directory service, are not known and stay; so do those in binary data. With\n.B \\-o\nthe report is that of the replay.\n", stdout);
}

static void program_page(void)
{
	heading("PLIMSOLL", "1", "plimsoll - audit the kernel, the configuration and the containers of a Linux host");
	fputs(".SH SYNOPSIS\n", stdout);
	for (const struct verb *const *v = verbs; *v; v++) {
		printf(".B plimsoll %s\n[\\fIoption\\fR ...] ", (*v)->name);
		roff_line((*v)->arguments);
		fputs(".br\n", stdout);
	}
	fputs(".SH DESCRIPTION\n"
	      ".B plimsoll\nreads the state of a Linux host and judges it by benchmarks, documents in XCCDF 1.2 that say what good looks\n"
	      "like. It asks the kernel rather than the configuration where the kernel tells the truth, shows for every verdict where it\n"
	      "looked, what it saw and what it wanted, and calls nothing a pass that it has not read. It executes no other program, and\n"
	      "writes nothing but the report, and waivers where it is told to add or prune them.\n.SH COMMANDS\n", stdout);
	for (const struct verb *const *v = verbs; *v; v++)
		verb_entry(*v);
	fputs(".SH RESULTS\n"
	      ".TP\n.B pass\nwhat was wanted was seen\n.TP\n.B fail\nsomething else was seen\n"
	      ".TP\n.B unknown\nit could not be read: no permission, not mounted, an I/O error\n"
	      ".TP\n.B error\nit was read, but not understood; or plimsoll itself failed\n"
	      ".TP\n.B notapplicable\nit does not exist here: another architecture, kernel version or machine; or the failure is part of\n"
	      "another rule's, which is shown\n"
	      ".TP\n.B notchecked\nnobody looked: no engine for the check's language, or an audit of files was not given this one\n"
	      ".TP\n.B informational\nlooked at, but left out of the score by the profile\n"
	      ".PP\nA failure that a waiver accepts is shown as waived, and counts as none of these; see\n.BR plimsoll\\-waivers (5).\n"
	      ".PP\nThe score is the weight of the rules that passed, in per cent of the weight of all that passed, failed or could not be\n"
	      "determined.\n.SH FORMATS\n", stdout);
	for (const struct format *const *f = formats; *f; f++) {
		printf(".TP\n.B %s\n", (*f)->name);
		roff_line((*f)->summary);
	}
	snapshot_section();
	fputs(".SH ENVIRONMENT\n.TP\n.BR PLIMSOLL_CONFIG , \" PLIMSOLL_FORMAT\" , \" PLIMSOLL_FAIL_ON\" \" ...\"\nstand for options, see\n.BR plimsoll.conf (5)\n"
	      ".TP\n.B NO_COLOR\nwhen not empty: no colour, unless \\-\\-color says otherwise\n"
	      ".TP\n.B COLUMNS\nthe width of the text report where standard output is no terminal (80)\n"
	      ".TP\n.B SOURCE_DATE_EPOCH\nthe time, in seconds since 1970, that the report gives as its start; without it a snapshot says when it was recorded\n"
	      ".TP\n.BR LC_ALL , \" LC_CTYPE\" , \" LANG\"\nwhether the text report may use more than ASCII\n"
	      ".SH EXAMPLES\n.TP\n.B plimsoll audit\nthis host and its containers, by the profile server\n"
	      ".TP\n.B plimsoll audit \\-o json=audit.json \\-o junit=audit.xml \\-\\-fail\\-on high\nfor a pipeline\n"
	      ".TP\n.B plimsoll audit \\-\\-kconfig config\\-6.12 \\-p paranoid\na kernel from its configuration alone\n"
	      ".TP\n.B plimsoll audit \\-\\-tailoring web.xml \\-\\-set ptrace_scope=2\na profile that SCAP Workbench or autotailor changed, and one value of it\n"
	      ".TP\n.B plimsoll snapshot \\-\\-redact web7; plimsoll audit \\-\\-root web7\nwhat an audit of this host reads, without names, and the same audit again elsewhere\n"
	      ".TP\n.B plimsoll explain sysctl.kernel.kptr_restrict\nwhy, how to mend it, and what that may break\n"
	      ".SH FILES\n.TP\n.IR /etc/plimsoll/plimsoll.conf , \" /etc/plimsoll/conf.d/*.conf\"\nwhat holds where the command line says nothing\n"
	      ".SH SEE ALSO\n.BR plimsoll.conf (5),\n.BR plimsoll\\-benchmark (7),\n.BR plimsoll\\-waivers (5)\n", stdout);
}

/* ---- plimsoll.conf(5) ---- */

static void config_options(void)
{
	for (const struct option_row *row = option_rows; row->name; row++) {
		size_t n = 0;

		if (row->only_given)
			continue;
		fputs(".TP\n\\fB", stdout);
		roff(row->name);
		fputs("\\fR = ", stdout);
		roff_line(row->argument ? row->argument : streq(row->name, "verbose") ? "0, 1 or 2" : "yes or no");
		roff_line(row->help);
		fputs("(", stdout);
		if (option_find(row->name, VERB_ANY) == row)
			fputs("all", stdout), n++;
		for (const struct verb *const *v = verbs; *v; v++)
			if (row->verbs & (*v)->bit)
				printf("%s%s", n++ ? ", " : "", (*v)->name);
		puts(")");
	}
}

static void config_refused(void)
{
	for (const struct option_row *row = option_rows; row->name; row++) {
		if (!row->only_given || option_find(row->name, VERB_ANY) != row)
			continue;
		fputs(".TP\n\\fB\\-\\-", stdout);
		roff(row->name);
		puts("\\fR");
		roff_line(row->only_given);
	}
}

static void config_page(void)
{
	heading("PLIMSOLL.CONF", "5", "plimsoll.conf - what plimsoll does where its command line says nothing");
	fputs(".SH SYNOPSIS\n.I /etc/plimsoll/plimsoll.conf\n.br\n.I /etc/plimsoll/conf.d/*.conf\n"
	      ".SH DESCRIPTION\nLines\n.IB key \" = \" value\nbelow\n.B [all]\nfor every command that has the option, or below the name of a command,\n"
	      ".BR [audit] .\nThe keys are the long names of the options of\n.BR plimsoll (1).\nA line that begins with # or ; is a comment; a value goes\n"
	      "to the end of its line. The file is read first, then those of conf.d by name.\n"
	      ".PP\nAn unknown section or key and a value that the option does not take are errors, with file and line, whatever command\n"
	      "runs. So is a file or one of these folders that anybody but root and the user who runs plimsoll owns, or that its group\n"
	      "or others may write: whoever writes it could take rules away from what root looks at.\n"
	      ".PP\n.nf\n[all]\nbenchmark = kernel\nbenchmark = host\nset = ptrace_scope=2\n\n[audit]\nskip = cpu.*\nfail\\-on = high\n.fi\n"
	      ".SH WHAT WINS\nThe command line, then the environment, then the section of the command, then\n.BR [all] ,\n"
	      "then the profile and what is built in. Within the files the later line wins. Of an option that is\nrepeatable the lines of all files\n"
	      "are joined; but what one of these five says replaces all that those behind it say: with\n.B \\-\\-skip\non the command line no\n"
	      ".B skip\nof a file holds. An empty value takes back what files said before, in the same section.\nPaths begin with a /. A tailoring or a value for a benchmark\n"
	      "that is not among those named at a higher place is passed over.\n.B plimsoll config\nshows what holds,\n"
	      "and where it comes from.\n.SH ENVIRONMENT\n.B PLIMSOLL_\nand the name of an option in capitals, with _ for \\-, stands for the option as\n.B [all]\n"
	      "does:\n.BR PLIMSOLL_FAIL_ON=high .\nOf one that is repeatable each line of the variable is a value. An empty variable says nothing, and none\n"
	      "counts in a program that has more rights than who calls it.\n.TP\n.B PLIMSOLL_CONFIG\nis read instead of these files, as\n.B \\-\\-config\n"
	      "is; /dev/null stands for none.\n.SH OPTIONS\nIn brackets the sections.\n", stdout);
	config_options();
	fputs(".SH NEVER FROM A FILE\n", stdout);
	config_refused();
	fputs(".SH SEE ALSO\n.BR plimsoll (1)\n", stdout);
}

/* ---- plimsoll-benchmark(7) ---- */

static void check_entry(const struct check *check)
{
	printf(".SS %s\n", check->name);
	roff_line(check->summary);
	fputs(".PP\n", stdout);
	roff_reference(check->reference);
	for (const struct param *p = check->params; p->name; p++) {
		printf(".TP\n\\fB");
		roff(p->name);
		printf("\\fR%s\n", p->required ? " (required)" : "");
		roff(p->help);
		if (p->words) {
			fputs(": ", stdout);
			roff(p->words);
		}
		putchar('\n');
	}
	if (!check->bits)
		return;
	fputs(".PP\nNames of its bits:\n", stdout);
	for (const struct bit_name *b = check->bits; b->name; b++) {
		printf("%u ", b->bit);
		roff(b->name);
		puts(b[1].name ? "," : ".");
	}
}

static void benchmark_page(void)
{
	heading("PLIMSOLL-BENCHMARK", "7", "plimsoll-benchmark - how the benchmarks of plimsoll are written");
	fputs(".SH DESCRIPTION\n"
	      "A benchmark is an XCCDF 1.2 document (NIST IR 7275 revision 4): Groups of Rules, Profiles that select them, and Values that\n"
	      "Profiles set. A Rule holds a check in one of the check systems that plimsoll has an engine for; with any other the rule is\n"
	      "notchecked. The system described here is\n.BR urn:plimsoll:check:1 .\n"
	      ".PP\n.nf\n"
	      "<check system=\"urn:plimsoll:check:1\">\n"
	      "  <check\\-export value\\-id=\"xccdf_org.plimsoll_value_kptr_restrict\" export\\-name=\"least\"/>\n"
	      "  <check\\-content>\n"
	      "    <sysctl xmlns=\"urn:plimsoll:check:1\" name=\"kernel.kptr_restrict\" at\\-least=\"$least\" absent=\"fail\"/>\n"
	      "  </check\\-content>\n</check>\n.fi\n"
	      ".SH TESTS\nAn element that is named like a check observes: its parameters say what. One to four comparisons say what is expected\n"
	      "of every item seen; all must hold. An attribute that reads\n.BI $ name\nis the value that\n.B check\\-export\nexports under that\n"
	      "name; one that begins so may have more words, each a name or to be taken as it is.\n.TP\n.BR absent = pass | fail | notapplicable\n"
	      "what it means that a completed look\\-up showed nothing there; must be given, unless there is an\n.B exists\n"
	      ".TP\n.BR otherwise = notapplicable\n"
	      "a value that is not the wanted one says nothing; for use in\n.B first\\-of\n"
	      ".TP\n.BR kernel = \"\\(dq>= 6.6\\(dq\" , \" \" arch = \"\\(dqx86_64 arm64\\(dq\"\n"
	      "guards, also of combinations: not applicable on another version or architecture\n(x86_64, x86_32, arm64, arm, riscv, or\n"
	      "what uname(2) says). Several comparisons all hold: \\(dq>= 5.10 < 6.2\\(dq.\n.PP\n"
	      "What could not be read is unknown, what could not be understood is an error; no attribute changes that.\n"
	      ".SH ONE EXPOSURE, ONE FINDING\nA rule may look at a part of what another looks at, also in another benchmark: at the value that a kernel parameter\n"
	      "has now, where the other looks at the files for the next boot, too. It names that rule in an ident:\n"
	      ".PP\n.nf\n<ident system=\"urn:plimsoll:part\\-of\">process.kptr\\-restrict</ident>\n.fi\n"
	      ".PP\nA failure is not applicable where a rule that it names fails on the same subject and is at least as severe. Where that one\n"
	      "passes, or is not judged, it stays.\n"
	      ".SH FIXES\nA Rule says for a person how it is mended (fixtext) and may say it for\n.B plimsoll fix\nas well, by the system of a fix element:\n"
	      ".TP\n.B urn:xccdf:fix:script:sh\na script that may be run again. Lines \"mkdir \\-p DIR\", \"umask NNN\" and\n"
	      "\"printf \\(aq%s\\en\\(aq \\(aqLINE\\(aq \\&... >FILE\" at its beginning are understood and told in other languages, too\n"
	      ".TP\n.B urn:plimsoll:fix:cmdline\nwords for the kernel\\(aqs command line; one behind a minus is taken away\n"
	      ".TP\n.B urn:plimsoll:fix:kconfig\nlines of a kernel\\(aqs configuration\n"
	      ".TP\n.B urn:plimsoll:fix:daemon\\-json\na JSON merge patch (RFC 7396) of Docker\\(aqs daemon.json\n"
	      ".TP\n.B urn:plimsoll:fix:package\n\\(dqinstall apt=NAME,NAME dnf=NAME zypper=NAME apk=NAME pacman=NAME\\(dq, or \\(dqremove \\&...\\(dq; a manager that has no\n"
	      "such package is left out\n"
	      ".TP\n.B urn:plimsoll:fix:each\nlines of a script, once for each piece of evidence that failed: {value} is what was found, up to \\(dq: \\(dq; {name} what\n"
	      "stands behind \\(dq of \\(dq in its name; {place} where it was found. Evidence without it is passed over, and a name that means anything\n"
	      "to a shell gives no command. It is always set apart\n"
	      ".TP\n.B urn:plimsoll:fix:edit\nchanges of files that have no drop\\-ins, a line each, told as a patch: \\(dqFILE SYNTAX ...\\(dq. FILE is a path, several by |, or\n"
	      "@DAEMON for what that daemon reads. SYNTAX is words, equals or spaced with a key and its value; word with a key; without with one\n"
	      "of these, a key and, where only less than a number is taken out, that number; option with a mount point (a glob, or network), a mount option and\n"
	      "the line that is added where there is none; argument with a program and \\-\\-FLAG=VALUE, \\-\\-FLAG+=WORD, \\-\\-FLAG\\-=WORD or\n"
	      "\\(dq\\- \\-\\-FLAG\\(dq; yaml with PATH.TO.KEY and its value, toml with a table (or several that may be there, by |), a key and its value (\\(dq\\-\\(dq in front of either takes it\n"
	      "out); section with a section, a key and its value. A line \\(dqthen ...\\(dq says what is to be done afterwards\n"
	      ".TP\n.B urn:plimsoll:fix:run\noptions of podman run and docker run, a line each; behind \"\\- \" what is to be left out. It makes the rule one of\n"
	      "containers for plimsoll fix, with or without the next two\n"
	      ".TP\n.B urn:plimsoll:fix:compose\nlines \"path.to.key: VALUE\" of a service, VALUE in JSON or a text; \"key[]\" is a list that it is added to\n"
	      ".TP\n.B urn:plimsoll:fix:kubernetes\nthe same of a container in a pod, and behind \"pod.\" of the pod itself\n.PP\n"
	      "A rule may have several: each is an item of its own.\n"
	      "What cannot be taken back or may lock somebody out has\n.BR disruption = \\(dqhigh\\(dq ,\nwhat takes effect at the next boot\n"
	      ".BR reboot = \\(dqtrue\\(dq .\n"
	      ".SH COMPARISONS\n", stdout);
	for (enum expect_op op = 0; op < EXPECT_OPS; op++) {
		printf(".TP\n\\fB");
		roff(expect_op_name(op));
		printf("\\fR\n");
		roff_line(expect_op_help(op));
	}
	fputs(".SH COMBINATIONS\n.TP\n.BR all\\-of , \" any\\-of\"\nand, or, by the truth tables of XCCDF's complex\\-check\n"
	      ".TP\n.B first\\-of\nthe first operand that passes, fails or is an error decides; so a rule reads the effective state where it can\n"
	      "be seen, and what was asked for only where it cannot\n.TP\n.B not\npass and fail exchanged\n.SH CHECKS\n", stdout);
	for (const struct check *const *c = checks; *c; c++)
		check_entry(*c);
	fputs(".SH SEE ALSO\n.BR plimsoll (1);\nthe XML schema of this language is installed as plimsoll\\-check\\-1.xsd\n", stdout);
}

/* ---- plimsoll-waivers(5) ---- */

static void key_entry(const struct waiver_key *key)
{
	printf(".TP\n\\fB%s\\fR = \\fI", key->name);
	roff(key->argument);
	printf("\\fR%s\n", key->required ? " (required)" : "");
	roff_line(key->help);
}

static void waivers_page(void)
{
	heading("PLIMSOLL-WAIVERS", "5", "plimsoll-waivers - failures that somebody has accepted");
	fputs(".SH SYNOPSIS\n.I /etc/plimsoll/waivers.conf\n.br\n.I /etc/plimsoll/waivers.d/*.conf\n.SH DESCRIPTION\n"
	      "A waiver says that a failure is known and accepted: by whom, why, and until when. The rule is judged all the same, and the result is\n"
	      "shown in every format with the waiver, but it is counted neither as failed nor as passed, not in the score and not in the exit\n"
	      "status.\n.PP\n"
	      "The files are those of the machine that audits, also where another system is audited with\n.BR \\-\\-root .\n"
	      "With\n.B \\-\\-waivers\nothers are read instead, or none. Files in a directory are read by name; only those that end in .conf are.\n"
	      ".PP\nA waiver hides findings. A file, or the directory that it is in, that belongs to another user than root and the one who audits,\n"
	      "or that its group or others can write, is refused. So is any mistake in one: nothing is audited until it is mended.\n"
	      ".B plimsoll waiver check\nand\n.B plimsoll validate\ntell all mistakes with file and line.\n"
	      ".PP\nThe last day may be a year away, or as many days as\n.B \\-\\-max\\-days\nor\n.B max\\-days\nin\n.BR plimsoll.conf (5)\nallow.\n"
	      ".B plimsoll waiver prune\ntakes out of their files those that are over.\n"
	      ".SH FORMAT\nA section\n.B [waiver]\nfor each, with a line\n.IB key \" = \" value\n"
	      "for each of the keys below. Values stand as they are, without quotes. Lines that begin with # or ; are comments, and nothing else\n"
	      "is. In a\n.I GLOB\nthe character * stands for any text, and ? for any character.\n", stdout);
	for (const struct waiver_key *key = waiver_keys; key->name; key++)
		key_entry(key);
	fputs(".SH IN FORCE\nA waiver covers what fails, and nothing that is unknown or an error. Where several are for one failure, the one that lasts\n"
	      "longest is shown, and of those the first. With\n.BR found ,\n"
	      "each thing that fails the rule must show that value: one more of another value, and the failure counts. So it is with a target of a\n"
	      "path, a unit or a parameter. Several of these can cover a failure together, each its part; they are shown together, until the\n"
	      "first of them ends.\n"
	      ".PP\nWhat becomes of waivers is told among the results of the host, by rules that\n.B plimsoll explain\nknows:\n"
	      ".TP\n.B " WAIVER_RULE_EXPIRED "\nfails where a waiver is over: what it covered counts again. Its last day is the one that it names\n"
	      ".TP\n.B " WAIVER_RULE_EXPIRING "\nnotes those in use that have 14 days or fewer left\n"
	      ".TP\n.B " WAIVER_RULE_STALE "\nnotes those that cover nothing. Not those for another host, or for rules that were not judged, or not\n"
	      "determined\n.PP\nThese rules weigh nothing in the score, and are not judged where there are no waivers, or the host itself is not audited.\n"
	      ".SH EXAMPLE\n.nf\n[waiver]\ncheck   = container.privileged\ntarget  = container:ci\\-*\nhost    = build*\nexpires = 2027\\-01\\-31\n"
	      "owner   = ops@example.org\nreason  = the runners need nested builds until they move to buildah\nticket  = OPS\\-42\n.fi\n"
	      ".SH SEE ALSO\n.BR plimsoll (1)\n", stdout);
}

/* ---- the schema ---- */

static void attribute(const char *name, const char *type, bool required)
{
	printf("    <xs:attribute name=\"%s\" type=\"%s\"%s/>\n", name, type, required ? " use=\"required\"" : "");
}

/* A word list, or "$name": an exported value. */
static void word_type(const struct check *check, const struct param *p)
{
	size_t n;

	printf("  <xs:simpleType name=\"%s.%s\">\n    <xs:union memberTypes=\"p:exported\">\n      <xs:simpleType>\n"
	       "        <xs:restriction base=\"xs:string\">\n", check->name, p->name);
	for (const char *at = p->words, *w; (w = list_next(&at, " ", &n));)
		printf("          <xs:enumeration value=\"%.*s\"/>\n", (int)n, w);
	puts("        </xs:restriction>\n      </xs:simpleType>\n    </xs:union>\n  </xs:simpleType>");
}

static void check_type(const struct check *check)
{
	for (const struct param *p = check->params; p->name; p++)
		if (p->type == PARAM_WORD)
			word_type(check, p);
	printf("  <xs:element name=\"%s\" substitutionGroup=\"p:test\">\n   <xs:complexType>\n", check->name);
	for (const struct param *p = check->params; p->name; p++) {
		char type[128] = "p:text";

		if (p->type == PARAM_WORD)
			snprintf(type, sizeof(type), "p:%s.%s", check->name, p->name);
		else if (p->type == PARAM_BOOLEAN)
			snprintf(type, sizeof(type), "p:truth");
		attribute(p->name, type, p->required);
	}
	puts("    <xs:attributeGroup ref=\"p:expected\"/>\n   </xs:complexType>\n  </xs:element>");
}

static void schema(void)
{
	puts("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	     "<!-- Made from the descriptors of the checks; not to be edited. -->\n"
	     "<xs:schema xmlns:xs=\"http://www.w3.org/2001/XMLSchema\" xmlns:p=\"" PLIMSOLL_SYSTEM "\"\n"
	     "           targetNamespace=\"" PLIMSOLL_SYSTEM "\" elementFormDefault=\"qualified\">\n"
	     "  <xs:simpleType name=\"text\"><xs:restriction base=\"xs:string\"><xs:minLength value=\"1\"/></xs:restriction></xs:simpleType>\n"
	     "  <xs:simpleType name=\"exported\"><xs:restriction base=\"xs:string\"><xs:pattern value=\"[$].+\"/></xs:restriction></xs:simpleType>\n"
	     "  <xs:simpleType name=\"truth\"><xs:restriction base=\"xs:string\"><xs:pattern value=\"true|false|[$].+\"/></xs:restriction></xs:simpleType>\n"
	     "  <xs:simpleType name=\"absence\"><xs:restriction base=\"xs:string\"><xs:pattern value=\"pass|fail|notapplicable\"/></xs:restriction></xs:simpleType>\n"
	     "  <xs:simpleType name=\"versions\"><xs:restriction base=\"xs:string\">\n"
	     "    <xs:pattern value=\"\\s*([&lt;>]=?|=)\\s*[0-9][0-9.]*(\\s+([&lt;>]=?|=)\\s*[0-9][0-9.]*)*\\s*\"/></xs:restriction></xs:simpleType>\n"
	     "  <xs:attributeGroup name=\"guards\">");
	attribute("kernel", "p:versions", false);
	attribute("arch", "p:text", false);
	attribute("cpu", "p:text", false);
	puts("  </xs:attributeGroup>\n  <xs:attributeGroup name=\"expected\">");
	for (enum expect_op op = 0; op < EXPECT_OPS; op++)
		attribute(expect_op_name(op), op == EXPECT_EXISTS ? "p:truth" : "xs:string", false);
	attribute("absent", "p:absence", false);
	puts("    <xs:attribute name=\"otherwise\" type=\"xs:string\" fixed=\"notapplicable\"/>\n"
	     "    <xs:attributeGroup ref=\"p:guards\"/>\n  </xs:attributeGroup>\n"
	     "  <xs:element name=\"test\" abstract=\"true\"/>\n"
	     "  <xs:complexType name=\"several\"><xs:sequence><xs:element ref=\"p:test\" maxOccurs=\"unbounded\"/></xs:sequence>\n"
	     "    <xs:attributeGroup ref=\"p:guards\"/></xs:complexType>\n"
	     "  <xs:element name=\"all-of\" type=\"p:several\" substitutionGroup=\"p:test\"/>\n"
	     "  <xs:element name=\"any-of\" type=\"p:several\" substitutionGroup=\"p:test\"/>\n"
	     "  <xs:element name=\"first-of\" type=\"p:several\" substitutionGroup=\"p:test\"/>\n"
	     "  <xs:element name=\"not\" substitutionGroup=\"p:test\"><xs:complexType><xs:sequence><xs:element ref=\"p:test\"/></xs:sequence>\n"
	     "    <xs:attributeGroup ref=\"p:guards\"/></xs:complexType></xs:element>");
	for (const struct check *const *c = checks; *c; c++)
		check_type(*c);
	puts("</xs:schema>");
}

int main(int argc, char **argv)
{
	const char *what = argc == 2 ? argv[1] : "";

	if (streq(what, "plimsoll.1"))
		program_page();
	else if (streq(what, "plimsoll.conf.5"))
		config_page();
	else if (streq(what, "plimsoll.bash"))
		completion_write(stdout, "bash");
	else if (streq(what, "_plimsoll"))
		completion_write(stdout, "zsh");
	else if (streq(what, "plimsoll.fish"))
		completion_write(stdout, "fish");
	else if (streq(what, "plimsoll-benchmark.7"))
		benchmark_page();
	else if (streq(what, "plimsoll-waivers.5"))
		waivers_page();
	else if (streq(what, "plimsoll-check-1.xsd"))
		schema();
	else
		return fputs("usage: generate plimsoll.1|plimsoll.conf.5|plimsoll-benchmark.7|plimsoll-waivers.5|plimsoll-check-1.xsd|plimsoll.bash|_plimsoll|plimsoll.fish\n", stderr), 2;
	return fflush(stdout) == 0 && !ferror(stdout) ? 0 : 1;
}
