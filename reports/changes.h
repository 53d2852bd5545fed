/* SPDX-License-Identifier: Apache-2.0 */
/* What changed since an earlier audit, in the formats that can say it. Regressions first, improvements last. */
#ifndef REPORTS_CHANGES_H
#define REPORTS_CHANGES_H

#include "core/audit/diff.h"
#include "reports/format.h"
#include "reports/page.h"

/* "1, wanted at least 2" or "pass: 2", made safe: what an audit said of a rule; "not there" for NULL. */
const char *changes_side(struct arena *arena, const struct result *result);

/* "host", or how the container is called, made safe. */
const char *changes_subject(struct arena *arena, const struct change *change);

/* The same as a value of the JSON report. */
struct json_t *changes_value(struct arena *arena, const struct diff *diff);

/* The lists alone, as a part of the terminal report. */
void changes_put(struct page *page, const struct diff *diff, bool verbose);

/* The same as a part of the Markdown report. */
struct markdown;
void changes_markdown_put(struct markdown *page, const struct diff *diff);

/* As struct format wants them: of audit->changes. */
int changes_text(const struct audit *audit, const struct format_options *options, FILE *file, struct err *err);
int changes_markdown(const struct audit *audit, const struct format_options *options, FILE *file, struct err *err);
int changes_json(const struct audit *audit, const struct format_options *options, FILE *file, struct err *err);

#endif
